/**
 * The rows of a device that begins: the same whether it founded the vault or joined one. Both come with an epoch, its snapshot and the
 * two tiers, and leave one committed transaction behind; before it there is no vault in the store, after it a whole one.
 */
import type { CborValue } from "../cbor/codec.ts";
import type { EpochClaim } from "../membership/epoch-record.ts";
import type { KeyProtector, Random } from "../ports.ts";
import { makeCacheRows } from "../sync/load-replica.ts";
import { membersRow, tipsRow } from "../sync/replica-rows.ts";
import type { ReplicaContext, ReplicaState } from "../sync/replica-state.ts";
import { sealEpochRow } from "./epoch-row.ts";
import { sealSigningRoots } from "./signing-roots.ts";
import { SiteIndex } from "./site-index.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import { type MetadataTier, sealMetadataTier, sealSigningTier, type SigningTier } from "./tiers.ts";

export interface NewDevice {
  readonly context: ReplicaContext;
  readonly state: ReplicaState;
  readonly metadata: MetadataTier;
  readonly signing: SigningTier;
  readonly epoch: EpochClaim;
  readonly epochPayload: CborValue;
  /** Hash of the record that makes it a member. */
  readonly ownRecord: Uint8Array;
  readonly snapshot: Uint8Array;
  /** Rows of steps already made on `state`. */
  readonly rows: readonly RowChange[];
}

/** Protects both tiers and commits everything at once. */
export async function storeNewDevice(
  store: DeviceStore,
  protector: KeyProtector,
  random: Random,
  device: NewDevice,
): Promise<void> {
  const { context, state, epochPayload: payload } = device;
  const sites = new SiteIndex(state.document);
  const [metadataRow, signingRow, cacheRows] = await Promise.all([
    sealMetadataTier(device.metadata, protector, random),
    sealSigningTier(device.signing, protector, random),
    makeCacheRows(store, context, state),
  ]);
  await store.commit([
    metadataRow,
    signingRow,
    sealSigningRoots(device.signing.authority, device.signing, random),
    sealEpochRow(context.rows, { payload, ownRecord: device.ownRecord, ownSeal: null }),
    { table: "snapshot", key: context.epoch.logId, value: device.snapshot },
    membersRow(context.rows, state.members),
    tipsRow(context.rows, state),
    ...cacheRows,
    ...sites.signInRows(state.document, sites.sites(), context.rows),
    ...device.rows,
  ]);
}

/** Making a vault on this device, without any network: keys, epoch 1, the document it begins with, the relays it is to use. */
import { wipe } from "../crypto/wipe.ts";
import { deriveMetadataKeys, deriveSigningKeys, makeDeviceSeeds } from "../membership/device.ts";
import { foundEpoch } from "../membership/found-epoch.ts";
import { readEpochClaim } from "../membership/epoch-record.ts";
import type { KeyProtector } from "../ports.ts";
import type { RelayAddress } from "../relay-protocol/relay-address.ts";
import { startReplica } from "../sync/replay-log.ts";
import { writeChange, writeEpochRecord } from "../sync/write-entry.ts";
import { createGenesisDocument, type VaultDocument } from "../vault/document.ts";
import { OperationSet } from "../vault/operation-set.ts";
import { deriveStateHash } from "../vault/state-hash.ts";
import type { DeviceDeps } from "./device.ts";
import { storeNewDevice } from "./new-device.ts";
import { makeContext } from "./open-device.ts";
import { putRelay } from "./relay-settings.ts";
import { wipeTier } from "./tiers.ts";

/** Bytes of the key under which a device seals its own rows. */
export const LOCAL_KEY_BYTES = 32;

export interface VaultPlan {
  /** The device's name as the other devices will see it. */
  readonly name: string;
  readonly platform: string;
  readonly relays: readonly RelayAddress[];
  /** What the vault holds from its first moment; left out, nothing. */
  readonly document?: VaultDocument;
  /** The same, where its secrets are to be sealed under the vault's secret key. */
  readonly makeDocument?: (secretKey: Uint8Array) => VaultDocument;
}

/** Founds a vault in an empty store. Throws what the protector and the store throw; then nothing is stored. */
export async function foundVault(deps: DeviceDeps, protector: KeyProtector, plan: VaultPlan): Promise<void> {
  const { random } = deps;
  const seeds = makeDeviceSeeds(random);
  const { makeDocument = () => plan.document ?? createGenesisDocument() } = plan;
  const founded = foundEpoch(
    {
      metadata: deriveMetadataKeys(seeds.metadata),
      signing: deriveSigningKeys(seeds.signing),
      name: plan.name,
      platform: plan.platform,
      day: Math.floor(deps.clock.now() / 86_400_000),
    },
    (secretKey) => {
      const document = makeDocument(secretKey);
      return { document: document.save(), stateHash: deriveStateHash(document), applied: new OperationSet() };
    },
    { random, crypto: deps.crypto },
  );
  const { logId, roots } = founded;
  const metadata = {
    ...seeds.metadata,
    local: random(LOCAL_KEY_BYTES),
    roots: [{ logId, root: roots.metadata }],
  };
  const signing = { ...seeds.signing, roots: [{ logId, root: roots.signing }], rooms: [] };
  try {
    const epoch = readEpochClaim(founded.payload);
    const ownRecord = epoch.record.members[0]?.record as Uint8Array;
    const context = makeContext(metadata, epoch, random);
    const first = writeEpochRecord(context, startReplica(context, epoch.record, founded.snapshot.bytes), {
      ...epoch,
      payload: founded.payload,
      makerRecord: ownRecord,
    });
    const relays =
      plan.relays.length === 0 ? null : writeChange(context, first.state, plan.relays.map(putRelay));
    await storeNewDevice(deps.store, protector, random, {
      context,
      state: (relays ?? first).state,
      metadata,
      signing,
      epoch,
      epochPayload: founded.payload,
      ownRecord,
      snapshot: founded.snapshot.bytes,
      rows: [...first.rows, ...(relays?.rows ?? [])],
    });
  } finally {
    wipe(founded.signingKeys.secretKey, founded.signingKeys.roomAuthority.secretKey);
    wipeTier(metadata);
    wipeTier(signing);
  }
}

/**
 * Opening a device whose metadata tier is open: the epoch from its row, the replica from cache or log. What was damaged in the file is
 * repaired where the rest allows it, and reported where it does not.
 */
import { deriveDeviceTag, deriveMetadataKeys } from "../membership/device.ts";
import { deriveMetadataEpochKeys } from "../membership/epoch.ts";
import type { MemberRecord } from "../membership/member-record.ts";
import type { Random } from "../ports.ts";
import { loadReplica, makeCacheRows } from "../sync/load-replica.ts";
import type { ReplicaContext } from "../sync/replica-state.ts";
import { SESSION_BYTES } from "../vault/operation-id.ts";
import { Device, type DeviceDeps } from "./device.ts";
import { readEpochRow } from "./epoch-row.ts";
import { withLaterRoots } from "./epoch-roots.ts";
import { readFormerMembers } from "./former-members.ts";
import { createLocalRows } from "../storage/local-rows.ts";
import { readFirstRelays } from "./relay-settings.ts";
import type { RowChange } from "../storage/device-store.ts";
import { type MetadataTier, rootOf } from "./tiers.ts";

/** The device takes the tier over and wipes it when it locks. Throws `LK-VAULT-NEWER`, or `LK-VAULT-DAMAGED` when more is damaged than can be made up for. */
export async function openDevice(deps: DeviceDeps, tier: MetadataTier): Promise<Device> {
  const { store } = deps;
  const rows = createLocalRows(tier.local, deps.random);
  const { epoch, ownRecord } = await readEpochRow(store, rows);
  const complete = await withLaterRoots(store, rows, tier);
  const context = makeContext(complete, epoch, deps.random, await readFormerMembers(store, rows));
  const loaded = await loadReplica(store, context, epoch.record);
  const repairs: RowChange[] = [];
  if (loaded.cacheStale) repairs.push(...(await makeCacheRows(store, context, loaded.state)));
  for (const key of loaded.replacedRows) repairs.push({ table: "entry", key, value: null });
  for (const key of loaded.damagedHeld) repairs.push({ table: "held", key, value: null });
  // What a relay is known to hold may be what is missing here: forget how far it was pulled, and all of it comes again.
  if (loaded.damagedEntries > 0 || loaded.damagedHeld.length > 0) {
    repairs.push(
      ...(await store.scan("relay")).map(({ key }) => ({ table: "relay" as const, key, value: null })),
    );
  }
  if (repairs.length > 0) await store.commit(repairs);
  return new Device(deps, context, {
    epoch,
    tier: complete,
    ownRecord,
    state: loaded.state,
    problems: { entries: loaded.damagedEntries, snapshot: loaded.snapshotDamaged },
    cachedChanges: loaded.cachedChanges,
    firstRelays: await readFirstRelays(store, rows),
  });
}

/** Everything that stays the same while the device is open, with a new session. */
export function makeContext(
  tier: MetadataTier,
  epoch: { readonly hash: Uint8Array; readonly record: { readonly logId: Uint8Array } },
  random: Random,
  former: readonly MemberRecord[] = [],
): ReplicaContext {
  const { logId } = epoch.record;
  const signer = deriveMetadataKeys(tier).entry;
  return {
    epoch: { hash: epoch.hash, logId, keys: deriveMetadataEpochKeys(rootOf(tier, logId)) },
    self: { signer, deviceTag: deriveDeviceTag(signer.publicKey, logId, 0), session: random(SESSION_BYTES) },
    former,
    rows: createLocalRows(tier.local, random),
    random,
  };
}

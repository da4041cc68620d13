/**
 * What a device holds of its logs as an archive (`archive/archive-record.ts`): sealed as it is, read and written piece by piece. The log of its epoch,
 * and before it those that it left and still keeps for members that were away. Only what was accepted is in it: entries that wait or were
 * refused, and the journal, stay on the device.
 */
import type { BackupKeys } from "../archive/backup-keys.ts";
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { isVaultError, VaultError } from "../errors.ts";
import { type VerifiedLog, verifyArchive } from "../archive/verify-archive.ts";
import { type ArchiveLog, writeArchive } from "../archive/write-archive.ts";
import { deriveMetadataEpochKeys } from "../membership/epoch.ts";
import { entryKey, readEntryKey } from "../sync/replica-rows.ts";
import type { AcceptedEntry } from "../sync/replica-state.ts";
import type { Device } from "./device.ts";
import { readEpochRow } from "./epoch-row.ts";
import { type KeptLog, readKeptLogs } from "./kept-log.ts";

/**
 * The pieces of the device's archive, of the moment of the call; with `keys` a backup. Throws `LK-VAULT-DAMAGED` when a row of the epoch's log is damaged here: a copy with a
 * hole is not made. A log of before is in it if it is whole.
 */
export async function* exportLog(
  device: Device,
  keys: BackupKeys | null = null,
): AsyncGenerator<Uint8Array, void, void> {
  const present = await readPresentLog(device);
  const kept: ArchiveLog[] = [];
  for (const log of await readKeptLogs(device.deps.store, device.context.rows)) {
    const whole = await readWholeLog(device, log);
    if (whole !== null) kept.push(whole);
  }
  if (keys !== null && !equalBytes(keys.logId, present.logId))
    throw new VaultError("LK-EPOCH-STATE", "the vault's keys were changed while the backup was made");
  yield* writeArchive([...kept, present], device.deps.random, keys);
}

async function readPresentLog(device: Device): Promise<ArchiveLog> {
  const { deps, context, state } = device;
  const { logId, keys } = context.epoch;
  const accepted = [...state.accepted.values()].sort((a, b) => a.position - b.position);
  const { payload } = await readEpochRow(deps.store, context.rows);
  const snapshot = await device.readSnapshot();
  const damaged = device.problems.entries === 0 ? 0 : await countDamaged(device);
  if (snapshot === null || damaged > 0) {
    const what = snapshot === null ? "the snapshot is" : `${damaged} entries are`;
    throw new VaultError("LK-VAULT-DAMAGED", `${what} damaged here and not fetched again yet`);
  }
  const entries = readEntries(device, logId, accepted);
  return { logId, epochRecord: payload, recordKey: keys.recordKey, snapshot, entries };
}

/** Entries whose rows are damaged and that did not come again since. */
async function countDamaged({ deps, context, state }: Device): Promise<number> {
  const rows = await deps.store.scan("entry", context.epoch.logId);
  return rows.filter(
    ({ key, value }) => value === null && !state.accepted.has(encodeHex(readEntryKey(key).hash)),
  ).length;
}

/** By their rows, not through the device: it may move to another epoch meanwhile. */
async function* readEntries(
  { deps }: Device,
  logId: Uint8Array,
  accepted: readonly AcceptedEntry[],
): AsyncGenerator<Uint8Array, void, void> {
  for (const entry of accepted) {
    const row = await deps.store.get("entry", entryKey(logId, entry));
    if (row?.value == null) throw new VaultError("LK-VAULT-DAMAGED", `entry ${entry.seq} is damaged here`);
    yield row.value;
  }
}

/** A log that was left, or `null` when its content was erased since, or what came late does not stand by itself. */
async function readWholeLog(device: Device, { epoch, payload }: KeptLog): Promise<ArchiveLog | null> {
  const { store, random, crypto } = device.deps;
  const { logId } = epoch.record;
  const snapshot = (await store.get("snapshot", logId))?.value;
  if (snapshot == null) return null;
  const rows = await store.scan("entry", logId);
  const root = device.metadataRoot(logId);
  const { recordKey } = deriveMetadataEpochKeys(root);
  const makeLog = (): ArchiveLog => ({
    logId,
    epochRecord: payload,
    recordKey,
    snapshot,
    entries: listValues(rows),
  });
  try {
    await verifyArchive(writeArchive([makeLog()], random), () => root, crypto);
    return makeLog();
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}

async function* listValues(rows: readonly { readonly value: Uint8Array | null }[]) {
  for (const { value } of rows) if (value !== null) yield value;
}

/** Verifies an archive with the roots that this device has. Throws what `verifyArchive` throws. */
export function verifyExport(device: Device, pieces: AsyncIterable<Uint8Array>): Promise<VerifiedLog[]> {
  const rootOf = (logId: Uint8Array): Uint8Array | null => {
    try {
      return device.metadataRoot(logId);
    } catch (error) {
      if (isVaultError(error, "LK-KEY-DAMAGED")) return null;
      throw error;
    }
  };
  return verifyArchive(pieces, rootOf, device.deps.crypto);
}

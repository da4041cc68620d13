/**
 * What a device holds of its log as an archive (`archive/archive-record.ts`): sealed as it is, read and written piece by piece. Only what was accepted
 * is in it: entries that wait or were refused, and the journal, stay on the device.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { VaultError } from "../errors.ts";
import { type VerifiedLog, verifyArchive } from "../archive/verify-archive.ts";
import { type ArchiveLog, writeArchive } from "../archive/write-archive.ts";
import { readEntryKey } from "../sync/replica-rows.ts";
import type { AcceptedEntry } from "../sync/replica-state.ts";
import type { Device } from "./device.ts";
import { readEpochRow } from "./epoch-row.ts";

/** Entries read from the store at once: 4 MiB at most. */
const BATCH = 64;

/**
 * The pieces of the device's archive, of the moment of the call. Throws `LK-VAULT-DAMAGED` when a row that belongs in it is damaged here: a copy with
 * a hole is not made.
 */
export async function* exportLog(device: Device): AsyncGenerator<Uint8Array, void, void> {
  const { store, random } = device.deps;
  const { epoch, rows } = device.context;
  const accepted = [...device.state.accepted.values()].sort((a, b) => a.position - b.position);
  const { payload } = await readEpochRow(store, rows);
  const snapshot = await device.readSnapshot();
  const damaged = device.problems.entries === 0 ? 0 : await countDamaged(device);
  if (snapshot === null || damaged > 0) {
    const what = snapshot === null ? "the snapshot is" : `${damaged} entries are`;
    throw new VaultError("LK-VAULT-DAMAGED", `${what} damaged here and not fetched again yet`);
  }
  const log: ArchiveLog = {
    logId: epoch.logId,
    epochRecord: payload,
    recordKey: epoch.keys.recordKey,
    snapshot,
    entries: readEntries(device, accepted),
  };
  yield* writeArchive([log], random);
}

/** Entries whose rows are damaged and that did not come again since. */
async function countDamaged({ deps, context, state }: Device): Promise<number> {
  const rows = await deps.store.scan("entry", context.epoch.logId);
  return rows.filter(
    ({ key, value }) => value === null && !state.accepted.has(encodeHex(readEntryKey(key).hash)),
  ).length;
}

async function* readEntries(
  device: Device,
  accepted: readonly AcceptedEntry[],
): AsyncGenerator<Uint8Array, void, void> {
  for (let start = 0; start < accepted.length; start += BATCH) {
    const batch = accepted.slice(start, start + BATCH);
    const found = await device.readEntries(batch.map(({ hash }) => hash));
    if (found.length < batch.length) {
      throw new VaultError("LK-VAULT-DAMAGED", `${batch.length - found.length} entries are damaged here`);
    }
    yield* found.map(({ bytes }) => bytes);
  }
}

/** Verifies an archive with the roots that this device has. Throws what `verifyArchive` throws. */
export function verifyExport(device: Device, pieces: AsyncIterable<Uint8Array>): Promise<VerifiedLog[]> {
  const { logId } = device.context.epoch;
  const rootOf = (wanted: Uint8Array) => (equalBytes(wanted, logId) ? device.metadataRoot() : null);
  return verifyArchive(pieces, rootOf, device.deps.crypto);
}

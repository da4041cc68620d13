/**
 * Rivals are judged with what follows them, and who follows one of them looks at their parent's log and not at the log of the other. So a device
 * that has met a rival of its own chain writes the records of that chain into the log where both begin: then everybody judges the same.
 */
import { encodeHex } from "../bytes/text.ts";
import { isVaultError } from "../errors.ts";
import { SealedEntry } from "../log/verify.ts";
import { deriveMetadataEpochKeys } from "../membership/epoch.ts";
import { readEpochClaim } from "../membership/epoch-record.ts";
import { readEntryKey } from "../sync/replica-rows.ts";
import type { Device } from "./device.ts";
import { type KeptLog, readKeptLogs } from "./kept-log.ts";
import { writeLateEntry } from "./late-entry.ts";
import { listSuccessors } from "./shareable.ts";
import { listChain } from "./standing.ts";

/** Resolves with how many records were written. */
export async function tellRivals(device: Device): Promise<number> {
  const { deps, state, context } = device;
  let written = 0;
  for (const kept of await readKeptLogs(deps.store, context.rows)) {
    if (listSuccessors(state, kept.epoch.hash).length >= 2) written += await tellChain(device, kept);
  }
  return written;
}

/**
 * Writes the records by which this device came from a log, or from where that parted from its own, to where it is: those that do not stand
 * in the log yet. Resolves with how many.
 */
export async function tellChain(device: Device, kept: KeptLog): Promise<number> {
  const { state, epoch } = device;
  const [own, left] = [epoch.hash, kept.epoch.hash].map((hash) => state.epochs.get(encodeHex(hash)));
  if (own === undefined || left === undefined) return 0;
  const known = listChain(left, state);
  const above = listChain(own, state).filter((each) => !known.includes(each));
  const told = await listTold(device, kept);
  const untold = above.filter(({ hash }) => !told.has(encodeHex(hash))).toReversed();
  for (const record of untold) await writeLateEntry(device, kept, "epoch-record", record.payload);
  return untold.length;
}

/** The epochs whose records stand in a log, as far as it is here, by hash in hex. */
export async function listTold(
  device: Device,
  { epoch, members }: Pick<KeptLog, "epoch" | "members">,
): Promise<Set<string>> {
  const { logId } = epoch.record;
  const keys = deriveMetadataEpochKeys(device.metadataRoot(logId));
  const told = new Set<string>();
  for (const { key, value } of await device.deps.store.scan("entry", logId)) {
    const { kind, deviceTag } = readEntryKey(key);
    const author = members.get(encodeHex(deviceTag));
    if (kind !== "epoch-record" || value === null || author === undefined) continue;
    try {
      const opened = SealedEntry.decode(value)
        .verify(author.member.identity.entryPublicKey)
        .open(keys, epoch.hash);
      told.add(encodeHex(readEpochClaim(opened.payload).hash));
    } catch (error) {
      if (!isVaultError(error)) throw error;
    }
  }
  return told;
}

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
  const { deps, state, epoch, context } = device;
  const own = state.epochs.get(encodeHex(epoch.hash));
  if (own === undefined) return 0;
  const chain = listChain(own, state);
  let written = 0;
  for (const kept of await readKeptLogs(deps.store, context.rows)) {
    if (listSuccessors(state, kept.epoch.hash).length < 2) continue;
    const below = chain.filter(({ record }) => record.number > kept.epoch.record.number);
    if (below.length === 0 || !chain.some(({ hash }) => encodeHex(hash) === encodeHex(kept.epoch.hash)))
      continue;
    const told = await listTold(device, kept);
    for (const record of below.toReversed()) {
      if (told.has(encodeHex(record.hash))) continue;
      await writeLateEntry(device, kept, "epoch-record", record.payload);
      written++;
    }
  }
  return written;
}

/** The epochs whose records stand in a log, as far as it is here, by hash in hex. */
async function listTold(device: Device, { epoch, members }: KeptLog): Promise<Set<string>> {
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

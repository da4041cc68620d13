/**
 * Writing an archive (`archive-record.ts`), piece by piece: one record of a log is in memory at a time, beside its snapshot. Whoever calls
 * puts the pieces one after another; an archive without its last piece is none.
 */
import { encodeCbor, type CborValue } from "../cbor/codec.ts";
import { joinSealed, sealBytes } from "../crypto/aead.ts";
import { LABELS } from "../crypto/labels.ts";
import { readEpochClaim } from "../membership/epoch-record.ts";
import type { Random } from "../ports.ts";
import {
  ARCHIVE_MAGIC,
  ARCHIVE_PART_BYTES,
  type ArchiveRecord,
  encodeArchiveRecord,
  extendChain,
  FIRST_CHAIN,
  frameRecord,
} from "./archive-record.ts";

import { type BackupKeys, listKeyRecords } from "./backup-keys.ts";

/** One epoch's log, as a device keeps it. */
export interface ArchiveLog {
  readonly logId: Uint8Array;
  /** The payload of the entry that made the epoch. */
  readonly epochRecord: CborValue;
  /** `K_record` of the epoch. */
  readonly recordKey: Uint8Array;
  readonly snapshot: Uint8Array;
  /** Each after all that it rests on, as in the order of acceptance. */
  readonly entries: AsyncIterable<Uint8Array>;
}

/**
 * The pieces of an archive of `logs`, oldest epoch first; of a backup with `keys` (`backup-keys.ts`) before them. Throws what the logs' own iterators
 * throw.
 */
export async function* writeArchive(
  logs: AsyncIterable<ArchiveLog> | Iterable<ArchiveLog>,
  random: Random,
  keys: BackupKeys | null = null,
): AsyncGenerator<Uint8Array, void, void> {
  let chain = FIRST_CHAIN;
  let logCount = 0;
  let entryCount = 0;
  const frame = (record: ArchiveRecord): Uint8Array => {
    const bytes = encodeArchiveRecord(record);
    chain = extendChain(chain, bytes);
    return frameRecord(bytes);
  };
  yield ARCHIVE_MAGIC;
  if (keys !== null) {
    logCount++;
    for (const record of listKeyRecords(keys)) yield frame(record);
  }
  for await (const log of logs) {
    logCount++;
    yield frame(sealLog(log, random));
    for (let start = 0; start < log.snapshot.length; start += ARCHIVE_PART_BYTES)
      yield frame({ is: "part", bytes: log.snapshot.slice(start, start + ARCHIVE_PART_BYTES) });
    for await (const bytes of log.entries) {
      entryCount++;
      yield frame({ is: "entry", bytes });
    }
  }
  yield frame({ is: "end", logs: logCount, entries: entryCount, chain });
}

function sealLog(log: ArchiveLog, random: Random): ArchiveRecord {
  const { record } = readEpochClaim(log.epochRecord);
  const plain = encodeCbor(log.epochRecord);
  const sealed = sealBytes(log.recordKey, LABELS.archiveSeal, [log.logId], plain, random);
  return { is: "log", logId: log.logId, seals: record.seals, sealedEpoch: joinSealed(sealed) };
}

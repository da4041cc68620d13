/**
 * Reading an archive (`archive-record.ts`) from pieces of any size: one record at a time, its order, its counts and its chain checked. What comes
 * out is whole and in form; who made it and what is in it, `verify-archive.ts` says.
 */
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import { VaultError } from "../errors.ts";
import {
  ARCHIVE_MAGIC,
  ARCHIVE_PART_BYTES,
  type ArchiveRecord,
  decodeArchiveRecord,
  extendChain,
  FIRST_CHAIN,
  MAX_ARCHIVE_LOGS,
  readRecordLength,
} from "./archive-record.ts";

/**
 * The records before the end, in order. Throws `LK-EXPORT-DAMAGED` where the archive is cut off, changed or goes on after its end: until
 * the iteration has ended by itself, nothing of it may be relied on.
 */
export async function* readArchive(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Exclude<ArchiveRecord, { is: "end" }>, void, void> {
  const bytes = createByteReader(pieces);
  try {
    yield* readRecords(bytes);
  } finally {
    // Whoever gives the pieces may have a file open.
    await bytes.end();
  }
}

async function* readRecords(
  bytes: ReturnType<typeof createByteReader>,
): AsyncGenerator<Exclude<ArchiveRecord, { is: "end" }>, void, void> {
  if (!equalBytes(await bytes.take(ARCHIVE_MAGIC.length), ARCHIVE_MAGIC)) refuse("file is no archive");
  const grammar = createGrammar();
  let chain = FIRST_CHAIN;
  for (;;) {
    const encoded = await bytes.take(readRecordLength(await bytes.take(4)));
    const record = decodeArchiveRecord(encoded);
    grammar.check(record);
    if (record.is === "end") {
      if (!equalBytes(record.chain, chain)) refuse("records are not those that its end counts");
      if (!(await bytes.isAtEnd())) refuse("archive goes on after its end");
      return;
    }
    chain = extendChain(chain, encoded);
    yield record;
  }
}

function refuse(problem: string): never {
  throw new VaultError("LK-EXPORT-DAMAGED", problem);
}

/** log (part+ entry*), one or more times, then end; every part but a log's last is full. */
function createGrammar() {
  let before: ArchiveRecord | null = null;
  let logs = 0;
  let entries = 0;
  return {
    check(record: ArchiveRecord): void {
      const hasSnapshot: boolean = before !== null && before.is !== "log";
      switch (record.is) {
        case "log":
          if (before !== null && !hasSnapshot) refuse("log has no snapshot");
          if (++logs > MAX_ARCHIVE_LOGS) refuse(`archive has more than ${MAX_ARCHIVE_LOGS} logs`);
          break;
        case "part": {
          const follows: boolean =
            before?.is === "log" || (before?.is === "part" && before.bytes.length === ARCHIVE_PART_BYTES);
          if (!follows) refuse("part of a snapshot stands in the wrong place");
          break;
        }
        case "entry":
          if (!hasSnapshot) refuse("entry stands before its log's snapshot");
          entries++;
          break;
        case "end":
          if (!hasSnapshot || record.logs !== logs || record.entries !== entries) {
            refuse(
              `end counts ${record.logs} logs and ${record.entries} entries, not ${logs} and ${entries}`,
            );
          }
      }
      before = record;
    },
  };
}

/** Exact amounts from pieces of any size; keeps no more than one amount and one piece. */
function createByteReader(pieces: AsyncIterable<Uint8Array>) {
  const source = pieces[Symbol.asyncIterator]();
  let left: Uint8Array = new Uint8Array(0);

  async function fill(): Promise<boolean> {
    while (left.length === 0) {
      const next = await source.next();
      if (next.done === true) return false;
      left = next.value;
    }
    return true;
  }

  return {
    async take(length: number): Promise<Uint8Array> {
      const parts: Uint8Array[] = [];
      for (let missing = length; missing > 0;) {
        if (!(await fill())) refuse("archive is cut off");
        const part = left.subarray(0, missing);
        left = left.subarray(part.length);
        missing -= part.length;
        parts.push(part);
      }
      return concatBytes(...parts);
    },
    isAtEnd: async () => !(await fill()),
    end: async () => void (await source.return?.()),
  };
}

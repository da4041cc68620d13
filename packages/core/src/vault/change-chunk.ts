/**
 * A look at the raw bytes of an Automerge change before Automerge sees them (https://automerge.org/automerge-binary-format-spec/).
 *
 *   magic 85 6f 4a 83 · checksum 4 · type 1 · length · dependencies · actor · seq · start op · time · message · other actors ·
 *   column list · columns                                              all counts and lengths LEB128
 *
 * Automerge ignores the checksum on this path, inflates type 2, and unrolls run-length columns: 40 bytes can claim 2^40 operations.
 * So: the checksum must be the signed hash's, compression is refused (we never write it), and the runs are added up first. Also
 * refused is what our changes never carry and decoding would not show: a message, bytes after the columns, list columns, values
 * that are neither text, bytes nor booleans. What the operations mean is not looked at here.
 */
import { equalBytes } from "../bytes/equal.ts";
import { VaultError } from "../errors.ts";
import { Leb128Reader } from "./leb128.ts";

const MAGIC = new Uint8Array([0x85, 0x6f, 0x4a, 0x83]);
const HEADER_BYTES = 9;
const CHANGE_CHUNK = 1;
const HASH_BYTES = 32;

/** An entry is at most 64 KiB with its header, `seen` and seal (sync-protocol.md § 4). */
export const MAX_CHANGE_BYTES = 60 * 1024;
/** A tag on some hundred passkeys at once is the largest act; unrolled, a column is then at most 1 024 times the change. */
export const MAX_OPERATIONS = 1024;
/** Values that one change replaces: more than one an operation only where devices wrote apart. */
const MAX_PREDECESSORS = 4 * MAX_OPERATIONS;
const MAX_DEPENDENCIES = 256;

/** Column numbers (the last three bits are the type) as they occur in changes of flat maps. */
const COLUMN = {
  objectActor: 0x01,
  objectCounter: 0x02,
  key: 0x15,
  insert: 0x34,
  action: 0x42,
  valueMeta: 0x56,
  valueRaw: 0x57,
  predecessorGroup: 0x70,
  predecessorActor: 0x71,
  predecessorCounter: 0x73,
} as const;
const COLUMNS: ReadonlySet<number> = new Set(Object.values(COLUMN));
/** Value types, the low four bits of a value's description: null (a deletion's), false, true, UTF-8 and bytes. */
const VALUE_TYPES: ReadonlySet<number> = new Set([0, 1, 2, 6, 7]);

/** Throws `LK-ENTRY-CHANGE` unless `bytes` is one bounded, uncompressed change chunk with the checksum of `hash`. */
export function checkChangeChunk(bytes: Uint8Array, hash: Uint8Array): void {
  if (bytes.length > MAX_CHANGE_BYTES) refuse(`is ${bytes.length} bytes, limit ${MAX_CHANGE_BYTES}`);
  if (bytes.length < HEADER_BYTES || !equalBytes(bytes.subarray(0, 4), MAGIC)) refuse("has no chunk header");
  if (!equalBytes(bytes.subarray(4, 8), hash.subarray(0, 4))) refuse("has another checksum than its hash");
  if (bytes[8] !== CHANGE_CHUNK) refuse(`is of chunk type ${bytes[8]}`);
  const reader = new Leb128Reader("change", "LK-ENTRY-CHANGE", bytes, HEADER_BYTES);
  if (reader.uint() !== reader.left) refuse("has another length than it says");
  checkMetadata(reader);
  checkColumns(reader);
}

function checkMetadata(reader: Leb128Reader): void {
  reader.skip(reader.uint(MAX_DEPENDENCIES) * HASH_BYTES);
  reader.skip(reader.uint());
  reader.uint();
  reader.uint();
  if (reader.int() !== 0) refuse("carries a time");
  if (reader.uint() !== 0) refuse("carries a message");
  for (let actors = reader.uint(MAX_OPERATIONS); actors > 0; actors--) reader.skip(reader.uint());
}

function checkColumns(reader: Leb128Reader): void {
  const columns: { readonly number: number; readonly length: number }[] = [];
  for (let count = reader.uint(COLUMNS.size); count > 0; count--) {
    columns.push({ number: reader.uint(), length: reader.uint() });
  }
  for (const { number, length } of columns) {
    if (!COLUMNS.has(number)) refuse(`has a column ${number}`);
    checkColumn(number, reader.take(length));
  }
  if (reader.left !== 0) refuse(`has ${reader.left} bytes after its columns`);
}

function checkColumn(number: number, column: Leb128Reader): void {
  switch (number) {
    case COLUMN.valueRaw:
      return;
    case COLUMN.insert:
      return addBooleanRuns(column);
    case COLUMN.key:
      return addRuns(column, MAX_OPERATIONS, () => column.skip(column.uint()));
    case COLUMN.valueMeta:
      return addRuns(column, MAX_OPERATIONS, () => {
        const type = column.uint() % 16;
        if (!VALUE_TYPES.has(type)) refuse(`has a value of type ${type}`);
      });
    case COLUMN.predecessorGroup: {
      let total = 0;
      return addRuns(column, MAX_OPERATIONS, (times) => {
        total += times * column.uint();
        if (total > MAX_PREDECESSORS) refuse(`replaces over ${MAX_PREDECESSORS} values`);
      });
    }
    case COLUMN.predecessorActor:
    case COLUMN.predecessorCounter:
      return addRuns(column, MAX_PREDECESSORS, () => column.int());
    default:
      return addRuns(column, MAX_OPERATIONS, () => column.uint());
  }
}

/** Runs: n > 0, one value n times; n < 0, as many values; 0, then a number of nulls. */
function addRuns(column: Leb128Reader, max: number, readValue: (times: number) => void): void {
  let total = 0;
  while (column.left > 0) {
    const run = column.int();
    const length = run === 0 ? column.uint() : Math.abs(run);
    total += length;
    if (total > max) refuse(`has over ${max} values in a column`);
    if (run > 0) readValue(length);
    for (let value = run; value < 0; value++) readValue(1);
  }
}

/** Numbers of alternating falses and trues. */
function addBooleanRuns(column: Leb128Reader): void {
  let total = 0;
  while (column.left > 0) {
    total += column.uint();
    if (total > MAX_OPERATIONS) refuse(`has over ${MAX_OPERATIONS} operations`);
  }
}

function refuse(problem: string): never {
  throw new VaultError("LK-ENTRY-CHANGE", `change ${problem}`);
}

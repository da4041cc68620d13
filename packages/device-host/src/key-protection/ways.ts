/**
 * Several ways to the key of one tier: the passphrase, and what the system has beside it. Each is a record of its own, by its own protector,
 * and each alone opens the same key; so none can lock the others out.
 *
 *   record = [1, "ways", [record, …]]
 *
 * A record of one way alone stands for itself: every protector writes its version first, then its kind.
 */
import { type CborValue, encodeCbor } from "@latchkey/core/cbor/codec";
import { Fields, readStructure } from "@latchkey/core/cbor/fields";
import { VaultError } from "@latchkey/core/errors";

const VERSION = 1;
const WAYS = "ways";
const DAMAGED = "LK-KEY-DAMAGED";
const MAX_WAYS = 8;
const MAX_RECORD_BYTES = 4_096;
const MAX_KIND_BYTES = 32;

/** The records of all ways, by kind. Throws `LK-KEY-DAMAGED`. */
function listWays(record: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const kind = readKind(record);
  if (kind !== WAYS) return new Map([[kind, record]]);
  const records = readStructure(DAMAGED, record, (value) => {
    const fields = new Fields(value, "ways", 3);
    if (fields.uint("version") !== VERSION)
      throw new VaultError(DAMAGED, `ways are not of version ${VERSION}`);
    fields.text("kind", MAX_KIND_BYTES);
    return fields.list("ways", MAX_WAYS, (entry) =>
      new Fields([entry], "way", 1).bytes("record", { min: 1, max: MAX_RECORD_BYTES }),
    );
  });
  const ways = new Map(records.map((entry) => [readKind(entry), entry]));
  if (ways.size !== records.length || ways.has(WAYS))
    throw new VaultError(DAMAGED, "ways are not of different kinds");
  return ways;
}

function readKind(record: Uint8Array): string {
  return readStructure(DAMAGED, record, (value) => {
    const [, kind] = Array.isArray(value) ? (value as readonly CborValue[]) : [];
    return new Fields([kind ?? null], "record", 1).text("kind", MAX_KIND_BYTES);
  });
}

/** The record of this kind, or `null` when this way was never made. */
export const findWay = (record: Uint8Array, kind: string): Uint8Array | null =>
  listWays(record).get(kind) ?? null;

/** Throws `LK-KEY-DAMAGED` when there is none of this kind. */
export function takeWay(record: Uint8Array, kind: string): Uint8Array {
  const way = findWay(record, kind);
  if (way === null) throw new VaultError(DAMAGED, `record has no way of the kind ${kind}`);
  return way;
}

/** With this way beside the others, in place of one of its kind. */
export function addWay(record: Uint8Array, way: Uint8Array): Uint8Array {
  const ways = new Map([...listWays(record), [readKind(way), way]]);
  return joinWays([...ways.values()]);
}

/** Without the way of this kind; it must not be the last. */
export function removeWay(record: Uint8Array, kind: string): Uint8Array {
  const rest = [...listWays(record)].filter(([other]) => other !== kind).map(([, way]) => way);
  if (rest.length === 0) throw new VaultError(DAMAGED, `record has no other way than ${kind}`);
  return joinWays(rest);
}

const joinWays = (records: readonly Uint8Array[]): Uint8Array =>
  records.length === 1 ? (records[0] as Uint8Array) : encodeCbor([VERSION, WAYS, records]);

/**
 * Canonical CBOR in and out, for CTAP2 messages and for every structure of the protocol. The only user of cbor-x.
 *
 * Encoding sorts maps and refuses what the form cannot carry; decoding checks the form first (`scan.ts`). So for every accepted
 * input encode(decode(x)) equals x, byte for byte.
 */
import { Decoder, Encoder } from "cbor-x/index-no-eval";
import { compareBytes } from "../bytes/equal.ts";
import { checkCanonical, scanItem } from "./scan.ts";

/** What the canonical form carries. Integers are within ±(2^53 − 2); decoded byte strings are copies of the input. */
export type CborValue =
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<CborKey, CborValue>;
export type CborKey = number | string;
export type CborMap = ReadonlyMap<CborKey, CborValue>;

/** Levels of arrays and maps. CTAP allows 4, but a `prf` extension with `evalByCredential` has 5; 8 leaves room and stops bombs. */
export const MAX_CBOR_DEPTH = 8;

// Plain maps and bytes: no records, no tags, no objects. cbor-x writes a Map in insertion order, so it gets them sorted.
const encoder = new Encoder({
  mapsAsObjects: false,
  useRecords: false,
  tagUint8Array: false,
  variableMapSize: true,
});
const decoder = new Decoder({ mapsAsObjects: false, useRecords: false, copyBuffers: true });

/** The canonical bytes of `value`. Throws `TypeError` for what the form cannot carry: that is a fault of ours, not of any input. */
export function encodeCbor(value: CborValue): Uint8Array {
  // The encoder returns a view of its pool: copied, so that wiping or keeping it touches nothing else.
  return new Uint8Array(encoder.encode(prepare(value)));
}

/** Decodes one canonical item. Throws `LK-CBOR-INVALID` with the byte offset; never allocates more than the input's size allows. */
export function decodeCbor(bytes: Uint8Array, maxDepth: number = MAX_CBOR_DEPTH): CborValue {
  checkCanonical(bytes, maxDepth);
  // The decoder hangs a property on the array it reads: it gets a view of its own.
  return restore(decoder.decode(bytes.subarray()));
}

/** Decodes canonical items that follow one another (RFC 8742), as authenticator data has them. Throws as `decodeCbor` does. */
export function decodeCborSequence(bytes: Uint8Array): CborValue[] {
  const items: CborValue[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = scanItem(bytes, start, MAX_CBOR_DEPTH);
    items.push(decodeCbor(bytes.subarray(start, end)));
    start = end;
  }
  return items;
}

function prepare(value: CborValue): unknown {
  if (typeof value === "number") return prepareInteger(value);
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new TypeError("text has a lone surrogate");
    return value;
  }
  if (value === null || typeof value === "boolean" || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(prepare);
  if (value instanceof Map) {
    const pairs = [...value].map(([key, item]) => ({
      key,
      item,
      encoded: new Uint8Array(encoder.encode(prepare(key))),
    }));
    pairs.sort((a, b) => compareBytes(a.encoded, b.encoded));
    return new Map(pairs.map(({ key, item }) => [prepare(key), prepare(item)]));
  }
  throw new TypeError(`value of type ${typeof value} has no canonical form`);
}

/** cbor-x writes a number from 2^32 on as a double, a bigint as an integer of eight bytes. */
function prepareInteger(value: number): number | bigint {
  if (!Number.isInteger(value) || Math.abs(value) >= Number.MAX_SAFE_INTEGER) {
    throw new TypeError(`number ${value} is not an integer within 2^53`);
  }
  if (value >= 2 ** 32 || value < -(2 ** 32)) return BigInt(value);
  return value;
}

function restore(value: unknown): CborValue {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(restore);
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [restore(key) as CborKey, restore(item)]));
  if (value instanceof Uint8Array && value.constructor !== Uint8Array) return new Uint8Array(value);
  return value as CborValue;
}

/**
 * Checks that bytes are one canonical CBOR item, before anything is decoded or allocated.
 *
 * Canonical is CTAP2's form (CTAP 2.2 § 8): shortest integers and lengths, definite lengths, no tags, no floats, no `undefined`, map
 * keys integers or text, sorted by major type, then encoded length, then bytewise, none twice; text is valid UTF-8. That order is the
 * bytewise one of the encoded keys: a first byte tells the type, and in their shortest form the shorter of two begins lower.
 * cbor-x alone accepts 20 of 29 strings that this form forbids, and overflows the stack on deep nesting.
 */
import { decodeUtf8 } from "../bytes/text.ts";
import { compareBytes } from "../bytes/equal.ts";
import { VaultError } from "../errors.ts";

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const MAP = 5;
const SIMPLE = 7;

/** JavaScript counts exactly up to 2^53 − 1; one less leaves room for "one more". */
const MAX_INTEGER = Number.MAX_SAFE_INTEGER - 1;

const FALSE = 20;
const NULL = 22;

function refuse(what: string, at: number): never {
  throw new VaultError("LK-CBOR-INVALID", `${what} at byte ${at}`);
}

/**
 * Throws `LK-CBOR-INVALID` unless `bytes` is exactly one canonical item nested at most `maxDepth` levels.
 * Integers are held to ±(2^53 − 2).
 */
export function checkCanonical(bytes: Uint8Array, maxDepth: number): void {
  const end = scanItem(bytes, 0, maxDepth);
  if (end !== bytes.length) refuse("trailing bytes", end);
}

/** Checks the item at `start`, nested at most `depth` levels, and returns the offset after it. */
export function scanItem(bytes: Uint8Array, start: number, depth: number): number {
  const initial = bytes[start];
  if (initial === undefined) refuse("item is missing", start);
  const major = initial >> 5;
  const info = initial & 0x1f;
  if (major === SIMPLE) {
    if (info < FALSE || info > NULL) refuse("float, undefined or unknown simple value", start);
    return start + 1;
  }
  if (major > MAP) refuse("tag", start);
  const { value, next } = readArgument(bytes, start, info);
  switch (major) {
    case UNSIGNED:
      return next;
    case NEGATIVE:
      // −1 − value: what is written must be what can be read again, so the bound is on the number and not on the argument.
      if (value >= MAX_INTEGER) refuse("integer is under −(2^53 − 2)", start);
      return next;
    case BYTES:
    case TEXT: {
      if (value > bytes.length - next) refuse("string is longer than the input", start);
      const end = next + value;
      if (major === TEXT) checkUtf8(bytes.subarray(next, end), start);
      return end;
    }
    default: {
      if (depth === 0) refuse("nesting is too deep", start);
      const items = major === MAP ? value * 2 : value;
      // Each item needs a byte: a claimed length is bounded by what is there before any loop runs.
      if (items > bytes.length - next) refuse("container is longer than the input", start);
      return major === MAP
        ? scanMap(bytes, next, value, depth - 1)
        : scanArray(bytes, next, value, depth - 1);
    }
  }
}

function scanArray(bytes: Uint8Array, start: number, count: number, depth: number): number {
  let offset = start;
  for (let i = 0; i < count; i++) offset = scanItem(bytes, offset, depth);
  return offset;
}

function scanMap(bytes: Uint8Array, start: number, count: number, depth: number): number {
  let offset = start;
  let previous: Uint8Array | undefined;
  for (let i = 0; i < count; i++) {
    const keyMajor = (bytes[offset] ?? 0xff) >> 5;
    if (keyMajor !== UNSIGNED && keyMajor !== NEGATIVE && keyMajor !== TEXT)
      refuse("map key is not an integer or text", offset);
    const keyEnd = scanItem(bytes, offset, depth);
    const key = bytes.subarray(offset, keyEnd);
    if (previous !== undefined && compareBytes(previous, key) >= 0)
      refuse("map keys are unsorted or repeated", offset);
    previous = key;
    offset = scanItem(bytes, keyEnd, depth);
  }
  return offset;
}

function readArgument(bytes: Uint8Array, start: number, info: number): { value: number; next: number } {
  if (info < 24) return { value: info, next: start + 1 };
  if (info > 27) refuse("indefinite or reserved length", start);
  const size = 1 << (info - 24);
  if (start + 1 + size > bytes.length) refuse("length is cut short", start);
  let value = 0;
  for (let i = 1; i <= size; i++) value = value * 256 + (bytes[start + i] as number);
  const least = size === 1 ? 24 : 256 ** (size / 2);
  if (value < least) refuse("integer or length is not the shortest form", start);
  if (value > MAX_INTEGER) refuse("integer is over 2^53 − 2", start);
  return { value, next: start + 1 + size };
}

function checkUtf8(text: Uint8Array, at: number): void {
  try {
    decodeUtf8(text);
  } catch {
    refuse("text is not UTF-8", at);
  }
}

/**
 * BLAKE2b over canonical CBOR arrays, label first: H = BLAKE2b-256 and KDF = BLAKE2b keyed. Joining bytes without lengths would be
 * ambiguous; an array is not, and the label keeps one use apart from another.
 */
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import type { Label } from "./labels.ts";
import { sodium } from "./sodium.ts";

export const HASH_BYTES = 32;

/** H(label ‖ operands): 32 bytes. */
export function hash(label: Label, ...operands: readonly CborValue[]): Uint8Array {
  return sodium.crypto_generichash(HASH_BYTES, encodeCbor([label, ...operands]), null);
}

/** KDF(key, label, context, length): `length` bytes (16 to 64) under a key of 16 to 64 bytes. */
export function deriveKey(
  key: Uint8Array,
  label: Label,
  context: readonly CborValue[] = [],
  length = 32,
): Uint8Array {
  return sodium.crypto_generichash(length, encodeCbor([label, ...context]), key);
}

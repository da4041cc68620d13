/**
 * How one kind of frame is written as fields and read back, and the field readers that several kinds share. Each reader bounds what it
 * takes; a mismatch names frame and field (`LK-CBOR-INVALID`, which `frame.ts` turns into `LK-RELAY-FRAME`).
 */
import type { CborValue } from "../cbor/codec.ts";
import { equalBytes } from "../bytes/equal.ts";
import { Fields } from "../cbor/fields.ts";
import { ERROR_CODES, type ErrorCode } from "../errors.ts";
import { MAX_BLOB_BYTES } from "./limits.ts";

/** The wire form of the frame F: `code`, then `length` fields. */
export interface Codec<F extends { readonly op: string }> {
  readonly code: number;
  readonly length: number;
  write(frame: F): readonly CborValue[];
  read(fields: Fields): F;
}

/** One codec for each member of the union U, under its `op`. */
export type Codecs<U extends { readonly op: string }> = {
  readonly [K in U["op"]]: Codec<Extract<U, { readonly op: K }>>;
};

/** Names a blob in a slot: 32 bytes that clients choose (their hash of it) and the relay only compares. */
const SLOT_HASH_BYTES = 32;

/** Request numbers are the client's own and only need to differ while open. */
const MAX_REQUEST = 2 ** 32 - 1;
const MAX_CODE_LENGTH = 40;

export const readRequest = (fields: Fields): number => fields.uint("request", MAX_REQUEST);
export const readHash = (fields: Fields): Uint8Array => fields.bytes("hash", SLOT_HASH_BYTES);
export const readOptionalHash = (fields: Fields): Uint8Array | null => fields.optional(readHash);
export const readBlob = (fields: Fields): Uint8Array => fields.bytes("body", { min: 1, max: MAX_BLOB_BYTES });

/** What a slot holds: a snapshot or the forward record. */
export interface Slot {
  readonly hash: Uint8Array;
  /** Bytes. */
  readonly size: number;
}

/** Whether two names are of one blob, as a compare-and-swap asks it; `null` is the name of nothing. */
export const sameHash = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === null || b === null ? a === b : equalBytes(a, b);

export const writeSlot = (slot: Slot | null): CborValue => slot && [slot.hash, slot.size];

export function readSlot(fields: Fields): Slot | null {
  return fields.optional((outer) => {
    const slot = new Fields(outer.value(), "slot", 2);
    return { hash: readHash(slot), size: slot.uint("size") };
  });
}

const KNOWN_CODES: ReadonlySet<string> = new Set(ERROR_CODES);

/** An error code as text. One that this version does not know stands for a refusal. */
export function toErrorCode(text: string): ErrorCode {
  return KNOWN_CODES.has(text) ? (text as ErrorCode) : "LK-RELAY-REFUSED";
}

export const readErrorCode = (fields: Fields): ErrorCode => toErrorCode(fields.text("code", MAX_CODE_LENGTH));

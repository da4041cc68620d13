/**
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03). Nonces are 24 random bytes, so one key may seal any number of messages. The
 * associated data is the canonical CBOR array [label, ...context]: a sealed thing opens only in the place it was made for.
 */
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { type ErrorCode, VaultError } from "../errors.ts";
import type { Random } from "../ports.ts";
import type { Label } from "./labels.ts";
import { sodium } from "./sodium.ts";

export const AEAD_KEY_BYTES = 32;
export const AEAD_NONCE_BYTES = 24;
export const AEAD_TAG_BYTES = 16;

export interface Sealed {
  /** 24 bytes. */
  readonly nonce: Uint8Array;
  /** As long as the plaintext, plus 16. */
  readonly ciphertext: Uint8Array;
}

export function sealBytes(
  key: Uint8Array,
  label: Label,
  context: readonly CborValue[],
  plaintext: Uint8Array,
  random: Random,
): Sealed {
  const nonce = random(AEAD_NONCE_BYTES);
  const data = encodeCbor([label, ...context]);
  return {
    nonce,
    ciphertext: sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, data, null, nonce, key),
  };
}

/** The plaintext, or `null` when key, context or bytes are not the ones it was sealed with. No detail: no oracle. */
export function tryOpenBytes(
  key: Uint8Array,
  label: Label,
  context: readonly CborValue[],
  sealed: Sealed,
): Uint8Array | null {
  const data = encodeCbor([label, ...context]);
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
      null,
      sealed.ciphertext,
      data,
      sealed.nonce,
      key,
    );
  } catch {
    return null;
  }
}

/** The plaintext; throws `code` when it does not open. */
export function openBytes(
  key: Uint8Array,
  label: Label,
  context: readonly CborValue[],
  sealed: Sealed,
  code: ErrorCode,
): Uint8Array {
  const plaintext = tryOpenBytes(key, label, context, sealed);
  if (plaintext === null) throw new VaultError(code, "sealed bytes do not open");
  return plaintext;
}

/** nonce ‖ ciphertext in one byte string, for places that store a single value. The nonce has a fixed length: unambiguous. */
export function joinSealed(sealed: Sealed): Uint8Array {
  const joined = new Uint8Array(sealed.nonce.length + sealed.ciphertext.length);
  joined.set(sealed.nonce);
  joined.set(sealed.ciphertext, sealed.nonce.length);
  return joined;
}

/** Inverse of `joinSealed`. Throws `code` when there is not even room for nonce and tag. */
export function splitSealed(joined: Uint8Array, code: ErrorCode): Sealed {
  if (joined.length < AEAD_NONCE_BYTES + AEAD_TAG_BYTES) {
    throw new VaultError(
      code,
      `sealed value is ${joined.length} bytes, at least ${AEAD_NONCE_BYTES + AEAD_TAG_BYTES}`,
    );
  }
  return { nonce: joined.subarray(0, AEAD_NONCE_BYTES), ciphertext: joined.subarray(AEAD_NONCE_BYTES) };
}

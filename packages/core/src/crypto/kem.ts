/**
 * Sealing to a device's hybrid post-quantum key: X-Wing (X25519 + ML-KEM-768, draft-connolly-cfrg-xwing-kem) → KDF →
 * XChaCha20-Poly1305. One encapsulation a seal, so its key is used once.
 *
 *   seal = encapsulation (1120) ‖ nonce (24) ‖ ciphertext (plaintext + 16)
 */
import { concatBytes } from "../bytes/concat.ts";
import type { CborValue } from "../cbor/codec.ts";
import { VaultError } from "../errors.ts";
import type { Random } from "../ports.ts";
import { joinSealed, openBytes, sealBytes, splitSealed } from "./aead.ts";
import { deriveKey } from "./hash.ts";
import { LABELS } from "./labels.ts";
import { sodium } from "./sodium.ts";
import { wipe } from "./wipe.ts";

export const KEM_SEED_BYTES = 32;
export const KEM_PUBLIC_KEY_BYTES = 1216;
export const KEM_ENCAPSULATION_BYTES = 1120;
const ENCAPSULATION_SEED_BYTES = 64;

export interface KemKeyPair {
  /** 1216 bytes. */
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** The key pair of a 32-byte seed. */
export function deriveKemKeyPair(seed: Uint8Array): KemKeyPair {
  const { publicKey, privateKey } = sodium.crypto_kem_xwing_seed_keypair(seed);
  return { publicKey, secretKey: privateKey };
}

/** Seals `plaintext` to `publicKey`; only there, and only with the same `context`, does it open. */
export function sealToKem(
  publicKey: Uint8Array,
  context: readonly CborValue[],
  plaintext: Uint8Array,
  random: Random,
): Uint8Array {
  const { ciphertext: encapsulation, sharedSecret } = sodium.crypto_kem_xwing_enc_deterministic(
    publicKey,
    random(ENCAPSULATION_SEED_BYTES),
  );
  const key = deriveKey(sharedSecret, LABELS.kemSeal, [encapsulation, publicKey]);
  try {
    return concatBytes(
      encapsulation,
      joinSealed(sealBytes(key, LABELS.epochSeal, context, plaintext, random)),
    );
  } finally {
    wipe(key, sharedSecret);
  }
}

/** Opens a seal made to `keyPair`. Throws `LK-EPOCH-SEAL`, without detail, when it is not for this key or this context. */
export function openFromKem(
  keyPair: KemKeyPair,
  context: readonly CborValue[],
  seal: Uint8Array,
): Uint8Array {
  if (seal.length <= KEM_ENCAPSULATION_BYTES) {
    throw new VaultError(
      "LK-EPOCH-SEAL",
      `seal is ${seal.length} bytes, more than ${KEM_ENCAPSULATION_BYTES} expected`,
    );
  }
  const encapsulation = seal.slice(0, KEM_ENCAPSULATION_BYTES);
  const sharedSecret = sodium.crypto_kem_xwing_dec(encapsulation, keyPair.secretKey);
  const key = deriveKey(sharedSecret, LABELS.kemSeal, [encapsulation, keyPair.publicKey]);
  try {
    const sealed = splitSealed(seal.subarray(KEM_ENCAPSULATION_BYTES), "LK-EPOCH-SEAL");
    return openBytes(key, LABELS.epochSeal, context, sealed, "LK-EPOCH-SEAL");
  } finally {
    wipe(key, sharedSecret);
  }
}

/** X25519 (RFC 7748): two parties that know each other's public key get one secret. Used for the short life of a pairing only. */
import { sodium } from "./sodium.ts";

export const AGREEMENT_PUBLIC_KEY_BYTES = 32;
export const AGREEMENT_SECRET_KEY_BYTES = 32;

export interface AgreementKeyPair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 32 bytes. */
  readonly secretKey: Uint8Array;
}

/** The key pair of 32 random bytes; they are copied. */
export function deriveAgreementKeyPair(seed: Uint8Array): AgreementKeyPair {
  return { publicKey: sodium.crypto_scalarmult_base(seed), secretKey: seed.slice() };
}

/**
 * The shared secret, 32 bytes: to be hashed before it is a key. `null` for the public keys of small order, with which the secret is
 * all zeros whoever computes it (RFC 7748 § 6.1).
 */
export function agreeOnSecret(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array | null {
  try {
    // libsodium itself refuses the all-zero result ("weak public key").
    return sodium.crypto_scalarmult(secretKey, publicKey);
  } catch {
    return null;
  }
}

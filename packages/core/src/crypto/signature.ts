/**
 * Ed25519 (RFC 8032) over [label, ...operands]. Verified by libsodium everywhere: verifiers differ at the edges (small order,
 * non-canonical points), and two devices that disagree about one entry would show two vaults.
 */
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import type { Label } from "./labels.ts";
import { sodium } from "./sodium.ts";

export const SIGNATURE_BYTES = 64;
export const SIGNING_PUBLIC_KEY_BYTES = 32;
export const SIGNING_SEED_BYTES = 32;

export interface SigningKeyPair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes: seed and public key, libsodium's form. */
  readonly secretKey: Uint8Array;
}

/** The key pair of a 32-byte seed. */
export function deriveSigningKeyPair(seed: Uint8Array): SigningKeyPair {
  const { publicKey, privateKey } = sodium.crypto_sign_seed_keypair(seed);
  return { publicKey, secretKey: privateKey };
}

export function signOperands(
  keyPair: SigningKeyPair,
  label: Label,
  ...operands: readonly CborValue[]
): Uint8Array {
  return sodium.crypto_sign_detached(encodeCbor([label, ...operands]), keyPair.secretKey);
}

/** Whether `signature` is by `publicKey` over [label, ...operands]. Malformed lengths are simply not a signature. */
export function isSignedBy(
  publicKey: Uint8Array,
  signature: Uint8Array,
  label: Label,
  ...operands: readonly CborValue[]
): boolean {
  if (publicKey.length !== SIGNING_PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  return sodium.crypto_sign_verify_detached(signature, encodeCbor([label, ...operands]), publicKey);
}

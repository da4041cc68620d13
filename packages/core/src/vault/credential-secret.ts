/**
 * A passkey's secrets: its private key, its PRF seeds and its blobs, each sealed under `K_secret` (sync-protocol.md § 2). The associated data
 * names all that the credential is and which secret this is, so a sealed key opens in its own record only: records can be neither
 * swapped nor rewritten. On the cold sign-in path: imports neither Automerge nor noble.
 */
import { PRF_SEEDS_BYTES } from "../authenticator/prf.ts";
import { equalBytes } from "../bytes/equal.ts";
import type { CborValue } from "../cbor/codec.ts";
import { joinSealed, openBytes, sealBytes, splitSealed } from "../crypto/aead.ts";
import { LABELS } from "../crypto/labels.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import type { CoseAlgorithm, CredentialCrypto, Random, SigningKey } from "../ports.ts";
import type { CredentialRecord, CredentialSource } from "./credential-record.ts";
import type { SealedRegister } from "./schema.ts";

type Secret = "private-key" | "prf-seeds" | "cred-blob" | SealedRegister;

/** nonce ‖ ciphertext of a PKCS#8 private key, for `sealedPrivateKey` of the record of `source`. `secretKey` is `K_secret`. */
export const sealPrivateKey = (
  secretKey: Uint8Array,
  source: CredentialSource,
  privateKey: Uint8Array,
  random: Random,
) => seal(secretKey, source, "private-key", privateKey, random);

/** nonce ‖ ciphertext of the PRF seeds, 64 bytes, for `sealedPrfSeeds`. */
export const sealPrfSeeds = (
  secretKey: Uint8Array,
  source: CredentialSource,
  seeds: Uint8Array,
  random: Random,
) => seal(secretKey, source, "prf-seeds", seeds, random);

/** nonce ‖ ciphertext of the relying party's bytes, for `sealedCredBlob`. */
export const sealCredBlob = (
  secretKey: Uint8Array,
  source: CredentialSource,
  credBlob: Uint8Array,
  random: Random,
) => seal(secretKey, source, "cred-blob", credBlob, random);

/** The value of a register that is sealed as the record's secrets are: for `large-blob.ts` and an import. */
export const sealRegister = (
  secretKey: Uint8Array,
  source: CredentialSource,
  register: SealedRegister,
  plaintext: Uint8Array,
  random: Random,
) => seal(secretKey, source, register, plaintext, random);

/**
 * The private key, ready to sign, once it has been seen to give the record's public key. Throws `LK-KEY-SECRET-REFUSED`.
 * The opened PKCS#8 bytes do not outlive the call.
 */
export function openSigningKey(
  secretKey: Uint8Array,
  record: CredentialRecord,
  crypto: CredentialCrypto,
): SigningKey {
  const algorithm = crypto.algorithms.find((known) => known === record.algorithm);
  if (algorithm === undefined) {
    throw new VaultError("LK-KEY-SECRET-REFUSED", `algorithm ${record.algorithm} is not known`);
  }
  const privateKey = openPrivateKey(secretKey, record);
  try {
    return importMatching(crypto, algorithm, privateKey, record.publicKey);
  } finally {
    wipe(privateKey);
  }
}

/** The PKCS#8 bytes, for sealing them anew and for export. The caller wipes them. Throws `LK-KEY-SECRET-REFUSED`. */
export const openPrivateKey = (secretKey: Uint8Array, record: CredentialRecord): Uint8Array =>
  open(secretKey, record, "private-key", record.sealedPrivateKey);

/** The PRF seeds, 64 bytes, or `null` for a passkey without. The caller wipes them. Throws `LK-KEY-SECRET-REFUSED`. */
export function openPrfSeeds(secretKey: Uint8Array, record: CredentialRecord): Uint8Array | null {
  if (record.sealedPrfSeeds === null) return null;
  const seeds = open(secretKey, record, "prf-seeds", record.sealedPrfSeeds);
  if (seeds.length === PRF_SEEDS_BYTES) return seeds;
  wipe(seeds);
  throw new VaultError(
    "LK-KEY-SECRET-REFUSED",
    `PRF seeds are ${seeds.length} bytes, not ${PRF_SEEDS_BYTES}`,
  );
}

/** The relying party's bytes, or `null` for a passkey without. Throws `LK-KEY-SECRET-REFUSED`. */
export const openCredBlob = (secretKey: Uint8Array, record: CredentialRecord): Uint8Array | null =>
  record.sealedCredBlob === null ? null : open(secretKey, record, "cred-blob", record.sealedCredBlob);

/** Inverse of `sealRegister`. Throws `LK-KEY-SECRET-REFUSED`. */
export const openRegister = (
  secretKey: Uint8Array,
  source: CredentialSource,
  register: SealedRegister,
  sealed: Uint8Array,
): Uint8Array => open(secretKey, source, register, sealed);

function importMatching(
  crypto: CredentialCrypto,
  algorithm: CoseAlgorithm,
  privateKey: Uint8Array,
  publicKey: Uint8Array,
): SigningKey {
  const key = crypto.importKey(algorithm, privateKey);
  if (!equalBytes(key.publicKey, publicKey)) {
    throw new VaultError("LK-KEY-SECRET-REFUSED", "private key does not give the public key of its record");
  }
  return key;
}

function seal(
  key: Uint8Array,
  source: CredentialSource,
  which: Secret,
  secret: Uint8Array,
  random: Random,
): Uint8Array {
  return joinSealed(sealBytes(key, LABELS.secretSeal, contextOf(source, which), secret, random));
}

function open(key: Uint8Array, source: CredentialSource, which: Secret, joined: Uint8Array): Uint8Array {
  const code = "LK-KEY-SECRET-REFUSED";
  return openBytes(key, LABELS.secretSeal, contextOf(source, which), splitSealed(joined, code), code);
}

function contextOf(source: CredentialSource, which: Secret): CborValue[] {
  return [
    source.credentialId,
    source.rpId,
    source.userHandle,
    source.algorithm,
    source.publicKey,
    source.backupEligible,
    source.backedUp,
    source.discoverable,
    source.protection,
    source.createdAt,
    which,
  ];
}

/**
 * A passkey as it stands in the vault: the value under `ID/core`, written once (sync-protocol.md § 3). Canonical CBOR array:
 *
 *   [1, credential id, rp id, user handle, COSE algorithm, COSE public key, sealed private key, sealed PRF seeds | null,
 *    sealed credBlob | null, backup eligible, backed up, discoverable, protection, created ms]
 *
 * On the cold sign-in path: imports neither Automerge nor noble. What a person may edit (title, names, tags) is not in here.
 */
import { equalBytes } from "../bytes/equal.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { isVaultError, VaultError } from "../errors.ts";

export const CREDENTIAL_RECORD_VERSION = 1;

/** WebAuthn Level 3 § 4: a credential id is at most 1023 bytes. */
export const MAX_CREDENTIAL_ID_BYTES = 1023;
/** WebAuthn Level 3 § 5.4.3: a user handle is 1 to 64 bytes. */
export const MAX_USER_HANDLE_BYTES = 64;
/** A DNS name, in UTF-16 units. */
export const MAX_RP_ID_LENGTH = 253;
/** A COSE key: 77 bytes for ES256, some 530 for RSA with 4096 bits. */
export const MAX_PUBLIC_KEY_BYTES = 1024;
/** PKCS#8 with nonce and tag: 178 bytes for ES256, some 2 420 for RSA with 4096 bits. */
export const MAX_SEALED_KEY_BYTES = 3072;
/** Two seeds of 32 bytes with nonce and tag are 104. */
export const MAX_SEALED_SEEDS_BYTES = 256;
/** A credBlob of 32 bytes with nonce and tag is 72. */
export const MAX_SEALED_CRED_BLOB_BYTES = 256;
/** credProtect knows three levels. */
const MAX_PROTECTION = 3;

/** What a passkey is, without its secrets. */
export interface CredentialSource {
  readonly credentialId: Uint8Array;
  readonly rpId: string;
  /** Empty for a credential that is not discoverable and whose site gave none to keep. */
  readonly userHandle: Uint8Array;
  /** COSE algorithm: −7 is ES256. */
  readonly algorithm: number;
  /** COSE_Key, canonical CBOR. */
  readonly publicKey: Uint8Array;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly discoverable: boolean;
  /** The level of credProtect, 1 to 3 (CTAP 2.2 § 12.1). */
  readonly protection: number;
  /** Milliseconds since 1970, by the clock of the device that made it. */
  readonly createdAt: number;
}

export interface CredentialRecord extends CredentialSource {
  /** nonce ‖ ciphertext of the PKCS#8 private key; opened by `openPrivateKey`. */
  readonly sealedPrivateKey: Uint8Array;
  readonly sealedPrfSeeds: Uint8Array | null;
  readonly sealedCredBlob: Uint8Array | null;
}

export function encodeCredentialRecord(record: CredentialRecord): Uint8Array {
  return encodeCbor([
    CREDENTIAL_RECORD_VERSION,
    record.credentialId,
    record.rpId,
    record.userHandle,
    record.algorithm,
    record.publicKey,
    record.sealedPrivateKey,
    record.sealedPrfSeeds,
    record.sealedCredBlob,
    record.backupEligible,
    record.backedUp,
    record.discoverable,
    record.protection,
    record.createdAt,
  ]);
}

/** Throws `LK-VAULT-DAMAGED`, also for a record of a newer version: see `checkRecordForm`. */
export function decodeCredentialRecord(bytes: Uint8Array): CredentialRecord {
  return readStructure("LK-VAULT-DAMAGED", bytes, readCredentialRecord);
}

/**
 * What is demanded of a record on receipt: version 1 must be whole and carry the id that it stands under. One of a newer version is
 * let through unread, kept byte for byte and shown as "needs attention". Throws `LK-VAULT-DAMAGED`.
 */
export function checkRecordForm(value: unknown, credentialId: Uint8Array): void {
  if (!(value instanceof Uint8Array))
    throw new VaultError("LK-VAULT-DAMAGED", "credential record is not bytes");
  if (value.length > MAX_RECORD_BYTES) {
    throw new VaultError(
      "LK-VAULT-DAMAGED",
      `credential record is ${value.length} bytes, limit ${MAX_RECORD_BYTES}`,
    );
  }
  const version = readStructure("LK-VAULT-DAMAGED", value, readVersion);
  if (version > CREDENTIAL_RECORD_VERSION) return;
  if (!equalBytes(decodeCredentialRecord(value).credentialId, credentialId)) {
    throw new VaultError("LK-VAULT-DAMAGED", "credential record stands under another credential id");
  }
}

/** Of a record of any version. */
const MAX_RECORD_BYTES = 8192;

function readVersion(value: CborValue): number {
  const version: unknown = Array.isArray(value) ? (value as readonly CborValue[])[0] : undefined;
  if (typeof version !== "number" || version < 1) {
    throw new VaultError("LK-VAULT-DAMAGED", "credential record has no version");
  }
  return version;
}

function readCredentialRecord(value: CborValue): CredentialRecord {
  const fields = new Fields(value, "credential record", 14);
  const version = fields.uint("version");
  if (version !== CREDENTIAL_RECORD_VERSION) {
    throw new VaultError("LK-VAULT-DAMAGED", `credential record has version ${version}`);
  }
  return {
    credentialId: fields.bytes("credential id", { min: 1, max: MAX_CREDENTIAL_ID_BYTES }),
    rpId: fields.text("rp id", MAX_RP_ID_LENGTH),
    userHandle: fields.bytes("user handle", { min: 0, max: MAX_USER_HANDLE_BYTES }),
    algorithm: readAlgorithm(fields.value()),
    publicKey: fields.bytes("public key", { min: 1, max: MAX_PUBLIC_KEY_BYTES }),
    sealedPrivateKey: fields.bytes("sealed private key", { min: 1, max: MAX_SEALED_KEY_BYTES }),
    sealedPrfSeeds: fields.optional((f) =>
      f.bytes("sealed PRF seeds", { min: 1, max: MAX_SEALED_SEEDS_BYTES }),
    ),
    sealedCredBlob: fields.optional((f) =>
      f.bytes("sealed credBlob", { min: 1, max: MAX_SEALED_CRED_BLOB_BYTES }),
    ),
    backupEligible: fields.boolean("backup eligible"),
    backedUp: fields.boolean("backed up"),
    discoverable: fields.boolean("discoverable"),
    protection: readProtection(fields),
    createdAt: fields.uint("created"),
  };
}

function readProtection(fields: Fields): number {
  const level = fields.uint("protection", MAX_PROTECTION);
  if (level === 0) throw new VaultError("LK-VAULT-DAMAGED", "credential record: protection is 0");
  return level;
}

function readAlgorithm(value: CborValue): number {
  if (typeof value !== "number")
    throw new VaultError("LK-VAULT-DAMAGED", "credential record: algorithm is not a number");
  return value;
}

/** Whether two stored records are of one passkey: equal but for how their secrets are sealed. `false` for what cannot be read. */
export function sameRecord(a: unknown, b: unknown): boolean {
  if (!(a instanceof Uint8Array && b instanceof Uint8Array)) return false;
  try {
    return equalBytes(withoutSecrets(decodeCredentialRecord(a)), withoutSecrets(decodeCredentialRecord(b)));
  } catch (error) {
    if (isVaultError(error, "LK-VAULT-DAMAGED")) return equalBytes(a, b);
    throw error;
  }
}

/** The record's bytes with the public key in place of each sealed secret. */
export function withoutSecrets(record: CredentialRecord): Uint8Array {
  const { publicKey, sealedPrfSeeds, sealedCredBlob } = record;
  return encodeCredentialRecord({
    ...record,
    sealedPrivateKey: publicKey,
    sealedPrfSeeds: sealedPrfSeeds === null ? null : publicKey,
    sealedCredBlob: sealedCredBlob === null ? null : publicKey,
  });
}

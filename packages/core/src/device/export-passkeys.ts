/** Passkeys on their way out of the vault: what an export can say of each without opening it, and each with its secrets open. */
import { wipe } from "../crypto/wipe.ts";
import type { ExportFacts, ExportItem } from "../exchange/export-item.ts";
import { decodeProvenance, type Provenance } from "../exchange/provenance.ts";
import { isVaultError } from "../errors.ts";
import type { CredentialCrypto } from "../ports.ts";
import type { CredentialRecord } from "../vault/credential-record.ts";
import {
  openCredBlob,
  openPrfSeeds,
  openPrivateKey,
  openRegister,
  openSigningKey,
} from "../vault/credential-secret.ts";
import type { Passkey } from "../vault/credentials.ts";
import { LARGE_BLOB, type PasskeyId, PROVENANCE } from "../vault/schema.ts";
import type { Device } from "./device.ts";
import { readLargeBlob } from "./large-blobs.ts";

/** The live passkeys in order of their ids, as an export sees them. */
export function listExportable(device: Device): { readonly id: PasskeyId; readonly facts: ExportFacts }[] {
  const { document } = device.state;
  return document.list().flatMap((passkey) => {
    const { id, record, state } = passkey;
    if (record === null || state !== "live") return [];
    return [{ id, facts: factsOf(passkey, record, document.valuesOf(id, LARGE_BLOB).length > 0) }];
  });
}

function factsOf(passkey: Passkey, record: CredentialRecord, hasLargeBlob: boolean): ExportFacts {
  const { title, userName, userDisplayName, note, tags, favourite } = passkey;
  return {
    credentialId: record.credentialId,
    rpId: record.rpId,
    userHandle: record.userHandle,
    algorithm: record.algorithm,
    backupEligible: record.backupEligible,
    backedUp: record.backedUp,
    discoverable: record.discoverable,
    protection: record.protection,
    createdAt: record.createdAt,
    title,
    userName,
    userDisplayName,
    note,
    tags,
    favourite,
    hasLargeBlob,
    hasPrf: record.sealedPrfSeeds !== null,
    hasCredBlob: record.sealedCredBlob !== null,
  };
}

/**
 * One passkey with its secrets, which the caller wipes, its key seen to be the record's own; `null` where it does not open, which says that this
 * device cannot sign with it either. `secretKey` is `K_secret`.
 */
export function openExportItem(
  device: Device,
  secretKey: Uint8Array,
  { id, facts }: { readonly id: PasskeyId; readonly facts: ExportFacts },
  crypto: CredentialCrypto,
): ExportItem | null {
  const record = device.state.document.get(id)?.record;
  if (record == null) return null;
  try {
    openSigningKey(secretKey, record, crypto);
    return {
      ...facts,
      privateKey: openPrivateKey(secretKey, record),
      prfSeeds: openPrfSeeds(secretKey, record),
      credBlob: openCredBlob(secretKey, record),
      largeBlob: readLargeBlob(device, secretKey, record),
      provenance: readProvenance(device, secretKey, record, id),
    };
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}

/** `null` for a passkey that was made in the vault. */
function readProvenance(
  device: Device,
  secretKey: Uint8Array,
  record: CredentialRecord,
  id: PasskeyId,
): Provenance | null {
  const sealed = device.state.document.valuesOf(id, PROVENANCE).at(-1);
  if (!(sealed instanceof Uint8Array)) return null;
  const bytes = openRegister(secretKey, record, PROVENANCE, sealed);
  try {
    return decodeProvenance(bytes);
  } finally {
    wipe(bytes);
  }
}

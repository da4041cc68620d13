/**
 * The sign-in index: for each site one sealed row with its live passkeys, kept in the same transaction as every change. A sign-in reads
 * one row and opens one key, however large the vault is, and loads neither Automerge nor the log.
 *
 *   row  sign-in / keyed hash of the rpId(32) = sealed [1, rp id, [[record, name, display name, title], …]]
 *
 * It is derived data: a damaged or missing row is built again from the document.
 */
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import type { CredentialProtection, CredentialSource } from "../authenticator/credential-source.ts";
import { VaultError } from "../errors.ts";
import type { CoseAlgorithm } from "../ports.ts";
import {
  type CredentialRecord,
  decodeCredentialRecord,
  encodeCredentialRecord,
} from "../vault/credential-record.ts";
import type { LocalRows } from "../storage/local-rows.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";

const VERSION = 1;
/** Passkeys of one site in one vault. */
const MAX_PASSKEYS_PER_SITE = 4_096;
const MAX_RECORD_BYTES = 8_192;
const MAX_TEXT = 512;
const MAX_RP_ID = 253;

/** A live passkey as a sign-in needs it. */
export interface SignInEntry {
  readonly record: CredentialRecord;
  readonly name: string | null;
  readonly displayName: string | null;
  readonly title: string | null;
}

/** The row of a site after a change; deleted when nothing is left. */
export function sealSignInRow(rows: LocalRows, rpId: string, entries: readonly SignInEntry[]): RowChange {
  const key = rows.deriveSignInKey(rpId);
  if (entries.length === 0) return { table: "sign-in", key, value: null };
  return rows.seal(
    "sign-in",
    key,
    encodeCbor([
      VERSION,
      rpId,
      entries.map((entry) => [
        encodeCredentialRecord(entry.record),
        entry.name,
        entry.displayName,
        entry.title,
      ]),
    ]),
  );
}

/** The passkeys of a site, or `null` when its row is damaged and must be built again. */
export async function readSignInRow(
  store: DeviceStore,
  rows: LocalRows,
  rpId: string,
): Promise<readonly SignInEntry[] | null> {
  const row = await store.get("sign-in", rows.deriveSignInKey(rpId));
  if (row === null) return [];
  const plaintext = rows.open("sign-in", row);
  if (plaintext === null) return null;
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "sign-in row", 3);
    const version = fields.uint("version");
    if (version !== VERSION)
      throw new VaultError("LK-VAULT-NEWER", `sign-in row version ${version}, known ${VERSION}`);
    if (fields.text("rp id", MAX_RP_ID) !== rpId) return null;
    return fields.list("passkeys", MAX_PASSKEYS_PER_SITE, readEntry);
  });
}

function readEntry(value: CborValue): SignInEntry {
  const fields = new Fields(value, "sign-in entry", 4);
  const readText = (name: string) => fields.optional((f) => f.text(name, MAX_TEXT));
  return {
    record: decodeCredentialRecord(fields.bytes("record", { min: 1, max: MAX_RECORD_BYTES })),
    name: readText("name"),
    displayName: readText("display name"),
    title: readText("title"),
  };
}

/** The passkey as the authenticator knows it. */
export function toCredentialSource({ record, name, displayName, title }: SignInEntry): CredentialSource {
  return {
    id: record.credentialId,
    rpId: record.rpId,
    rpName: title,
    userHandle: record.userHandle,
    userName: name,
    userDisplayName: displayName,
    // An imported algorithm that this host cannot sign with is filtered by the authenticator, not here.
    algorithm: record.algorithm as CoseAlgorithm,
    publicKey: record.publicKey,
    discoverable: record.discoverable,
    protection: record.protection as CredentialProtection,
    backupEligible: record.backupEligible,
    backedUp: record.backedUp,
    createdAt: record.createdAt,
  };
}

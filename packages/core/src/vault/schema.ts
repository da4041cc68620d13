/**
 * What stands where in the vault document, and how large it may be (sync-protocol.md § 3). Knows no Automerge.
 *
 * The root holds `schema`, 64 shard maps and a map `settings`, all from the genesis change. Everything in a shard is a flat key
 * `ID/REGISTER`, where ID is the credential id in base64url:
 *
 * | register                            | value                              | rule                                     |
 * | ----------------------------------- | ---------------------------------- | ---------------------------------------- |
 * | `core`                              | credential record, CBOR            | written once, never replaced nor deleted |
 * | `title` `name` `display-name` `note`| text                               | editable                                 |
 * | `favourite` `archived`              | true or false                      | editable                                 |
 * | `tag/NAME`                          | true                               | editable                                 |
 * | `large-blob`                        | sealed large blob                  | editable                                 |
 * | `provenance`                        | sealed, of an imported passkey     | editable                                 |
 * | `import/BATCH`                      | true: came with that import        | editable                                 |
 * | `tomb/OPERATION`                    | claimed day and replacement, CBOR  | written once; deleting it restores       |
 * | `restored/OPERATION`                | true: that tombstone is cancelled  | written once, by a restore issued again  |
 * | any other name                      | text, bytes, true or false         | editable: a newer version's, kept as is  |
 *
 * An unknown register is let through because a refused change would hold back everything that a newer device writes after it.
 */
import { MAX_LARGE_BLOB_BYTES } from "../authenticator/large-blob.ts";
import { decodeBase64url, encodeBase64url, encodeUtf8 } from "../bytes/text.ts";
import { hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { isVaultError } from "../errors.ts";
import { checkRecordForm, MAX_CREDENTIAL_ID_BYTES } from "./credential-record.ts";
import { readTombstone } from "./tombstone.ts";
import { parseOperationId } from "./operation-id.ts";

/** Of the document that this version writes. A document with a higher one is shown and not edited. */
export const SCHEMA_VERSION = 1;
/** A change costs time in proportion to the keys of its map: 10 000 passkeys are some 500 keys a shard. 16 and 256 measured alike. */
export const SHARDS = 64;

/** Text limits in UTF-16 units. WebAuthn lets an authenticator cut names at 64 bytes; nobody's own title needs more than a line. */
export const MAX_NAME_LENGTH = 512;
export const MAX_TITLE_LENGTH = 256;
export const MAX_TAG_LENGTH = 64;
/** A note in three-byte characters still fits one entry of 64 KiB. */
export const MAX_NOTE_LENGTH = 8192;
/** Of a newer version's register. */
export const MAX_OPAQUE_BYTES = 16 * 1024;
/** Of a sealed large blob: with nonce, tag and the lengths inside. */
export const MAX_SEALED_LARGE_BLOB_BYTES = MAX_LARGE_BLOB_BYTES + 64;
/** Of one setting: a relay's address and token, a policy. */
export const MAX_SETTING_BYTES = 4096;

/** A word, and for families like tags a member after a slash. */
const NAME = /^[a-z][a-z0-9-]{0,31}(?:\/[^]{1,128})?$/;

/** A credential id in base64url: the name of a passkey inside the vault. */
export type PasskeyId = string & { readonly brand: "PasskeyId" };
/** What a register holds. */
export type RegisterValue = string | boolean | Uint8Array;

export const CORE = "core";
export const LARGE_BLOB = "large-blob";
/** What the file that it came from said of an imported passkey (`exchange/provenance.ts`). */
export const PROVENANCE = "provenance";
/** On a passkey and among the settings: the batch of an import (`device/import-batches.ts`). */
export const IMPORT_PREFIX = "import/";
export const TAG_PREFIX = "tag/";
export const TOMBSTONE_PREFIX = "tomb/";
export const RESTORED_PREFIX = "restored/";

export const passkeyId = (credentialId: Uint8Array): PasskeyId => encodeBase64url(credentialId) as PasskeyId;

/** Inverse of `passkeyId`, or `null` for text that names no passkey. */
export function credentialIdOf(id: string): Uint8Array | null {
  const bytes = decodeBase64url(id);
  return bytes !== null && bytes.length > 0 && bytes.length <= MAX_CREDENTIAL_ID_BYTES ? bytes : null;
}

/** 0 to 63: which shard map holds the passkey. */
export function deriveShard(credentialId: Uint8Array): number {
  return (hash(LABELS.shard, credentialId)[0] as number) % SHARDS;
}

/** `s00` to `s3f`. */
export const shardName = (shard: number): string => `s${shard.toString(16).padStart(2, "0")}`;

export const registerKey = (id: PasskeyId, register: string): string => `${id}/${register}`;

/** The two halves of a key in a shard, split at the slash that base64url cannot contain. `null` when there is none. */
export function splitKey(key: string): { readonly id: PasskeyId; readonly register: string } | null {
  const slash = key.indexOf("/");
  return slash < 1 ? null : { id: key.slice(0, slash) as PasskeyId, register: key.slice(slash + 1) };
}

/** Registers beside the record whose bytes are sealed under `K_secret`, and sealed anew with every change of keys. */
export type SealedRegister = typeof LARGE_BLOB | typeof PROVENANCE;

export const isSealed = (register: string | null): register is SealedRegister =>
  register === LARGE_BLOB || register === PROVENANCE;

/** Whether a register may be replaced; all others are written once. */
export const isEditable = (register: string): boolean =>
  register !== CORE && !register.startsWith(TOMBSTONE_PREFIX) && !register.startsWith(RESTORED_PREFIX);

/** What is wrong with `value` under `register` of the passkey `credentialId`, or `null`. */
export function findRegisterProblem(
  credentialId: Uint8Array,
  register: string,
  value: RegisterValue,
): string | null {
  if (!register.isWellFormed() || !isWellFormed(value)) return "text has a lone surrogate";
  switch (register) {
    case "title":
      return findTextProblem(register, value, MAX_TITLE_LENGTH);
    case "name":
    case "display-name":
      return findTextProblem(register, value, MAX_NAME_LENGTH);
    case "note":
      return findTextProblem(register, value, MAX_NOTE_LENGTH);
    case "favourite":
    case "archived":
      return typeof value === "boolean" ? null : `${register} is not true or false`;
    case LARGE_BLOB:
      return value instanceof Uint8Array
        ? findSizeProblem(register, value, MAX_SEALED_LARGE_BLOB_BYTES)
        : "large-blob is not bytes";
    case PROVENANCE:
      return value instanceof Uint8Array
        ? findSizeProblem(register, value, MAX_OPAQUE_BYTES)
        : "provenance is not bytes";
    case CORE:
      return findFault(() => checkRecordForm(value, credentialId));
  }
  if (!NAME.test(register)) return "register name is malformed";
  if (register.startsWith(TAG_PREFIX)) {
    const length = register.length - TAG_PREFIX.length;
    if (length > MAX_TAG_LENGTH) return `tag is ${length} long, limit ${MAX_TAG_LENGTH}`;
    return value === true ? null : "tag is not true";
  }
  if (register.startsWith(IMPORT_PREFIX)) return value === true ? null : "mark of an import is not true";
  if (register.startsWith(TOMBSTONE_PREFIX)) {
    if (parseOperationId(register.slice(TOMBSTONE_PREFIX.length)) === null)
      return "tombstone names no operation";
    return findFault(() => readTombstone(value));
  }
  if (register.startsWith(RESTORED_PREFIX)) {
    if (parseOperationId(register.slice(RESTORED_PREFIX.length)) === null)
      return "restore names no operation";
    return value === true ? null : "restore is not true";
  }
  return findSizeProblem(register, value, MAX_OPAQUE_BYTES);
}

/** What is wrong with a setting, or `null`. Their meaning belongs to whoever owns the name: here they are opaque. */
export function findSettingProblem(name: string, value: RegisterValue): string | null {
  if (!NAME.test(name)) return "setting name is malformed";
  if (!name.isWellFormed() || !isWellFormed(value)) return "text has a lone surrogate";
  return findSizeProblem("setting", value, MAX_SETTING_BYTES);
}

const isWellFormed = (value: RegisterValue): boolean => typeof value !== "string" || value.isWellFormed();

function findTextProblem(register: string, value: RegisterValue, max: number): string | null {
  if (typeof value !== "string") return `${register} is not text`;
  return value.length > max ? `${register} is ${value.length} long, limit ${max}` : null;
}

function findSizeProblem(what: string, value: RegisterValue, max: number): string | null {
  if (typeof value === "boolean") return null;
  const size = typeof value === "string" ? encodeUtf8(value).length : value.length;
  return size > max ? `${what} is ${size} bytes, limit ${max}` : null;
}

function findFault(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (isVaultError(error, "LK-VAULT-DAMAGED")) return error.message;
    throw error;
  }
}

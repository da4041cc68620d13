/**
 * Reads CXF, the FIDO Alliance's Credential Exchange Format 1.0 (Proposed Standard of 14 August 2025, errata of 9 March 2026; section numbers
 * below are theirs), with a Header or as a bare Account, and the drafts before it. Only passkeys are taken; other credentials are counted.
 */
import { VaultError } from "../errors.ts";
import { type Draft, type Drafts, type JsonMembers, type JsonValue, makeDraft } from "./draft.ts";
import { type ExtensionEntry, readExtension } from "./cxf-extension.ts";
import {
  booleanOf,
  bytesOf,
  checkItemCount,
  isMembers,
  listOf,
  memberOf,
  secondsOf,
  textOf,
  unknownOf,
} from "./json-file.ts";

/** § 2.1: another major version may mean anything. */
const MAJOR_VERSION = 1;
const KNOWN = new Set([
  "type",
  "credentialId",
  "rpId",
  "username",
  "userDisplayName",
  "userHandle",
  "key",
  "fido2Extensions",
]);
const KNOWN_EXTENSIONS = new Set(["hmacCredentials", "hmacSecret", "credBlob", "largeBlob", "payments"]);

/** Throws `LK-IMPORT-VERSION` for another major version. */
export function readCxfHeader(file: JsonMembers): Drafts {
  const major = memberOf(memberOf(file, "version"), "major");
  if (major !== MAJOR_VERSION)
    throw new VaultError(
      "LK-IMPORT-VERSION",
      `CXF has version ${JSON.stringify(major)}, ${MAJOR_VERSION} is known`,
    );
  const accounts = listOf(file, "accounts").map((account, i) => readAccount(account, `accounts[${i}].`));
  return {
    exporter: textOf(file, "exporterRpId") ?? textOf(file, "exporter"),
    drafts: accounts.flatMap(({ drafts }) => drafts),
    others: mergeCounts(accounts.map(({ others }) => others)),
  };
}

/** What 1Password, Dashlane and Bitwarden write: one Account without a Header. */
export const readCxfAccount = (file: JsonMembers): Drafts => readAccount(file, "");

/** Adds up counts by kind. */
export function mergeCounts(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const counts of all)
    for (const [kind, count] of Object.entries(counts)) sum[kind] = (sum[kind] ?? 0) + count;
  return { ...sum };
}

function readAccount(account: JsonValue, place: string): Drafts {
  const items = listOf(account, "items");
  checkItemCount(items.length);
  const collections = namesOfCollections(listOf(account, "collections"));
  const others: Record<string, number> = Object.create(null) as Record<string, number>;
  const drafts: Draft[] = [];
  for (const [i, item] of items.entries()) {
    const entries = readExtension(listOf(item, "extensions"));
    const tags = [...textsOf(item, "tags"), ...(collections.get(textOf(item, "id") ?? "") ?? [])];
    for (const [j, credential] of listOf(item, "credentials").entries()) {
      const kind = kindOf(credential);
      if (kind === "passkey") {
        const at = `${place}items[${i}].credentials[${j}]`;
        drafts.push(readPasskey(at, item, credential as JsonMembers, entries, tags));
      } else others[kind] = (others[kind] ?? 0) + 1;
    }
  }
  return { exporter: null, drafts, others: { ...others } };
}

/** Drafts wrote `Passkey` and `BasicAuth` where the standard has `passkey` and `basic-auth`. */
function kindOf(credential: JsonValue): string {
  const type = textOf(credential, "type") ?? "unknown";
  return type.replace(/[A-Z]/g, (letter, at) => (at === 0 ? "" : "-") + letter.toLowerCase());
}

const textsOf = (value: JsonValue, name: string): string[] =>
  listOf(value, name).filter((each) => typeof each === "string");

/** Titles of the collections that hold each item, by the item's id. */
function namesOfCollections(collections: readonly JsonValue[], depth = 0): Map<string, string[]> {
  const names = new Map<string, string[]>();
  // § 3.1.4: collections nest; JSON of this depth was let in.
  for (const collection of depth > 32 ? [] : collections) {
    const title = textOf(collection, "title");
    for (const link of listOf(collection, "items")) {
      const item = textOf(link, "item");
      if (item !== null && title !== null) names.set(item, [...(names.get(item) ?? []), title]);
    }
    for (const [item, titles] of namesOfCollections(listOf(collection, "subCollections"), depth + 1))
      names.set(item, [...(names.get(item) ?? []), ...titles]);
  }
  return names;
}

/** § 3.3.12. */
function readPasskey(
  at: string,
  item: JsonValue,
  passkey: JsonMembers,
  entries: readonly ExtensionEntry[],
  tags: readonly string[],
): Draft {
  const fido2 = memberOf(passkey, "fido2Extensions");
  const own = entries.find(({ credentialId }) => credentialId === textOf(passkey, "credentialId"));
  const extensions = isMembers(fido2) ? unknownOf(fido2, KNOWN_EXTENSIONS) : {};
  const unknown = unknownOf(passkey, KNOWN);
  return makeDraft(at, {
    credentialId: bytesOf(passkey, "credentialId"),
    rpId: textOf(passkey, "rpId"),
    key: bytesOf(passkey, "key"),
    userHandle: bytesOf(passkey, "userHandle"),
    userName: textOf(passkey, "username"),
    userDisplayName: textOf(passkey, "userDisplayName"),
    createdAt: secondsOf(item, "creationAt"),
    ...readFido2(fido2),
    title: textOf(item, "title"),
    tags,
    favourite: booleanOf(item, "favorite") ?? false,
    urls: textsOf(memberOf(item, "scope") ?? null, "urls"),
    unknown: Object.keys(extensions).length === 0 ? unknown : { ...unknown, fido2Extensions: extensions },
    ...own?.values,
  });
}

/** §§ 3.3.12.3 to 3.3.12.5, and what the drafts had in their place. */
function readFido2(fido2: JsonValue | undefined): Pick<Draft, "prf" | "credBlob" | "largeBlob" | "payments"> {
  return {
    prf: readHmacCredentials(memberOf(fido2, "hmacCredentials")) ?? readSecret(memberOf(fido2, "hmacSecret")),
    credBlob: bytesOf(fido2, "credBlob"),
    largeBlob: readLargeBlob(memberOf(fido2, "largeBlob")),
    payments: booleanOf(fido2, "payments"),
  };
}

function readHmacCredentials(value: JsonValue | undefined): Draft["prf"] {
  const withUv = bytesOf(value, "credWithUV");
  if (withUv === null) return null;
  const isKnown = textOf(value, "algorithm") === "hmac-sha256";
  return { isKnown, withUv, withoutUv: bytesOf(value, "credWithoutUV") };
}

/** One seed. */
function readSecret(value: JsonValue | undefined): Draft["prf"] {
  const secret = bytesOf(value, "secret");
  if (secret === null) return null;
  return { isKnown: textOf(value, "algorithm") === "HS256", withUv: secret, withoutUv: null };
}

function readLargeBlob(value: JsonValue | undefined): Draft["largeBlob"] {
  const data = bytesOf(value, "data");
  const size = memberOf(value, "uncompressedSize") ?? memberOf(value, "size");
  if (data === null) return null;
  return { data, size: typeof size === "number" ? size : -1 };
}

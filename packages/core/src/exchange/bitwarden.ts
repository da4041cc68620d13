/**
 * Reads Bitwarden's JSON once it is plain. Passkeys stand in `items[].login.fido2Credentials[]`, every member of one as text. The labels on a key
 * (`keyAlgorithm`, `keyCurve`) are constants there and no evidence.
 */
import { type Draft, type Drafts, type JsonMembers, type JsonValue, makeDraft } from "./draft.ts";
import {
  booleanOf,
  checkItemCount,
  decodeLooseBase64,
  isMembers,
  listOf,
  memberOf,
  textOf,
  unknownOf,
} from "./json-file.ts";

/** In the order in which Bitwarden writes them, all of them. Its app for iOS takes no others. */
export const BITWARDEN_MEMBERS = [
  "credentialId",
  "keyType",
  "keyAlgorithm",
  "keyCurve",
  "keyValue",
  "rpId",
  "userHandle",
  "userName",
  "counter",
  "rpName",
  "userDisplayName",
  "discoverable",
  "creationDate",
] as const;
const KNOWN: ReadonlySet<string> = new Set(BITWARDEN_MEMBERS);
const ITEM_KINDS = ["unknown", "login", "note", "card", "identity", "ssh-key"];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const B64 = "b64.";

export function readBitwarden(file: JsonMembers): Drafts {
  const items = listOf(file, "items");
  checkItemCount(items.length);
  const folders = new Map(
    [...listOf(file, "folders"), ...listOf(file, "collections")].flatMap((folder) => {
      const [id, name] = [textOf(folder, "id"), textOf(folder, "name")];
      return id === null || name === null ? [] : [[id, name] as const];
    }),
  );
  const others: Record<string, number> = {};
  const drafts: Draft[] = [];
  for (const [i, item] of items.entries()) {
    const login = memberOf(item, "login");
    const credentials = listOf(login, "fido2Credentials");
    // A login with a passkey and no password holds nothing else.
    const isEmpty = credentials.length > 0 && !textOf(login, "password") && !textOf(login, "totp");
    if (!isEmpty) {
      const kind = ITEM_KINDS[Number(memberOf(item, "type"))] ?? "unknown";
      others[kind] = (others[kind] ?? 0) + 1;
    }
    for (const [j, credential] of credentials.entries())
      drafts.push(readCredential(`items[${i}].login.fido2Credentials[${j}]`, item, credential, folders));
  }
  return { exporter: null, drafts, others };
}

function readCredential(
  at: string,
  item: JsonValue,
  credential: JsonValue,
  folders: ReadonlyMap<string, string>,
): Draft {
  const id = textOf(credential, "credentialId");
  const credentialId = id === null ? null : readCredentialId(id);
  const holders = [memberOf(item, "folderId"), ...listOf(item, "collectionIds")];
  const labels = [textOf(credential, "keyAlgorithm"), textOf(credential, "keyCurve")];
  return makeDraft(at, {
    cannot: id !== null && credentialId === null ? "credential-id-invalid" : null,
    credentialId,
    rpId: textOf(credential, "rpId"),
    key: readBytes(credential, "keyValue"),
    userHandle: readBytes(credential, "userHandle"),
    userName: textOf(credential, "userName"),
    userDisplayName: textOf(credential, "userDisplayName"),
    rpName: textOf(credential, "rpName"),
    discoverable: readDiscoverable(credential),
    counter: readCounter(memberOf(credential, "counter")),
    createdAt: readDate(memberOf(credential, "creationDate")),
    title: textOf(item, "name"),
    tags: holders.flatMap((holder) => (typeof holder === "string" ? (folders.get(holder) ?? []) : [])),
    favourite: booleanOf(item, "favorite") ?? false,
    urls: listOf(memberOf(item, "login"), "uris").flatMap((uri) => textOf(uri, "uri") ?? []),
    unknown: isMembers(credential) ? unknownOf(credential, KNOWN) : {},
    label: labels.every((label) => label === null) ? null : labels.join(" "),
    isTrashed: typeof memberOf(item, "deletedDate") === "string",
  });
}

const readBytes = (credential: JsonValue, name: string): Uint8Array | null => {
  const text = textOf(credential, name);
  return text === null ? null : decodeLooseBase64(text);
};

/** A UUID stands for its 16 bytes, `b64.` for bytes of any number. */
export function readCredentialId(text: string): Uint8Array | null {
  if (text.startsWith(B64)) return decodeLooseBase64(text.slice(B64.length));
  if (!UUID.test(text)) return null;
  return Uint8Array.from(text.replaceAll("-", "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Other tools write it as a boolean. */
function readDiscoverable(credential: JsonValue): boolean | null {
  const value = memberOf(credential, "discoverable");
  if (typeof value === "boolean") return value;
  return value === "true" ? true : value === "false" ? false : null;
}

const readCounter = (value: JsonValue | undefined): unknown =>
  typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : (value ?? undefined);

export function readDate(value: JsonValue | undefined): number | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
}

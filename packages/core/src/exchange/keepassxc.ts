/**
 * Reads KeePassXC's passkeys: a `.passkey` file, which is one of them as JSON, and the attributes of an entry as they stand in a database
 * (`kdbx.ts`) or in its export as XML. The algorithm follows from the key: EdDSA is common there.
 */
import { type Draft, type JsonMembers, makeDraft } from "./draft.ts";
import { decodeLooseBase64, textOf, unknownOf } from "./json-file.ts";

const KNOWN = new Set(["relyingParty", "url", "username", "credentialId", "userHandle", "privateKey"]);
const PEM = /^-----BEGIN PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END PRIVATE KEY-----\s*$/;
const PREFIX = "KPEX_PASSKEY_";
/** Other programs' names for the same, which win where they are. */
const LEGACY = { id: "KPEX_PASSKEY_GENERATED_USER_ID", userName: "KPXC_PASSKEY_USERNAME" } as const;

/** PKCS#8 of a PEM block; `null` for other blocks, such as `EC PRIVATE KEY`. */
export function readPem(text: string): Uint8Array | null {
  const body = PEM.exec(text.trimStart())?.[1];
  return body === undefined ? null : decodeLooseBase64(body.replace(/\s+/g, ""));
}

export function readPasskeyFile(file: JsonMembers): Draft {
  const rpId = textOf(file, "relyingParty");
  const pem = textOf(file, "privateKey");
  const key = pem === null ? null : readPem(pem);
  const url = textOf(file, "url");
  return makeDraft("", {
    cannot: pem !== null && key === null ? "key-unreadable" : null,
    credentialId: readId(textOf(file, "credentialId")),
    rpId,
    key,
    userHandle: readId(textOf(file, "userHandle")),
    userName: textOf(file, "username"),
    title: rpId,
    urls: url === null ? [] : [url],
    unknown: unknownOf(file, KNOWN),
  });
}

const readId = (text: string | null): Uint8Array | null => (text === null ? null : decodeLooseBase64(text));

/** An entry of a database: its attributes by name, and what the program keeps beside them. */
export interface KeePassEntry {
  readonly attributes: ReadonlyMap<string, string>;
  readonly tags: readonly string[];
  readonly createdAt: number | null;
  readonly isTrashed: boolean;
}

/** The passkeys of an entry; one that holds several numbers the attributes of the others (`…_1`). */
export function readEntryPasskeys(at: string, entry: KeePassEntry): Draft[] {
  const suffixes = [...entry.attributes.keys()]
    .map((name) => /^KPEX_PASSKEY_PRIVATE_KEY_PEM(_\d{1,3})?$/.exec(name))
    .flatMap((match) => (match === null ? [] : [match[1] ?? ""]));
  return suffixes.map((suffix) => readAttributes(at + suffix, entry, suffix));
}

function readAttributes(at: string, { attributes, ...entry }: KeePassEntry, suffix: string): Draft {
  const get = (name: string): string | null => attributes.get(name + suffix) ?? null;
  const passkey = (name: string): string | null => get(PREFIX + name);
  const pem = passkey("PRIVATE_KEY_PEM") ?? "";
  const key = readPem(pem);
  const seed = readId(passkey("PRF"));
  const url = attributes.get("URL");
  return makeDraft(at, {
    cannot: key === null ? "key-unreadable" : null,
    credentialId: readId(get(LEGACY.id) ?? passkey("CREDENTIAL_ID")),
    rpId: passkey("RELYING_PARTY"),
    key,
    userHandle: readId(passkey("USER_HANDLE")),
    userName: get(LEGACY.userName) ?? passkey("USERNAME"),
    backupEligible: readFlag(passkey("FLAG_BE")),
    backedUp: readFlag(passkey("FLAG_BS")),
    prf: seed === null ? null : { isKnown: true, withUv: seed, withoutUv: null },
    createdAt: entry.createdAt,
    title: attributes.get("Title") ?? null,
    note: attributes.get("Notes") || null,
    tags: entry.tags.filter((tag) => tag !== "Passkey"),
    urls: url ? [url] : [],
    isTrashed: entry.isTrashed,
  });
}

const readFlag = (text: string | null): boolean | null =>
  text === null ? null : text === "1" || text.toLowerCase() === "true";

/**
 * Writes Bitwarden's plain JSON: of a passkey exactly the 13 members, in Bitwarden's order, for its app for iOS refuses any other. Keys other
 * than ES256 do not sign there and are left out before this.
 */
import { encodeBase64url, encodeHex } from "../bytes/text.ts";
import { BITWARDEN_MEMBERS } from "./bitwarden.ts";
import type { JsonMembers, JsonValue } from "./draft.ts";
import type { ExportItem } from "./export-item.ts";

const UUID_BYTES = 16;
const LOGIN = 1;

export const writeBitwarden = (items: readonly ExportItem[]): JsonMembers => ({
  encrypted: false,
  folders: [],
  items: items.map(writeItem),
});

function writeItem(item: ExportItem): JsonMembers {
  const created = new Date(item.createdAt).toISOString();
  const urls = item.provenance?.urls ?? [`https://${item.rpId}`];
  return {
    passwordHistory: null,
    revisionDate: created,
    creationDate: created,
    deletedDate: null,
    // Bitwarden wants a UUID of 16 bytes: the beginning of the credential id, filled up.
    id: writeUuid(fill(item.credentialId)),
    organizationId: null,
    folderId: null,
    type: LOGIN,
    reprompt: 0,
    name: item.provenance?.texts?.["title"] ?? item.title ?? item.rpId,
    notes: null,
    favorite: item.favourite,
    login: {
      fido2Credentials: [writeCredential(item, created)],
      uris: urls.map((uri) => ({ match: null, uri })),
      username: item.userName,
      password: null,
      totp: null,
    },
    collectionIds: null,
  };
}

function writeCredential(item: ExportItem, created: string): JsonMembers {
  const { credentialId, userHandle, provenance } = item;
  const values: Readonly<Record<(typeof BITWARDEN_MEMBERS)[number], JsonValue>> = {
    credentialId:
      credentialId.length === UUID_BYTES ? writeUuid(credentialId) : `b64.${encodeBase64url(credentialId)}`,
    keyType: "public-key",
    keyAlgorithm: "ECDSA",
    keyCurve: "P-256",
    keyValue: encodeBase64url(item.privateKey),
    rpId: item.rpId,
    userHandle: userHandle.length === 0 ? null : encodeBase64url(userHandle),
    userName: provenance?.texts?.["name"] ?? item.userName,
    // Bitwarden counts on from here, and so stays above what the site has seen.
    counter: String(provenance?.counter ?? 0),
    rpName: provenance?.rpName ?? null,
    userDisplayName: provenance?.texts?.["display-name"] ?? item.userDisplayName,
    discoverable: String(item.discoverable),
    creationDate: created,
  };
  return Object.fromEntries(BITWARDEN_MEMBERS.map((name) => [name, values[name]]));
}

const fill = (bytes: Uint8Array): Uint8Array => {
  const filled = new Uint8Array(UUID_BYTES);
  filled.set(bytes.subarray(0, UUID_BYTES));
  return filled;
};

const writeUuid = (bytes: Uint8Array): string =>
  encodeHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/**
 * Writes CXF 1.0 with a Header: one item for each passkey. Required arrays stand there even when empty, optional members only when there is
 * something to say (§ 2.1.2). Our counter is 0, so every passkey may go out (§ 3.3.12). The same vault gives the same bytes but for the time.
 */
import { encodeBase64url } from "../bytes/text.ts";
import { EXTENSION_NAME, EXTENSION_VERSION } from "./cxf-extension.ts";
import type { JsonMembers, JsonValue } from "./draft.ts";
import type { ExportItem } from "./export-item.ts";
import { decodeKept, type Provenance } from "./provenance.ts";

/** We have no site: the name that the standard asks for is one that belongs to nobody. */
export const EXPORTER_RP_ID = "latchkey.invalid";
const EXPORTER_NAME = "Latchkey";
const SEED_BYTES = 32;

/** `now`: milliseconds since 1970. The account's id is the first item's: it names nothing outside the file. */
export function writeCxf(items: readonly ExportItem[], now: number): JsonMembers {
  const account = items[0]?.credentialId.subarray(0, 16) ?? new Uint8Array(16);
  return {
    version: { major: 1, minor: 0 },
    exporterRpId: EXPORTER_RP_ID,
    exporterDisplayName: EXPORTER_NAME,
    timestamp: toSeconds(now),
    accounts: [
      {
        id: encodeBase64url(account),
        username: "",
        email: "",
        collections: [],
        items: items.map(writeItem),
      },
    ],
  };
}

const toSeconds = (ms: number): number => Math.floor(ms / 1000);

function writeItem(item: ExportItem): JsonMembers {
  const { provenance, title, rpId } = item;
  const isDated = provenance?.undated !== true;
  const texts = provenance?.texts ?? {};
  const tags = provenance?.tags ?? item.tags;
  const created = toSeconds(item.createdAt);
  return {
    // § 1.3: 64 bytes at most, unique in the account.
    id: encodeBase64url(item.credentialId.subarray(0, 64)),
    ...(isDated ? { creationAt: created, modifiedAt: created } : {}),
    title: texts["title"] ?? title ?? rpId,
    ...(item.favourite ? { favorite: true } : {}),
    ...(provenance?.urls === undefined ? {} : { scope: { urls: provenance.urls, androidApps: [] } }),
    credentials: [writePasskey(item, texts)],
    ...(tags.length > 0 ? { tags } : {}),
    extensions: [writeExtension(item, texts)],
  };
}

function writePasskey(item: ExportItem, texts: Readonly<Record<string, string>>): JsonMembers {
  const { fido2Extensions, ...unknown } = item.provenance?.unknown ?? {};
  const fido2 = { ...(fido2Extensions as JsonMembers | undefined), ...writeFido2(item) };
  return {
    ...unknown,
    type: "passkey",
    credentialId: encodeBase64url(item.credentialId),
    rpId: item.rpId,
    username: texts["name"] ?? item.userName ?? "",
    userDisplayName: texts["display-name"] ?? item.userDisplayName ?? "",
    userHandle: encodeBase64url(item.userHandle),
    key: encodeBase64url(item.privateKey),
    ...(Object.keys(fido2).length > 0 ? { fido2Extensions: fido2 } : {}),
  };
}

function writeFido2({ prfSeeds, credBlob, largeBlob, provenance }: ExportItem): JsonMembers {
  const keptBlob = provenance?.largeBlob;
  const blob = credBlob === null ? provenance?.credBlob : encodeBase64url(credBlob);
  return {
    ...writePrf(prfSeeds, provenance?.prf),
    ...(blob === undefined ? {} : { credBlob: blob }),
    ...(largeBlob === null
      ? {}
      : {
          largeBlob: {
            uncompressedSize: largeBlob.originalSize,
            data: encodeBase64url(largeBlob.blob),
          },
        }),
    ...(largeBlob === null && keptBlob !== undefined
      ? {
          largeBlob: {
            uncompressedSize: keptBlob.size ?? decodeKept(keptBlob.data).length,
            data: keptBlob.data,
          },
        }
      : {}),
    ...(provenance?.payments === undefined ? {} : { payments: provenance.payments }),
  };
}

/** Seeds as they came, where they are not two of 32 bytes; a second one that was drawn at the import goes along. */
function writePrf(seeds: Uint8Array | null, kept: Provenance["prf"]): JsonMembers {
  if (seeds === null && kept === undefined) return {};
  const own = seeds === null ? null : encodeBase64url(seeds.subarray(SEED_BYTES));
  const withoutUv: JsonValue = kept?.withoutUv ?? own ?? "";
  return {
    hmacCredentials: {
      algorithm: kept?.isKnown === false ? "unknown" : "hmac-sha256",
      credWithUV: kept?.withUv ?? encodeBase64url((seeds as Uint8Array).subarray(0, SEED_BYTES)),
      credWithoutUV: withoutUv,
    },
  };
}

function writeExtension(item: ExportItem, texts: Readonly<Record<string, string>>): JsonMembers {
  const { provenance } = item;
  const note = texts["note"] ?? item.note;
  return {
    name: EXTENSION_NAME,
    version: EXTENSION_VERSION,
    passkeys: [
      {
        credentialId: encodeBase64url(item.credentialId),
        backupEligible: item.backupEligible,
        backupState: item.backedUp,
        discoverable: item.discoverable,
        credProtect: item.protection,
        ...(provenance?.rpName === undefined ? {} : { rpName: provenance.rpName }),
        ...(provenance?.counter === undefined ? {} : { sourceCounter: provenance.counter }),
        ...(provenance?.undated === true ? {} : { createdAt: item.createdAt / 1000 }),
        ...(provenance?.aaguid === undefined ? {} : { aaguid: provenance.aaguid }),
        ...(note === null ? {} : { notes: note }),
      },
    ],
  };
}

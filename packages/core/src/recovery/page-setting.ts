/**
 * What the vault's devices know of its recovery pages, beside that each is a member: how to write its locator, when it was made, when it was
 * last tested. A setting, so that every device can keep the locator true and remind people.
 *
 *   setting  page / hex of the page's record hash        = [1, made ms since 1970, parts, auth seed(32), authority public key(32), seal key(32)]
 *   setting  page-tested / hex of the page's record hash = [1, ms since 1970]
 *
 * Parts: 1 is one page, 3 is three shares. Whoever can read the vault's names can write here, and in the locator: SECURITY.md says what that means.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { SIGNING_PUBLIC_KEY_BYTES, SIGNING_SEED_BYTES } from "../crypto/signature.ts";
import { AEAD_KEY_BYTES } from "../crypto/aead.ts";
import type { Device } from "../device/device.ts";
import { isVaultError } from "../errors.ts";
import type { LogMember } from "../sync/replica-state.ts";
import type { VaultOperation } from "../vault/operations.ts";
import type { LocatorKeys } from "./locator.ts";
import { SHARES } from "./shares.ts";

const VERSION = 1;
const PREFIX = "page/";
const TESTED_PREFIX = "page-tested/";

export const isPageSetting = (name: string): boolean =>
  name.startsWith(PREFIX) || name.startsWith(TESTED_PREFIX);

export interface KnownPage {
  /** Hash of its member record in hex. */
  readonly id: string;
  /** `null`: it was put out of the vault, and opens nothing new. */
  readonly member: LogMember | null;
  /** Ms since 1970. */
  readonly madeAt: number;
  /** 1 for one page, 3 for three shares. */
  readonly parts: number;
  /** Ms since 1970, of the last test that it passed. */
  readonly testedAt: number | null;
  readonly locator: LocatorKeys;
}

export function putPage(page: Pick<KnownPage, "id" | "madeAt" | "parts" | "locator">): VaultOperation {
  const { authSeed, authorityPublicKey, sealKey } = page.locator;
  const value = encodeCbor([VERSION, page.madeAt, page.parts, authSeed, authorityPublicKey, sealKey]);
  return { type: "put-setting", name: PREFIX + page.id, value };
}

export const putPageTested = (id: string, at: number): VaultOperation => ({
  type: "put-setting",
  name: TESTED_PREFIX + id,
  value: encodeCbor([VERSION, at]),
});

/** Every page that the vault tells of, the newest first. What a later version wrote, or nobody can read, is left out. */
export function listPages({ state }: Device): readonly KnownPage[] {
  const settings = state.document.settings();
  const members = new Map([...state.members.values()].map((member) => [encodeHex(member.hash), member]));
  const pages: KnownPage[] = [];
  for (const [name, value] of settings) {
    if (!name.startsWith(PREFIX) || !(value instanceof Uint8Array)) continue;
    const id = name.slice(PREFIX.length);
    const page = readOrNull(() => readPageSetting(value));
    if (page === null) continue;
    const tested = settings.get(TESTED_PREFIX + id);
    const testedAt = tested instanceof Uint8Array ? readOrNull(() => readTested(tested)) : null;
    pages.push({ id, member: members.get(id) ?? null, testedAt, ...page });
  }
  return pages.sort((a, b) => b.madeAt - a.madeAt || (a.id < b.id ? -1 : 1));
}

/** The page that is to be kept and tested: the newest that is a member, or `null`. */
export const findLivePage = (device: Device): KnownPage | null =>
  listPages(device).find(({ member }) => member !== null) ?? null;

/**
 * Whether a device that was put out while this page stayed could write its locator: then page and backup open the vault as before, and page and
 * mailbox may be spoiled until there is a new page.
 */
export function isPageExposed(device: Device, { member }: KnownPage): boolean {
  if (member === null) return false;
  const pages = new Set(listPages(device).map(({ id }) => id));
  return [...device.state.epochs.values()].some(
    ({ record }) =>
      record.members.some(({ record: hash }) => equalBytes(hash, member.hash)) &&
      record.removed.some((hash) => !pages.has(encodeHex(hash))),
  );
}

function readPageSetting(value: Uint8Array): Pick<KnownPage, "madeAt" | "parts" | "locator"> | null {
  return readStructure("LK-VAULT-DAMAGED", value, (item) => {
    const fields = new Fields(item, "page setting", 6);
    if (fields.uint("version") !== VERSION) return null;
    const madeAt = fields.uint("made");
    const parts = fields.uint("parts", SHARES);
    const locator = {
      authSeed: fields.bytes("auth seed", SIGNING_SEED_BYTES),
      authorityPublicKey: fields.bytes("authority public key", SIGNING_PUBLIC_KEY_BYTES),
      sealKey: fields.bytes("seal key", AEAD_KEY_BYTES),
    };
    return { madeAt, parts, locator };
  });
}

function readTested(value: Uint8Array): number | null {
  return readStructure("LK-VAULT-DAMAGED", value, (item) => {
    const fields = new Fields(item, "page test", 2);
    return fields.uint("version") === VERSION ? fields.uint("tested") : null;
  });
}

function readOrNull<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch (error) {
    if (isVaultError(error, "LK-VAULT-DAMAGED")) return null;
    throw error;
  }
}

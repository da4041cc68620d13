/**
 * What stands on a recovery page (sync-protocol.md § 9), for people who type it: ten groups of five characters in Crockford's base32. The last
 * character of a group is its check, so that a typing error is found where it is; the last group is a check of all.
 *
 *   page  = header group ‖ 8 groups of the secret, or of a share's 20 bytes ‖ check group        4 characters of 5 bits each, then their check
 *   header = version(3 bits) ‖ part(2) ‖ place(8) ‖ set(7)        version 1; part 0: the whole secret, place and set 0; 1 to 3: a share
 *   check of a group = place of the group + sum of α^i · character i, i from 1 to 4, in GF(32) by x^5 + x^2 + 1, α = 2; places from 1
 *   check group = first 20 bits of H(page-check, header, 20 bytes)                                header as a number
 *
 * One wrong character, two swapped neighbours, or two swapped groups are always found; of anything else one in 32 passes a group and one
 * in a million the page. As a picture the same text stands in a QR code, with the addresses of relays behind it:
 *
 *   picture = "LKPAGE1 " ‖ groups joined by "-" ‖ (" " ‖ origin in capitals)…
 */
import { concatBytes } from "../bytes/concat.ts";
import { hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { VaultError } from "../errors.ts";
import { PAGE_SECRET_BYTES } from "../membership/page.ts";
import {
  checkOfGroup,
  findWrongGroups,
  PAGE_ALPHABET,
  PAGE_DATA_CHARACTERS,
  PAGE_GROUPS,
  PAGE_MARK,
  readPageGroup,
  splitPageText,
} from "./page-groups.ts";

const VERSION = 1;
const GROUP_BITS = PAGE_DATA_CHARACTERS * 5;

/** The secret itself, or one of three shares of it. */
export interface PageText {
  /** 0: the whole secret; 1 to 3: a share. */
  readonly part: number;
  /** Where the share lies on its polynomials (`shares.ts`); 0 for the whole secret. */
  readonly place: number;
  /** The same on all shares of one secret, 7 bits. */
  readonly set: number;
  /** 20 bytes. */
  readonly bytes: Uint8Array;
}

/** What somebody scanned or typed. */
export interface ReadPage {
  readonly page: PageText;
  /** Origins of relays, from a picture. */
  readonly relays: readonly string[];
}

/** The ten groups. */
export function encodePageText({ part, place, set, bytes }: PageText): string[] {
  const header = (VERSION << 17) | (part << 15) | (place << 7) | set;
  const words = [header, ...splitWords(bytes), deriveCheck(header, bytes)];
  return words.map((word, group) => {
    const values = Array.from({ length: PAGE_DATA_CHARACTERS }, (_, i) => (word >> (15 - 5 * i)) & 31);
    return [...values, checkOfGroup(values, group)].map((value) => PAGE_ALPHABET.charAt(value)).join("");
  });
}

/** The text of a page's picture. */
export const encodePagePicture = (page: PageText, relays: readonly string[]): string =>
  [PAGE_MARK, encodePageText(page).join("-"), ...relays.map((origin) => origin.toUpperCase())].join(" ");

/** Throws `LK-RECOVERY-TYPO` with the groups that are wrong in its message, `LK-RECOVERY-MALFORMED` for what is no page, or of a later version. */
export function readPage(text: string): ReadPage {
  const { groups, relays } = splitPageText(text);
  if (groups.length !== PAGE_GROUPS) {
    const wrong = findWrongGroups(text);
    if (wrong.length > 0) throw typo(wrong);
    throw new VaultError("LK-RECOVERY-MALFORMED", `page has ${groups.length} groups, not ${PAGE_GROUPS}`);
  }
  const words = groups.map(readPageGroup);
  const wrong = words.flatMap((word, i) => (word === null ? [i + 1] : []));
  if (wrong.length > 0) throw typo(wrong);
  const [header = 0, ...rest] = words as number[];
  const bytes = joinWords(rest.slice(0, -1));
  if (rest.at(-1) !== deriveCheck(header, bytes)) throw typo([]);
  const version = header >> 17;
  if (version !== VERSION)
    throw new VaultError("LK-RECOVERY-MALFORMED", `page of version ${version}, known ${VERSION}`);
  const page = { part: (header >> 15) & 3, place: (header >> 7) & 255, set: header & 127, bytes };
  return { page, relays };
}

const typo = (groups: readonly number[]): VaultError =>
  new VaultError(
    "LK-RECOVERY-TYPO",
    groups.length === 0
      ? "every group is in form, all of them together are not"
      : `${groups.length === 1 ? "group" : "groups"} ${groups.join(", ")}`,
  );

/** 160 bits as eight words of 20. */
function splitWords(bytes: Uint8Array): number[] {
  const words: number[] = [];
  for (let at = 0; at < PAGE_SECRET_BYTES; at += 5) {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes.subarray(at, at + 5);
    words.push((a << 12) | (b << 4) | (c >> 4), ((c & 15) << 16) | (d << 8) | e);
  }
  return words;
}

function joinWords(words: readonly number[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const [high = 0, low = 0] = words.slice(i, i + 2);
    parts.push(Uint8Array.of(high >> 12, high >> 4, (high << 4) | (low >> 16), low >> 8, low));
  }
  return concatBytes(...parts);
}

function deriveCheck(header: number, bytes: Uint8Array): number {
  const [a = 0, b = 0, c = 0] = hash(LABELS.pageCheck, header, bytes);
  return ((a << 16) | (b << 8) | c) >> (24 - GROUP_BITS);
}

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

/** Groups on a page. */
export const PAGE_GROUPS = 10;
/** Characters in a group, its check among them. */
export const PAGE_GROUP_CHARACTERS = 5;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const MARK = "LKPAGE1";
const VERSION = 1;
const DATA_CHARACTERS = PAGE_GROUP_CHARACTERS - 1;
const GROUP_BITS = DATA_CHARACTERS * 5;
/** x^5 + x^2 + 1. */
const POLYNOMIAL = 0b100101;

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
    const values = Array.from({ length: DATA_CHARACTERS }, (_, i) => (word >> (15 - 5 * i)) & 31);
    return [...values, checkOf(values, group)].map((value) => ALPHABET.charAt(value)).join("");
  });
}

/** The text of a page's picture. */
export const encodePagePicture = (page: PageText, relays: readonly string[]): string =>
  [MARK, encodePageText(page).join("-"), ...relays.map((origin) => origin.toUpperCase())].join(" ");

/**
 * Numbers (from 1) of the groups that are not as they were printed, in what somebody typed: for saying so while they type. A group that is
 * not complete yet is not among them.
 */
export function findWrongGroups(text: string): number[] {
  const { groups } = splitText(text);
  return groups.flatMap((group, i) =>
    (i < groups.length - 1 || group.length >= PAGE_GROUP_CHARACTERS) && readGroup(group, i) === null
      ? [i + 1]
      : [],
  );
}

/** Throws `LK-RECOVERY-TYPO` with the groups that are wrong in its message, `LK-RECOVERY-MALFORMED` for what is no page, or of a later version. */
export function readPage(text: string): ReadPage {
  const { groups, relays } = splitText(text);
  if (groups.length !== PAGE_GROUPS) {
    const wrong = findWrongGroups(text);
    if (wrong.length > 0) throw typo(wrong);
    throw new VaultError("LK-RECOVERY-MALFORMED", `page has ${groups.length} groups, not ${PAGE_GROUPS}`);
  }
  const words = groups.map(readGroup);
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

/** Capitals, without what people put between groups; letters that look like digits are those digits. */
function splitText(text: string): { readonly groups: string[]; readonly relays: readonly string[] } {
  const words = text.trim().toUpperCase().split(/\s+/);
  const isPicture = words[0] === MARK;
  const relays = isPicture ? words.slice(2).map((origin) => origin.toLowerCase()) : [];
  const written = (isPicture ? (words[1] ?? "") : words.join(" "))
    .replaceAll(/[IL]/g, "1")
    .replaceAll("O", "0")
    .split(/[^0-9A-Z]+/)
    .filter((group) => group !== "");
  // Typed as it is printed, one character too many or too few stays in its group.
  const groups = written.length === PAGE_GROUPS ? written : (written.join("").match(/.{1,5}/gsu) ?? []);
  return { groups, relays };
}

/** Its 20 bits, or `null` when the check does not fit. */
function readGroup(group: string, index: number): number | null {
  const values = group.split("").map((character) => ALPHABET.indexOf(character));
  if (values.length !== PAGE_GROUP_CHARACTERS || values.includes(-1)) return null;
  const data = values.slice(0, DATA_CHARACTERS);
  if (values.at(-1) !== checkOf(data, index)) return null;
  return data.reduce((word, value) => (word << 5) | value, 0);
}

/** Horner's rule: the earlier a character, the higher its power. */
const checkOf = (values: readonly number[], group: number): number =>
  values.toReversed().reduce((sum, value, i) => sum ^ multiply(value, powerOf(i + 1)), group + 1);

const powerOf = (exponent: number): number => (exponent === 0 ? 1 : multiply(powerOf(exponent - 1), 2));

function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 4; bit >= 0; bit--) {
    product <<= 1;
    if (product & 32) product ^= POLYNOMIAL;
    if (b & (1 << bit)) product ^= a;
  }
  return product;
}

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

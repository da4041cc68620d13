/** The groups of a recovery page as people type them: which are not as they were printed (`page-text.ts` has the form). No cryptography, so that screens can say it at once. */

/** Groups on a page. */
export const PAGE_GROUPS = 10;
/** Characters in a group, its check among them. */
const PAGE_GROUP_CHARACTERS = 5;
/** Crockford's base32. */
export const PAGE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** What a page's picture begins with. */
export const PAGE_MARK = "LKPAGE1";
/** Characters in a group, without its check. */
export const PAGE_DATA_CHARACTERS = PAGE_GROUP_CHARACTERS - 1;
/** x^5 + x^2 + 1. */
const POLYNOMIAL = 0b100101;

/**
 * Numbers (from 1) of the groups that are not as they were printed, in what somebody typed: for saying so while they type. A group that is
 * not complete yet is not among them.
 */
export function findWrongGroups(text: string): number[] {
  const { groups } = splitPageText(text);
  return groups.flatMap((group, i) =>
    (i < groups.length - 1 || group.length >= PAGE_GROUP_CHARACTERS) && readPageGroup(group, i) === null
      ? [i + 1]
      : [],
  );
}

/** Which page it is, by its first character: 0 opens the vault alone, 1 to 3 is one of three; `null` while nobody can tell. */
export function partOfPage(text: string): number | null {
  const first = PAGE_ALPHABET.indexOf(splitPageText(text).groups[0]?.charAt(0) || " ");
  return first === -1 ? null : first & 3;
}

/** Capitals, without what people put between groups; letters that look like digits are those digits. */
export function splitPageText(text: string): {
  readonly groups: string[];
  readonly relays: readonly string[];
} {
  const words = text.trim().toUpperCase().split(/\s+/);
  const isPicture = words[0] === PAGE_MARK;
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
export function readPageGroup(group: string, index: number): number | null {
  const values = group.split("").map((character) => PAGE_ALPHABET.indexOf(character));
  if (values.length !== PAGE_GROUP_CHARACTERS || values.includes(-1)) return null;
  const data = values.slice(0, PAGE_DATA_CHARACTERS);
  if (values.at(-1) !== checkOfGroup(data, index)) return null;
  return data.reduce((word, value) => (word << 5) | value, 0);
}

/** Horner's rule: the earlier a character, the higher its power. */
export const checkOfGroup = (values: readonly number[], group: number): number =>
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

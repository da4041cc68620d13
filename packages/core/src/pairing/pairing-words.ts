/**
 * The number and the two words that are read from one screen and typed on another: `4719-copper-violin`. Words come from the list of 2 048 that
 * fingerprints use; their first four letters tell them apart, so typing them loosely is read as meant.
 */
import type { Random } from "../ports.ts";
import { type Nameplate, parseNameplate } from "../relay-protocol/room-id.ts";
import { loadWordList } from "../words/word-list.ts";

export type PairingWords = readonly [string, string];

/** Letters by which the list's words differ. */
const TELLING_LETTERS = 4;

/** Two words of 2 048, 22 bits: three bytes, of which 22 bits are used. */
export async function makePairingWords(random: Random): Promise<PairingWords> {
  const list = await loadWordList();
  const [a = 0, b = 0, c = 0] = random(3);
  const drawn = (a << 16) | (b << 8) | c;
  return [list[drawn & 0x7ff] as string, list[(drawn >> 11) & 0x7ff] as string];
}

export const formatPairingWords = (nameplate: Nameplate, words: PairingWords): string =>
  [nameplate, ...words].join("-");

/** Reads what was typed: any case, words by their beginnings, spaces or hyphens between. `null` when it is not a number and two words of the list. */
export async function parsePairingWords(
  text: string,
): Promise<{ readonly nameplate: Nameplate; readonly words: PairingWords } | null> {
  const [number = "", ...typed] = text
    .trim()
    .toLowerCase()
    .split(/[\s-]+/);
  const nameplate = parseNameplate(number);
  if (nameplate === null || typed.length !== 2) return null;
  const list = await loadWordList();
  const find = (word: string): string | undefined =>
    list.find((known) => known === word) ??
    (word.length < TELLING_LETTERS
      ? undefined
      : list.find((known) => known.slice(0, TELLING_LETTERS) === word.slice(0, TELLING_LETTERS)));
  const [first, second] = typed.map(find);
  return first === undefined || second === undefined ? null : { nameplate, words: [first, second] };
}

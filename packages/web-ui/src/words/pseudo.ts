/**
 * Two languages that nobody speaks, for tests of the layout, by the tags that are usual for it: `en-XA` is English with accents and two fifths
 * longer, `ar-XB` is that from right to left. A text on a screen without the brackets is not in the catalogue.
 */

const ACCENTED: Readonly<Record<string, string>> = {
  a: "á",
  e: "é",
  i: "í",
  o: "ö",
  u: "ü",
  c: "ç",
  n: "ñ",
  s: "š",
  A: "Å",
  E: "É",
  O: "Ö",
};

/** `⟦Löck ñöw ~~~⟧` */
function stretch(text: string): string {
  const accented = text.replaceAll(/[aeioucnsAEO]/g, (letter) => ACCENTED[letter] ?? letter);
  return `⟦${accented} ${"~".repeat(Math.ceil(text.length * 0.4))}⟧`;
}

/** The same catalogue with every text stretched. Words in what is put into a text are left as they are. */
export function makePseudo<T>(words: T): T {
  return stretchAll(words) as T;
}

function stretchAll(value: unknown): unknown {
  if (typeof value === "string") return stretch(value);
  if (Array.isArray(value)) return value.map(stretchAll);
  if (typeof value === "function") {
    const make = value as (...parts: readonly unknown[]) => unknown;
    return (...parts: readonly unknown[]) => stretchAll(make(...parts));
  }
  return Object.fromEntries(Object.entries(value as object).map(([name, each]) => [name, stretchAll(each)]));
}

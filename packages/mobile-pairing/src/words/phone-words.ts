/** The words of the phone: its own, and those of the shared screens, where "this PC" is this phone. */
import type { Language, Words } from "@latchkey/web-ui/words/words";
import { makePseudo } from "@latchkey/web-ui/words/pseudo";
import { PHONE_WORDS_DE } from "./phone-words-de.ts";
import { PHONE_WORDS_EN } from "./phone-words-en.ts";

const PSEUDO = makePseudo(PHONE_WORDS_EN);

export const PHONE_WORDS: Readonly<Record<Language, typeof PHONE_WORDS_EN>> = {
  en: PHONE_WORDS_EN,
  de: PHONE_WORDS_DE,
  "en-XA": PSEUDO,
  "ar-XB": PSEUDO,
};

/** What the device that one holds is called, in every case in which the shared texts name it. */
const THIS_DEVICE: Partial<Readonly<Record<Language, readonly (readonly [RegExp, string])[]>>> = {
  en: [
    [/\bthis PC\b/g, "this phone"],
    [/\bThis PC\b/g, "This phone"],
    [/\bthis same PC\b/g, "this same phone"],
  ],
  de: [
    [/\bdieser PC\b/g, "dieses Handy"],
    [/\bDieser PC\b/g, "Dieses Handy"],
    [/\b([Dd])iesem PC\b/g, "$1iesem Handy"],
    [/\b([Dd])iesen PC\b/g, "$1ieses Handy"],
    [/\b([Dd])ieses PCs\b/g, "$1ieses Handys"],
    [/\bdemselben PC\b/g, "demselben Handy"],
  ],
};

/** The same catalogue, text by text, about a phone. */
export function adaptWords(words: Words, language: Language): Words {
  const adapt = (value: unknown): unknown => {
    if (typeof value === "string")
      return (THIS_DEVICE[language] ?? []).reduce((text, [from, to]) => text.replace(from, to), value);
    if (typeof value === "function") {
      const make = value as (...parts: unknown[]) => unknown;
      return (...parts: unknown[]) => adapt(make(...parts));
    }
    if (Array.isArray(value)) return value.map(adapt);
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, adapt(each)]));
    return value;
  };
  return adapt(words) as Words;
}

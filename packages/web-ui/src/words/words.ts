/**
 * The one catalogue of the app, by language: a text that is missing in one of them is a type error. Which language is shown follows the
 * person's choice, else the browser.
 */
import { ERROR_TEXTS_DE } from "@latchkey/core/words/errors-de";
import { ERROR_TEXTS_EN } from "@latchkey/core/words/errors-en";
import { ACTIVITY_WORDS_DE } from "./activity-words-de.ts";
import { ACTIVITY_WORDS_EN } from "./activity-words-en.ts";
import { DEVICE_WORDS_DE } from "./device-words-de.ts";
import { DEVICE_WORDS_EN } from "./device-words-en.ts";
import { DOOR_WORDS_DE } from "./door-words-de.ts";
import { DOOR_WORDS_EN } from "./door-words-en.ts";
import { MOVING_WORDS_DE } from "./moving-words-de.ts";
import { MOVING_WORDS_EN } from "./moving-words-en.ts";
import { PROVIDER_WORDS_DE } from "./provider-words-de.ts";
import { PROVIDER_WORDS_EN } from "./provider-words-en.ts";
import { makePseudo } from "./pseudo.ts";
import { RECOVERY_WORDS_DE } from "./recovery-words-de.ts";
import { RECOVERY_WORDS_EN } from "./recovery-words-en.ts";
import { REQUEST_WORDS_DE } from "./request-words-de.ts";
import { REQUEST_WORDS_EN } from "./request-words-en.ts";
import { WORDS_DE } from "./words-de.ts";
import { WORDS_EN } from "./words-en.ts";

export type Words = typeof WORDS_EN &
  typeof ACTIVITY_WORDS_EN &
  typeof DEVICE_WORDS_EN &
  typeof DOOR_WORDS_EN &
  typeof MOVING_WORDS_EN &
  typeof PROVIDER_WORDS_EN &
  typeof RECOVERY_WORDS_EN &
  typeof REQUEST_WORDS_EN;
export type Language = "en" | "de" | "en-XA" | "ar-XB";

interface Catalogue {
  readonly words: Words;
  readonly errors: Readonly<Record<string, { readonly text: string; readonly hint: string }>>;
}

const EN: Catalogue = {
  words: {
    ...WORDS_EN,
    ...ACTIVITY_WORDS_EN,
    ...DEVICE_WORDS_EN,
    ...DOOR_WORDS_EN,
    ...MOVING_WORDS_EN,
    ...PROVIDER_WORDS_EN,
    ...RECOVERY_WORDS_EN,
    ...REQUEST_WORDS_EN,
  },
  errors: ERROR_TEXTS_EN,
};
const PSEUDO: Catalogue = makePseudo(EN);

export const CATALOGUES: Readonly<Record<Language, Catalogue>> = {
  en: EN,
  de: {
    words: {
      ...WORDS_DE,
      ...ACTIVITY_WORDS_DE,
      ...DEVICE_WORDS_DE,
      ...DOOR_WORDS_DE,
      ...MOVING_WORDS_DE,
      ...PROVIDER_WORDS_DE,
      ...RECOVERY_WORDS_DE,
      ...REQUEST_WORDS_DE,
    },
    errors: ERROR_TEXTS_DE,
  },
  "en-XA": PSEUDO,
  "ar-XB": PSEUDO,
};

/** Which way its script is read. */
export const directionOf = (language: Language): "ltr" | "rtl" => (language === "ar-XB" ? "rtl" : "ltr");

/** The best of ours for what the browser prefers, in its order: `de-AT`, `en`. */
export function chooseLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    if (tag === "en-XA" || tag === "ar-XB") return tag;
    const [language] = tag.toLowerCase().split("-");
    if (language === "en" || language === "de") return language;
  }
  return "en";
}

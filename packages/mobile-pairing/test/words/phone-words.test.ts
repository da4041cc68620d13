/** The phone's words: complete in both languages by their type; here, that none of the shared ones speaks of a PC in the hand. */
import { describe, expect, test } from "vitest";
import { CATALOGUES } from "@latchkey/web-ui/words/words";
import { adaptWords, PHONE_WORDS } from "../../src/words/phone-words.ts";

/** Texts by path; those that are made are made with a number, else with names. */
function textsOf(value: unknown, path = ""): [path: string, text: string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") {
    const make = value as (...parts: unknown[]) => unknown;
    return [make(1), make(3)].flatMap((made, i) => textsOf(made, `${path}(${i})`));
  }
  if (typeof value !== "object" || value === null) throw new Error(`${path} is no text`);
  return Object.entries(value).flatMap(([name, each]) => textsOf(each, `${path}.${name}`));
}

describe.each(["en", "de"] as const)("the phone's words in %s", (language) => {
  test("are texts without gaps", () => {
    const odd = textsOf(PHONE_WORDS[language]).filter(
      ([, text]) => text.trim() === "" || /undefined|NaN|#/.test(text),
    );
    expect(odd).toEqual([]);
  });

  test("say phone where the shared ones mean the device in the hand", () => {
    const here = /\b(?:this|same) PC\b|\b(?:dies\w*|demselben) PCs?\b/i;
    const shared = textsOf(CATALOGUES[language].words).filter(([, text]) => here.test(text));
    expect(shared.length).toBeGreaterThan(10);
    const adapted = textsOf(adaptWords(CATALOGUES[language].words, language));
    expect(adapted.filter(([, text]) => here.test(text))).toEqual([]);
  });
});

test("the German ones are not the English ones left over", () => {
  const english = new Map(textsOf(PHONE_WORDS.en));
  const same = textsOf(PHONE_WORDS.de).filter(([path, text]) => english.get(path) === text);
  expect(same).toEqual([]);
});

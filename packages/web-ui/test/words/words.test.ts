/** The catalogue: both languages have every text (the type says so), and each is a text of its own that keeps the rules of words. */
import { describe, expect, test } from "vitest";
import { CATALOGUES, chooseLanguage, type Language } from "../../src/words/words.ts";

/** Texts by path; those that are made are made with a number, else with names. */
function textsOf(value: unknown, path = ""): [path: string, text: string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") {
    const make = value as (...parts: unknown[]) => unknown;
    const made = make.toString().includes("plural") ? [make(1), make(3)] : [make("NAME", "OTHER")];
    return made.flatMap((text, i) => textsOf(text, `${path}(${i})`));
  }
  if (typeof value !== "object" || value === null) throw new Error(`${path} is no text`);
  return Object.entries(value).flatMap(([name, each]) =>
    textsOf(each, path === "" ? name : `${path}.${name}`),
  );
}

const texts = (language: Language) => textsOf(CATALOGUES[language].words);

describe("the words of the app", () => {
  test.each(["en", "de"] as const)("in %s are whole sentences without gaps", (language) => {
    const odd = texts(language).filter(
      ([, text]) => text.trim() === "" || /undefined|NaN|\[object|#(?!\/)/.test(text),
    );
    expect(odd).toEqual([]);
  });

  test("in German are not the English ones left over", () => {
    const english = new Map(texts("en"));
    const same = texts("de").filter(([path, text]) => english.get(path) === text && text.includes(" "));
    expect(same).toEqual([]);
  });

  test.each([
    ["en", /\b(?:relay|replica|SAS|something went wrong|cloud|server)\b/i],
    ["de", /\b(?:Relay|Replik|Dokument|etwas ist schiefgelaufen)\b/i],
  ] as const)("in %s use no jargon", (language, jargon) => {
    // The one sentence that says what there is not.
    const odd = texts(language).filter(
      ([path, text]) => jargon.test(text) && !path.startsWith("about.isNot"),
    );
    expect(odd).toEqual([]);
  });

  test("say OK, yes or no on no button", () => {
    const buttons = texts("en").filter(([, text]) => /^(?:ok|yes|no|submit)$/i.test(text));
    expect(buttons.map(([path]) => path)).toEqual(["conflict.yes", "conflict.no"]);
  });

  test("count by the rules of the language", () => {
    expect(CATALOGUES.en.words.list.count(1)).toBe("1 passkey");
    expect(CATALOGUES.en.words.list.count(1_204)).toBe("1,204 passkeys");
    expect(CATALOGUES.de.words.list.count(1_204)).toBe("1.204 Passkeys");
  });
});

test("pseudo-texts are longer, and in brackets wherever they are made", () => {
  const pseudo = textsOf(CATALOGUES["en-XA"].words);
  const english = new Map(texts("en"));
  expect(pseudo.length).toBeGreaterThan(350);
  for (const [path, text] of pseudo) {
    expect(text).toMatch(/^⟦.*⟧$/s);
    if (!path.includes("(")) expect(text.length).toBeGreaterThan((english.get(path)?.length ?? 0) * 1.4);
  }
});

describe("the language", () => {
  test.each([
    [["de-AT", "en"], "de"],
    [["fr", "de", "en"], "de"],
    [["en-GB"], "en"],
    [["fr"], "en"],
    [["ar-XB"], "ar-XB"],
    [[], "en"],
  ] as const)("for a browser that prefers %j is %s", (preferred, language) => {
    expect(chooseLanguage(preferred)).toBe(language);
  });
});

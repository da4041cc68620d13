/** Words that documents and screens keep out, and what they must not tell people to do. */
import { describe, expect, test } from "vitest";
import { stringsOf } from "./source-text.ts";
import { documentFiles, filesOf, readText, sourceFiles } from "./tree.ts";

/** Claims that nobody can prove, and boasts. */
const FORBIDDEN =
  /\b(?:the first|the only|zero[- ]?knowledge|military[- ]grade|bank[- ]grade|unhackable|unbreakable|100 ?% secure)\b/i;

/** Ways to fetch a package by a name that is not ours on npm. */
const FETCHED =
  /\b(?:npx (?:-\S+ )*@?latchkey|npm exec (?:-\S+ )*@?latchkey|npm (?:i|install|add) (?:\S+ )*@?latchkey|(?:pnpm|yarn) (?:dlx|add) (?:\S+ )*@?latchkey|bunx @?latchkey)/;

/** A sentence that places the reader: a section with `npx latchkey` needs it. */
const IN_A_CLONE = /\b(?:inside|in) (?:a|the|your) clone\b/i;

interface Line {
  readonly at: string;
  readonly text: string;
}

const documentLines = (): Line[] =>
  documentFiles().flatMap((file) =>
    readText(file)
      .split("\n")
      .map((text, i) => ({ at: `${file}:${i + 1}`, text })),
  );

/** What a program can show to a person: its string literals, comments apart. */
const shownTexts = (): Line[] =>
  sourceFiles().flatMap((file) => stringsOf(readText(file)).map((text) => ({ at: file, text })));

/** The sections of a document: a heading and what follows it. */
const sectionsOf = (file: string): string[] => readText(file).split(/^(?=#{1,6} )/m);

const found = (lines: readonly Line[], pattern: RegExp) => lines.filter(({ text }) => pattern.test(text));

describe("words", () => {
  test("that claim what nobody can prove stand in no document", () => {
    expect(found(documentLines(), FORBIDDEN)).toEqual([]);
  });

  test("that claim what nobody can prove stand in no text that a program shows", () => {
    expect(found(shownTexts(), FORBIDDEN)).toEqual([]);
  });

  test.each(["the first vault", "Zero-Knowledge", "zero knowledge", "military grade", "It is unhackable."])(
    "such as %j are found",
    (text) => {
      expect(FORBIDDEN.test(text)).toBe(true);
    },
  );
});

describe("installation", () => {
  test("no document tells people to fetch a package by our name from a registry", () => {
    const elsewhere = documentFiles().flatMap((file) =>
      sectionsOf(file)
        .filter((section) =>
          FETCHED.test(IN_A_CLONE.test(section) ? section.replaceAll("npx latchkey", "") : section),
        )
        .map((section) => `${file}: ${section.split("\n")[0]}`),
    );
    expect(elsewhere).toEqual([]);
  });

  test("no program prints such a line either", () => {
    expect(found(shownTexts(), FETCHED)).toEqual([]);
  });

  test.each([
    "npx latchkey init",
    "npx --yes latchkey",
    "npm install -g latchkey",
    "npx @latchkey/desktop up",
  ])("%s is found", (text) => {
    expect(FETCHED.test(text)).toBe(true);
  });
});

describe("paths", () => {
  // A clone knows nothing of the machine that it was written on.
  const FOREIGN = /(?:^|[\s"'`(=:])\/(?:work|root)\/|\bshared\/(?:design|reference|fixtures|hooks)\b/;

  test("of the machine that something was made on are nowhere", () => {
    const files = filesOf("*", ".ci/*", "docs/**/*", "packages/**/*", "test/**/*").filter(
      (file) => file !== "test/repo/words.test.ts" && !/\.(?:png|wasm|sqlite)$/.test(file),
    );
    expect(
      files.filter((file) =>
        readText(file)
          .split("\n")
          .some((line) => FOREIGN.test(line)),
      ),
    ).toEqual([]);
  });

  test.each(["cd /work/main", '"/root/x"', "see shared/design/a.md"])("such as %s are found", (text) => {
    expect(FOREIGN.test(text)).toBe(true);
  });
});

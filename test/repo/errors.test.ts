/** Every error code has its text for people, in English and German, its line in docs/errors.md, and someone who throws it. */
import { ERROR_CODES, VaultError } from "@latchkey/core/errors";
import { ERROR_TEXTS_DE } from "@latchkey/core/words/errors-de";
import { ERROR_TEXTS_EN } from "@latchkey/core/words/errors-en";
import { deriveExitCode } from "@latchkey/desktop/terminal/exit-code";
import { describe, expect, test } from "vitest";
import { withoutComments } from "./source-text.ts";
import { readText, sourceFiles } from "./tree.ts";

const CODE = /LK-[A-Z]+(?:-[A-Z]+)*/g;

/** What screens do not say: the command line and the documents may. */
const JARGON = {
  en: /\b(?:relays?|replicas?|documents?|SAS|kit|epochs?|snapshots?|entry|entries)\b/i,
  de: /\b(?:relays?|replikate?n?|dokumente?n?|SAS|epochen?|snapshots?)\b/i,
};

const catalogues = [
  ["English", ERROR_TEXTS_EN, JARGON.en],
  ["German", ERROR_TEXTS_DE, JARGON.de],
] as const;

/** The page is written from the catalogue: `npx vitest run test/repo/errors -u` brings it up to date. */
function renderErrorsPage(): string {
  const rows = ERROR_CODES.map((code) => {
    const { text, hint } = ERROR_TEXTS_EN[code];
    const exit = deriveExitCode(new VaultError(code, "")).toString();
    return `| \`${code}\` | ${text} | ${hint} | ${exit} |`;
  });
  return `${PREFACE}\n${rows.join("\n")}\n`;
}

const PREFACE = `# Errors

Every failure that Latchkey reports has one of these codes. A code is never renamed and never used for something else. Beside the
text the command line shows what exactly was wrong, in the developer's words: \`entry is 70000 bytes, limit 65536\`.

The exit code is how a command ends that fails with it; programs should look at the code in \`--json\` instead.

This page is written from the catalogue in \`packages/core/src/words/errors-en.ts\`; \`npx vitest run test/repo/errors -u\` brings it up to date.

| code | what happened, what it means | next step | exit |
|---|---|---|---|`;

const sentencesOf = (text: string): number => text.match(/[.!?](?:\s|$)/g)?.length ?? 0;

describe("error codes", () => {
  test("are well formed and unique", () => {
    expect(ERROR_CODES.filter((code) => !/^LK-[A-Z]+(?:-[A-Z]+)+$/.test(code))).toEqual([]);
    expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length);
  });

  test.each(catalogues)(
    "have an %s text of one or two sentences and a next step, and nothing else is there",
    (_name, texts) => {
      expect(Object.keys(texts).sort()).toEqual([...ERROR_CODES].sort());
      const odd = Object.entries(texts).filter(
        ([, { text, hint }]) =>
          sentencesOf(text) < 1 || sentencesOf(text) > 2 || hint.length < 10 || !hint.endsWith("."),
      );
      expect(odd).toEqual([]);
    },
  );

  test.each(catalogues)("have an %s text without the words of the workshop", (_name, texts, jargon) => {
    expect(Object.entries(texts).filter(([, { text }]) => jargon.test(text))).toEqual([]);
  });

  test("stand in docs/errors.md with their text, next step and exit code", async () => {
    await expect(renderErrorsPage()).toMatchFileSnapshot("../../docs/errors.md");
  });

  test("are known wherever a document or a source names one", () => {
    const known: ReadonlySet<string> = new Set(ERROR_CODES);
    const files = [...sourceFiles(), "README.md", "SECURITY.md", "docs/errors.md", "docs/glossary.md"];
    const unknown = files.flatMap((file) =>
      [...readText(file).matchAll(CODE)]
        .map(([code]) => code)
        // A family such as LK-RELAY stands for its codes.
        .filter((code) => !known.has(code) && !ERROR_CODES.some((other) => other.startsWith(`${code}-`)))
        .map((code) => `${file}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });

  test("are each used by some source", () => {
    const used = new Set(
      sourceFiles()
        .filter((file) => !/\/core\/src\/(?:errors\.ts|words\/)/.test(file))
        .flatMap((file) => withoutComments(readText(file)).match(CODE) ?? []),
    );
    expect(ERROR_CODES.filter((code) => !used.has(code))).toEqual([]);
  });
});

/**
 * What people had trouble with in other passkey providers, as docs/windows.md lists it: each row names the tests that show how it is here, by
 * their titles as they stand in the source, or says why there is none.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readText, ROOT } from "./tree.ts";

const SCENARIOS = 20;
const [, section = ""] = readText("docs/windows.md").split("\n## What others had trouble with\n");
const rows = [...(section.split("\n## ")[0] ?? "").matchAll(/^\| (\d+) \| (.+) \| (.+) \|$/gm)].map(
  ([, number, trouble = "", here = ""]) => ({ number: Number(number), trouble, here }),
);
const linksOf = (here: string) =>
  [...here.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+)\)/g)].map(([, title = "", file = ""]) => ({ title, file }));

test("every scenario has a row, in its order", () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: SCENARIOS }, (_, i) => i + 1));
});

test.each(rows)("scenario $number names tests that exist, or a reason", ({ here }) => {
  const links = linksOf(here);
  if (links.length === 0) expect(here).toMatch(/^No test: .{20,}/);
  for (const { title, file } of links) {
    expect(existsSync(join(ROOT, file)), file).toBe(true);
    // The opening quote stands right before it: the whole title, not a part of another one.
    expect(readText(file), `${file}: ${title}`).toMatch(new RegExp(`["\`]${escape(title)}["\`]`));
  }
});

test("a title that no test has is missed", () => {
  const source = readText("test/repo/documents.test.ts");
  expect(source).toMatch(/["`]draw every folder that is there, and no other["`]/);
  expect(source).not.toMatch(new RegExp(`["\`]${escape("draw every folder")}["\`]`));
});

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

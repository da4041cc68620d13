/** The list of explained survivors is about the present sources, and each reason is told. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { keyOf, readSurvivors } from "./survivors.ts";

const read = (path: string) => readFileSync(join(import.meta.dirname, "../..", path), "utf8");
const survivors = readSurvivors();

describe("survivors of mutation", () => {
  test("are of lines that are there", () => {
    const gone = survivors.filter(({ file, line }) => !read(file).includes(line));
    expect(gone).toEqual([]);
  });

  test("have each a reason that docs/mutation.md explains, and no reason is left over", () => {
    const told = [...read("docs/mutation.md").matchAll(/^\*\*(?<reason>[^*]+)\.\*\*/gm)].map(
      ({ groups }) => groups?.["reason"],
    );
    expect([...new Set(survivors.map(({ reason }) => reason))].sort()).toEqual(told.sort());
  });

  test("stand in the list once", () => {
    expect(new Set(survivors.map(keyOf)).size).toBe(survivors.length);
  });
});

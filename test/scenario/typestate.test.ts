/** Promise 5 at compile time: nothing unverified reaches the document, because there is no way to write it down. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readText, sourceFiles } from "../repo/tree.ts";

const ROOT = join(import.meta.dirname, "../..");
const FORBIDDEN = join(import.meta.dirname, "unverified.ts");
const COMPILER = join(ROOT, "node_modules/typescript/bin/tsc");
/** Where nobody looks for sources, and what it imports is found. */
const WITHOUT = join(ROOT, "node_modules/.unverified-without-expectations.ts");
afterAll(() => rmSync(WITHOUT, { force: true }));

/** The errors of one file under the repository's own settings: line and number. */
function compile(file: string): { readonly line: number; readonly code: string }[] {
  const { compilerOptions } = JSON.parse(readText("tsconfig.base.json")) as {
    compilerOptions: Record<string, string | boolean | string[]>;
  };
  const options = Object.entries(compilerOptions).flatMap(([name, value]) =>
    Array.isArray(value)
      ? value.length > 0
        ? [`--${name}`, value.join()]
        : []
      : [`--${name}`, String(value)],
  );
  const { stdout } = spawnSync(
    process.execPath,
    [COMPILER, "--ignoreConfig", ...options, "--types", "", "--pretty", "false", file],
    { cwd: ROOT, encoding: "utf8" },
  );
  return [...stdout.matchAll(/^(?<file>.+)\((?<line>\d+),\d+\): error (?<code>TS\d+)/gm)].map(
    ({ groups }) => ({
      line: Number(groups?.["line"]),
      code: groups?.["code"] ?? "",
    }),
  );
}

describe("the receive path", () => {
  test("promise 5: lets nobody make a state without its check, skip a step, or apply what was not admitted", () => {
    expect(compile(FORBIDDEN)).toEqual([]);
    // And the compiler does look: without the expectations each of these lines is an error.
    const lines = readFileSync(FORBIDDEN, "utf8").split("\n");
    const expected = lines.flatMap((line, i) => (line.includes("// @ts-expect-error") ? [i + 2] : []));
    writeFileSync(WITHOUT, lines.map((line) => line.replace("// @ts-expect-error", "//")).join("\n"));
    expect([...new Set(compile(WITHOUT).map(({ line }) => line))]).toEqual(expected);
    expect(expected.length).toBeGreaterThanOrEqual(20);
  });

  test("promise 5: gives changes to Automerge in one place", () => {
    const entrances =
      /\b(?:applyChanges|loadIncremental|receiveSyncMessage|mergeDoc)\(|\bAutomerge\.(?:load|merge|apply)/;
    const places = sourceFiles().filter((file) => entrances.test(readText(file)));
    expect(places).toEqual(["packages/core/src/vault/document.ts"]);
  });
});

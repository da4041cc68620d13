/** What the bundle of the program loads, and when: read from the files themselves. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENTRIES } from "../../src/package/build-package.ts";
import { KOFFI_BINARY, writeBundle } from "../../src/package/bundle.ts";

/** Milliseconds to bundle on a busy machine. */
const MAKING_MS = 120_000;
/** Not of a call of import(), which loads when it is reached. */
const IMPORT = /^\s*(?:import|export)\b[^"'();]*?(?:from\s*)?"([^"]+)"/gm;
const ANY_IMPORT = /\bimport\("([^"]+)"\)/g;

describe("the bundle", () => {
  let folder: string;
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "latchkey-bundle-"));
    await writeBundle(ENTRIES, folder);
  }, MAKING_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The files that are loaded with one, before its first line runs. */
  function loadedWith(name: string): readonly string[] {
    const files = new Set([name]);
    for (const file of files) {
      for (const [, wanted = ""] of read(file).matchAll(IMPORT)) {
        if (wanted.startsWith("./")) files.add(wanted.slice(2));
      }
    }
    return [...files];
  }

  test("has in it what it is made of, so that the next tests would find it", () => {
    const all = readdirSync(folder).map(read).join("");
    for (const name of ["automerge_wasm", "@noble/curves", KOFFI_BINARY]) expect(all).toContain(name);
  });

  test.each(["program.mjs", "worker.mjs"])(
    "loads with %s neither Automerge nor the curves of noble: a sign-in does without",
    (name) => {
      for (const file of loadedWith(name)) {
        const text = read(file);
        for (const heavy of ["automerge_wasm", "@noble/curves"]) {
          expect(text.includes(heavy), `${heavy} in ${file}`).toBe(false);
        }
      }
    },
  );

  test("has no name left that Node would look up in folders above", () => {
    const known = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
    for (const file of readdirSync(folder)) {
      const text = read(file);
      const wanted = [
        ...text.matchAll(IMPORT),
        ...text.matchAll(ANY_IMPORT),
        ...text.matchAll(/\brequire\d*\("([^"]+)"\)/g),
      ].map(([, name]) => name ?? "");
      for (const name of wanted)
        expect(name.startsWith("./") || known.has(name), `${name} in ${file}`).toBe(true);
    }
  });
});

/**
 * `npm run mutation`: Stryker changes the authenticator and the canonical CBOR one operator at a time, and core's tests must notice. What
 * they let pass stands in `survivors.json`, each with a reason that docs/mutation.md explains; anything else is a failure.
 *
 * It takes half an hour on two cores. Words after the command choose files, or lines of them: `packages/core/src/cbor/scan.ts:40-60`.
 */
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { Stryker } from "@stryker-mutator/core";
import { keyOf, readSurvivors, type Survivor } from "./survivors.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const WHOLE = ["packages/core/src/authenticator/**/*.ts", "packages/core/src/cbor/**/*.ts"];

const chosen = process.argv.slice(2);
process.chdir(ROOT);
const results = await new Stryker({
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "test/mutants/vitest.config.ts", related: false },
  mutate: chosen.length === 0 ? WHOLE : chosen,
  ignorePatterns: [
    "docs",
    "packages/desktop",
    "packages/sync-relay",
    "packages/web-ui",
    "packages/windows-provider",
  ],
  coverageAnalysis: "perTest",
  // Messages are for developers; tests hold statuses and codes.
  mutator: { excludedMutations: ["StringLiteral"] },
  concurrency: 2,
  timeoutMS: 10_000,
  // Not under node_modules, where Node runs no TypeScript.
  tempDirName: join(tmpdir(), "latchkey-mutation"),
  reporters: ["progress-append-only"],
}).runMutationTest();

const counts = new Map<string, number>();
for (const { status } of results) counts.set(status, (counts.get(status) ?? 0) + 1);
console.log([...counts].map(([status, count]) => `${count} ${status}`).join(", "));

const survivors = results
  .filter(({ status }) => status === "Survived" || status === "NoCoverage")
  .map(({ fileName, location, replacement }): Omit<Survivor, "reason"> => {
    const file = relative(ROOT, fileName);
    const line = readFileSync(fileName, "utf8").split("\n")[location.start.line - 1] ?? "";
    return { file, line: line.trim(), change: replacement.replace(/\s+/g, " ") };
  });
const explained = new Set(readSurvivors().map(keyOf));
const unexplained = survivors.filter((survivor) => !explained.has(keyOf(survivor)));
for (const { file, line, change } of unexplained) console.log(`${file}\n    ${line}\n  → ${change}`);
console.log(`${survivors.length} survived, ${unexplained.length} of them unexplained`);
process.exitCode = unexplained.length === 0 ? 0 : 1;

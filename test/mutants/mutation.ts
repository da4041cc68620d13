/**
 * `npm run mutation`: Stryker changes core one operator at a time, and its tests must notice. What they let pass stands in
 * `survivors.json`, each with a reason that docs/mutation.md explains; anything else is a failure.
 *
 * `npm run mutation -- receive` takes one of the parts of `targets.ts` alone; words after it choose files, or lines of them:
 * `npm run mutation -- records packages/core/src/log/verify.ts:70-90`. Without words all parts are taken, which lasts for hours.
 */
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { Stryker } from "@stryker-mutator/core";
import { keyOf, readSurvivors, type Survivor } from "./survivors.ts";
import { lendJudges, type Target, TARGETS } from "./targets.ts";

const ROOT = resolve(import.meta.dirname, "../..");

function runTarget({ mutate, judges }: Target, chosen: readonly string[]) {
  lendJudges(judges);
  return new Stryker({
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: "test/mutants/judges.config.ts", related: false },
    mutate: chosen.length === 0 ? [...mutate] : [...chosen],
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
    concurrency: Number(process.env["MUTATION_CONCURRENCY"] ?? 2),
    timeoutMS: 10_000,
    // Not under node_modules, where Node runs no TypeScript.
    tempDirName: join(tmpdir(), "latchkey-mutation"),
    reporters: ["progress-append-only"],
  }).runMutationTest();
}

type Results = Awaited<ReturnType<typeof runTarget>>;

/** Prints what survived and is not explained; returns how many these are. */
function report(results: Results): number {
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
  return unexplained.length;
}

const [name = "", ...chosen] = process.argv.slice(2);
const target = TARGETS[name];
if (name !== "" && target === undefined) {
  console.error(`no part ${name}: there are ${Object.keys(TARGETS).join(", ")}`);
  process.exit(64);
}
process.chdir(ROOT);
let unexplained = 0;
for (const each of target === undefined ? Object.values(TARGETS) : [target])
  unexplained += report(await runTarget(each, chosen));
process.exitCode = unexplained === 0 ? 0 : 1;

/**
 * `npm run mutants`: twelve obvious faults of an authenticator, each a patch of one line on the present source, and for each a suite that
 * must fail with it. A patch that no longer applies is a failure too: then the fault was forgotten, not prevented.
 *
 * A patch begins with `Suite: PATH`. Suites are those of core alone, whose imports stay inside the copy of the tree.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");
/** What a run of core's suites reads. */
const COPIED = [
  "package.json",
  "README.md",
  "tsconfig.base.json",
  "vitest.config.ts",
  "packages/core",
  "test/reporter",
];

interface Mutant {
  readonly name: string;
  readonly patch: string;
  readonly suite: string;
  /** The file that it changes, from the root. */
  readonly file: string;
}

function readMutants(): Mutant[] {
  return readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith(".patch"))
    .sort()
    .map((name) => {
      const patch = join(import.meta.dirname, name);
      const text = readFileSync(patch, "utf8");
      const suite = /^Suite: (\S+)$/m.exec(text)?.[1];
      const file = /^--- a\/(\S+)$/m.exec(text)?.[1];
      if (suite === undefined || file === undefined) throw new Error(`${name} names no suite or no file`);
      return { name: basename(name, ".patch"), patch, suite, file };
    });
}

/** Failed tests, or `null` when the suites could not be run to their end. */
function countFailures(tree: string, suites: readonly string[]): number | null {
  const report = join(tree, "report.json");
  rmSync(report, { force: true });
  spawnSync(
    process.execPath,
    [
      VITEST,
      "run",
      "--root",
      tree,
      "--project",
      "core",
      "--reporter",
      "json",
      "--outputFile",
      report,
      ...suites,
    ],
    { cwd: tree, stdio: "ignore" },
  );
  try {
    const { success, numFailedTests } = JSON.parse(readFileSync(report, "utf8")) as {
      readonly success: boolean;
      readonly numFailedTests: number;
    };
    if (success) return 0;
    return numFailedTests > 0 ? numFailedTests : null;
  } catch {
    return null;
  }
}

function judge(tree: string, { patch, suite, file }: Mutant): string | null {
  const original = readFileSync(join(tree, file));
  const applied = spawnSync("git", ["apply", patch], { cwd: tree, encoding: "utf8" });
  if (applied.status !== 0) return `patch no longer applies: ${applied.stderr.trim()}`;
  try {
    const failures = countFailures(tree, [suite]);
    if (failures === null) return "suite does not run with it";
    return failures === 0 ? "no test fails with it" : null;
  } finally {
    writeFileSync(join(tree, file), original);
  }
}

const tree = mkdtempSync(join(tmpdir(), "latchkey-mutants-"));
try {
  for (const path of COPIED) {
    cpSync(join(ROOT, path), join(tree, path), {
      recursive: true,
      filter: (source) => basename(source) !== "node_modules",
    });
  }
  symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"), "junction");

  const mutants = readMutants();
  if (countFailures(tree, [...new Set(mutants.map(({ suite }) => suite))]) !== 0) {
    throw new Error("the suites do not pass without a mutant");
  }
  let caught = 0;
  for (const mutant of mutants) {
    const problem = judge(tree, mutant);
    if (problem === null) caught++;
    console.log(
      `${problem === null ? "caught " : "MISSED "} ${mutant.name}${problem === null ? "" : `: ${problem}`}`,
    );
  }
  console.log(`${caught} of ${mutants.length} caught`);
  if (caught < mutants.length) process.exitCode = 1;
} finally {
  rmSync(tree, { recursive: true, force: true });
}

/**
 * The account at the end of a test run: time per suite, the README's claims with the test that holds each and its result, what was
 * skipped, and one plain last line `N passed, N failed` (`, N skipped` if any). Failures themselves are shown by vitest's own reporter,
 * which runs beside this one.
 *
 * It fails a run that vitest would pass: a claim whose test does not exist, did not run or did not pass, and, where `strict`, a suite
 * (a file) of which nothing ran. Single tests may need what a machine lacks (another system, a shell, root): they are named, not more.
 * It does not judge claims when only a part of the suites was asked for.
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { type Claim, judgeClaim, parseClaims, type TestOutcome, type Verdict } from "./claims.ts";

/** What the reporter needs to know of the run. `root` is an absolute path, `readme` one below it. */
export interface AccountOptions {
  readonly root: string;
  readonly readme: string;
  /** All suites run, so that each claim must have its test. */
  readonly whole: boolean;
  /** A suite of which nothing ran is an error: on a build machine nobody reads the warning. */
  readonly strict: boolean;
}

/** A vitest reporter that prints the account to stdout and sets the exit code. */
export function createAccountReporter(options: AccountOptions): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const suites = modules.map((module) => ({ file: fileOf(options.root, module), module }));
      const outcomes = suites.flatMap(({ file, module }) => outcomesOf(file, module));
      const claims = options.whole
        ? parseClaims(readFileSync(`${options.root}/${options.readme}`, "utf8"))
        : [];
      const judged = claims.map((claim) => ({ claim, verdict: judgeClaim(claim, outcomes) }));

      const passed = outcomes.filter(({ state }) => state === "passed").length;
      const skipped = outcomes.filter(isSkipped);
      const silent = suites
        .filter(({ file, module }) => module.ok() && outcomesOf(file, module).every(isSkipped))
        .map(({ file }) => file);
      const unheld = judged.filter(({ verdict }) => verdict !== "passed" && verdict !== "failed").length;
      // What could not be loaded or prepared has no failed test, and an error outside of any test has no suite: each counts as one.
      const broken = modules.flatMap(brokenParts).length;
      const failed =
        outcomes.filter(({ state }) => state === "failed").length + broken + unhandledErrors.length + unheld;
      const noClaims = options.whole && claims.length === 0;

      const lines = [
        ...suiteLines(suites),
        ...(options.whole
          ? claimLines(judged)
          : ["", "Claims are not judged: only a part of the suites ran."]),
        ...(noClaims ? [`ERROR: ${options.readme} has no table of claims.`] : []),
        ...skippedLines(skipped),
        ...silent.map((file) => `${options.strict ? "ERROR" : "WARNING"}: nothing of ${file} ran.`),
        ...failedLines(suites),
        "",
        `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`,
      ];
      process.stdout.write(`${lines.join("\n")}\n`);
      if (failed > 0 || noClaims || (options.strict && silent.length > 0)) process.exitCode = 1;
    },
  };
}

const fileOf = (root: string, module: TestModule): string =>
  relative(root, module.moduleId).replaceAll("\\", "/");

/** The module, and groups of tests in it, that ended with an error of their own: in loading, or in a hook around all of their tests. */
const brokenParts = (module: TestModule) =>
  [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0);

function outcomesOf(file: string, module: TestModule): TestOutcome[] {
  return [...module.children.allTests()].map((test) => ({
    file,
    name: test.fullName,
    state: test.result().state,
  }));
}

function suiteLines(suites: readonly { readonly file: string; readonly module: TestModule }[]): string[] {
  const rows = suites
    .map(({ file, module }) => {
      const { duration, collectDuration, setupDuration } = module.diagnostic();
      return {
        file,
        tests: [...module.children.allTests()].length,
        ms: duration + collectDuration + setupDuration,
      };
    })
    .sort((a, b) => a.file.localeCompare(b.file));
  return [
    "",
    "Time per suite (loading included)",
    ...rows.map(({ file, tests, ms }) => `${seconds(ms)}  ${String(tests).padStart(4)} tests  ${file}`),
  ];
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2).padStart(7)} s`;

function claimLines(judged: readonly { readonly claim: Claim; readonly verdict: Verdict }[]): string[] {
  return [
    "",
    "Claims of the README, each with the test that holds it",
    ...judged.flatMap(({ claim, verdict }) => [
      `${(verdict === "passed" ? "ok" : verdict.toUpperCase()).padStart(9)}  ${claim.text}`,
      `           ${claim.file}: ${claim.test}`,
    ]),
  ];
}

/** Once more at the end, where whoever reads only that finds it. */
function failedLines(suites: readonly { readonly file: string; readonly module: TestModule }[]): string[] {
  const failed = suites.flatMap(({ file, module }) => [
    ...brokenParts(module)
      .flatMap((part) => part.errors())
      .map(({ message }) => `    ${file}: ${firstLine(message)}`),
    ...[...module.children.allTests("failed")].map(
      (test) => `    ${file}: ${test.fullName}: ${firstLine(test.result().errors?.[0]?.message ?? "")}`,
    ),
  ]);
  return failed.length === 0 ? [] : ["", "Failed:", ...failed];
}

const firstLine = (text: string): string => text.split("\n", 1)[0]?.slice(0, 300) ?? "";

const isSkipped = ({ state }: TestOutcome): boolean => state === "skipped" || state === "pending";

function skippedLines(skipped: readonly TestOutcome[]): string[] {
  if (skipped.length === 0) return [];
  return [
    "",
    `WARNING: ${skipped.length} tests did not run:`,
    ...skipped.map(({ file, name }) => `    ${file}: ${name}`),
  ];
}

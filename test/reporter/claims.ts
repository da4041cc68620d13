/**
 * The README's claims and the tests that hold them.
 *
 * A claim is a row `| claim | [test](file) |` of a table in the README: `file` is a test file's path from the root, `test` the full name of
 * a test in it (`suite > test`) or of a suite, which stands for all its tests. Rows of other tables have another shape and are left alone.
 */

/** One row of the table. */
export interface Claim {
  readonly text: string;
  readonly test: string;
  readonly file: string;
}

/** What became of one test: its file from the root, its full name, its result. */
export interface TestOutcome {
  readonly file: string;
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped" | "pending";
}

/** `missing`: no such test ran. Everything but `passed` is a claim that nothing holds. */
export type Verdict = "passed" | "failed" | "skipped" | "missing";

const ROW = /^\|\s*(?<text>[^|]+?)\s*\|\s*\[(?<test>[^\]|]+)\]\((?<file>[^)\s]+\.test\.ts)\)\s*\|\s*$/gm;

/** The claims of a README, in its order. */
export function parseClaims(readme: string): Claim[] {
  return [...readme.matchAll(ROW)].map(({ groups }) => ({
    text: groups?.["text"] ?? "",
    test: groups?.["test"] ?? "",
    file: groups?.["file"] ?? "",
  }));
}

/** The verdict on one claim: `passed` only if at least one test bears its name and every one of them passed. */
export function judgeClaim(claim: Claim, outcomes: readonly TestOutcome[]): Verdict {
  const states = outcomes
    .filter(
      ({ file, name }) => file === claim.file && (name === claim.test || name.startsWith(`${claim.test} > `)),
    )
    .map(({ state }) => state);
  if (states.length === 0) return "missing";
  if (states.includes("failed")) return "failed";
  return states.every((state) => state === "passed") ? "passed" : "skipped";
}

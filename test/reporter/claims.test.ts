import { describe, expect, test } from "vitest";
import { judgeClaim, parseClaims, type TestOutcome, type Verdict } from "./claims.ts";

describe("parseClaims", () => {
  test("reads the rows that link a test file, in their order", () => {
    const readme = [
      "| What is claimed | The test that holds it |",
      "|---|---|",
      "| Sums are right | [adds](test/sums.test.ts) |",
      "| So are `differences` | [minus > subtracts, even below zero](packages/a/test/minus.test.ts) |",
      "| Other | [a page](docs/other.md) |",
      "Text with [a link](test/sums.test.ts).",
    ].join("\n");
    expect(parseClaims(readme)).toEqual([
      { text: "Sums are right", test: "adds", file: "test/sums.test.ts" },
      {
        text: "So are `differences`",
        test: "minus > subtracts, even below zero",
        file: "packages/a/test/minus.test.ts",
      },
    ]);
  });
});

describe("judgeClaim", () => {
  const outcome = (name: string, state: TestOutcome["state"], file = "test/sums.test.ts"): TestOutcome => ({
    file,
    name,
    state,
  });
  const cases: readonly (readonly [what: string, outcomes: readonly TestOutcome[], verdict: Verdict])[] = [
    ["its test passed", [outcome("sums > adds", "passed")], "passed"],
    ["its test failed", [outcome("sums > adds", "failed")], "failed"],
    ["its test was skipped", [outcome("sums > adds", "skipped")], "skipped"],
    ["its test did not finish", [outcome("sums > adds", "pending")], "skipped"],
    ["nothing ran", [], "missing"],
    ["the test is in another file", [outcome("sums > adds", "passed", "test/other.test.ts")], "missing"],
    ["the name only begins alike", [outcome("sums > adds up", "passed")], "missing"],
    ["it names a suite whose tests passed", [outcome("sums > adds > small", "passed")], "passed"],
    [
      "one test of its suite failed",
      [outcome("sums > adds > small", "passed"), outcome("sums > adds > large", "failed")],
      "failed",
    ],
    [
      "one test of its suite was skipped",
      [outcome("sums > adds > small", "passed"), outcome("sums > adds > large", "skipped")],
      "skipped",
    ],
  ];
  test.each(cases)("%s", (_what, outcomes, verdict) => {
    expect(
      judgeClaim({ text: "Sums are right", test: "sums > adds", file: "test/sums.test.ts" }, outcomes),
    ).toBe(verdict);
  });
});

/** The twelve checks are those of docs/experience.md § 15, each has its tests, and one whose tests did not run does not hold. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CHECKS } from "./checks.ts";
import { judgeCheck } from "./judge-check.ts";

const ROOT = join(import.meta.dirname, "../..");
const check = { number: 1, title: "", tests: [["a.test.ts"], ["b.test.ts", "suite"]] } as const;
const outcome = (file: string, name: string, state: "passed" | "failed" | "skipped" = "passed") => ({
  file,
  name,
  state,
});

describe("the reviewer's checks", () => {
  test("are twelve, as many as the page has", () => {
    const page = readFileSync(join(ROOT, "docs/experience.md"), "utf8");
    const section = page.split(/^## /m).find((part) => part.startsWith("15 Twelve checks")) ?? "";
    expect(section.match(/^\d+\. /gm)).toHaveLength(12);
    expect(CHECKS.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  });

  test.each(CHECKS)("$number names tests that there are", ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const [file, name] of tests) {
      expect(existsSync(join(ROOT, file)), file).toBe(true);
      const text = readFileSync(join(ROOT, file), "utf8");
      for (const title of name?.split(" > ") ?? []) expect(text, `${file}: ${title}`).toContain(`"${title}"`);
    }
  });

  test("hold when everything of them passed", () => {
    const all = [
      outcome("a.test.ts", "x"),
      outcome("b.test.ts", "suite > y"),
      outcome("b.test.ts", "other", "failed"),
    ];
    expect(judgeCheck(check, all)).toEqual({ holds: true, passed: 2, problems: [] });
  });

  test.each([
    ["nothing ran", [], "did not run: a.test.ts"],
    ["a suite did not run", [outcome("a.test.ts", "x")], "did not run: b.test.ts: suite"],
    [
      "a test failed",
      [outcome("a.test.ts", "x", "failed"), outcome("a.test.ts", "z"), outcome("b.test.ts", "suite > y")],
      "failed: a.test.ts: x",
    ],
    [
      "a file was skipped",
      [outcome("a.test.ts", "x", "skipped"), outcome("b.test.ts", "suite > y")],
      "nothing of it ran: a.test.ts",
    ],
    [
      "a named test was skipped",
      [
        outcome("a.test.ts", "x"),
        outcome("b.test.ts", "suite > y"),
        outcome("b.test.ts", "suite > z", "skipped"),
      ],
      "skipped in part: b.test.ts: suite",
    ],
  ])("do not hold when %s", (_, outcomes, problem) => {
    const { holds, problems } = judgeCheck(check, outcomes);
    expect([holds, problems]).toEqual([false, expect.arrayContaining([problem])]);
  });
});

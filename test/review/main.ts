/**
 * `npm run review`: runs what shows the twelve checks of docs/experience.md § 15 and prints a line for each. A check holds when every test of it
 * ran and passed: one that is missing or was skipped holds nothing. Ends with 1 unless all hold.
 *
 *   npm run review               all twelve
 *   npm run review -- 4 10       some of them
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { TestOutcome } from "../reporter/claims.ts";
import { CHECKS } from "./checks.ts";
import { judgeCheck } from "./judge-check.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The parts of vitest's JSON report that are looked at. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

async function runTests(files: readonly string[]): Promise<TestOutcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-review-"));
  const report = join(folder, "report.json");
  try {
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${report}`];
    const child = spawn(process.execPath, [vitest, "run", ...reporters, ...files], {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
    });
    await once(child, "exit");
    const { testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
    return testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ ancestorTitles, title, status }) => ({
        file: relative(ROOT, name).replaceAll("\\", "/"),
        name: [...ancestorTitles, title].join(" > "),
        state: status === "passed" || status === "failed" ? status : "skipped",
      })),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const wanted = process.argv.slice(2).map(Number);
const checks = CHECKS.filter(({ number }) => wanted.length === 0 || wanted.includes(number));
const outcomes = await runTests([...new Set(checks.flatMap(({ tests }) => tests.map(([file]) => file)))]);
console.log("");
let open = 0;
for (const check of checks) {
  const { holds, passed, problems } = judgeCheck(check, outcomes);
  if (!holds) open++;
  const number = String(check.number).padStart(2);
  console.log(`${holds ? "holds    " : "NOT SHOWN"} ${number}  ${check.title}: ${passed} tests`);
  for (const problem of problems) console.log(`              ${problem}`);
}
console.log(`\n${checks.length - open} of ${checks.length} checks hold`);
process.exitCode = checks.length > 0 && open === 0 ? 0 : 1;

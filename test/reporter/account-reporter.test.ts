/** Runs vitest with the reporter over a small project of its own: the proof that a run can fail for each reason. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";

const VITEST = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const REPORTER = new URL("account-reporter.ts", import.meta.url).href;

const CLAIM = "| Sums are right | [sums > adds](sums.test.ts) |";
const SUMS = `describe("sums", () => { test("adds", () => { expect(1 + 1).toBe(2); }); });`;

interface Project {
  readonly readme?: string;
  readonly suite?: string;
  readonly whole?: boolean;
  readonly strict?: boolean;
}

async function runVitest({ readme = CLAIM, suite = SUMS, whole = true, strict = false }: Project) {
  const root = await mkdtemp(join(tmpdir(), "latchkey-reporter-"));
  try {
    const options = JSON.stringify({ root, readme: "README.md", whole, strict });
    await writeFile(join(root, "README.md"), readme);
    await writeFile(join(root, "sums.test.ts"), suite);
    await writeFile(
      join(root, "vitest.config.mjs"),
      `import { createAccountReporter } from ${JSON.stringify(REPORTER)};
       export default { test: { globals: true, reporters: ["dot", createAccountReporter(${options})] } };`,
    );
    const child = spawn(process.execPath, [VITEST, "run", "--root", root], {
      stdio: ["ignore", "pipe", "ignore"],
      // The run is its own: nothing of the one that it is part of, no colours.
      env: { PATH: process.env["PATH"], SystemRoot: process.env["SystemRoot"], NO_COLOR: "1" },
    });
    const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const output = await text(child.stdout);
    return { code: await exit, output, lastLine: output.trimEnd().split("\n").at(-1) };
  } finally {
    await rm(root, { recursive: true });
  }
}

describe("account reporter", () => {
  test("ends a good run with one plain line and exit code 0", async () => {
    const { code, output, lastLine } = await runVitest({});
    expect({ code, lastLine }).toEqual({ code: 0, lastLine: "1 passed, 0 failed" });
    expect(output).toMatch(/s {5}1 tests {2}sums\.test\.ts/);
    expect(output).toMatch(/ok {2}Sums are right\n +sums\.test\.ts: sums > adds/);
  });

  test("fails a run whose test fails, and says which claim it held", async () => {
    const { code, output, lastLine } = await runVitest({ suite: SUMS.replace("toBe(2)", "toBe(3)") });
    expect({ code, lastLine }).toEqual({ code: 1, lastLine: "0 passed, 1 failed" });
    expect(output).toContain("FAILED  Sums are right");
  });

  test("fails a run that lacks the test of a claim", async () => {
    const { code, output, lastLine } = await runVitest({ suite: SUMS.replace("adds", "adds up") });
    expect({ code, lastLine }).toEqual({ code: 1, lastLine: "1 passed, 1 failed" });
    expect(output).toContain("MISSING  Sums are right");
  });

  test("fails a run that skips the test of a claim", async () => {
    const { code, output, lastLine } = await runVitest({ suite: SUMS.replace("test(", "test.skip(") });
    expect({ code, lastLine }).toEqual({ code: 1, lastLine: "0 passed, 1 failed, 1 skipped" });
    expect(output).toContain("SKIPPED  Sums are right");
  });

  test("fails a whole run over a README without claims", async () => {
    const { code, output } = await runVitest({ readme: "# Nothing" });
    expect(code).toBe(1);
    expect(output).toContain("ERROR: README.md has no table of claims.");
  });

  test("fails a run with a suite that cannot be loaded", async () => {
    const { code, lastLine } = await runVitest({
      readme: "",
      whole: false,
      suite: `throw new Error("broken");`,
    });
    expect({ code, lastLine }).toEqual({ code: 1, lastLine: "0 passed, 1 failed" });
  });

  test("counts what a group could not prepare as failed", async () => {
    const { code, output, lastLine } = await runVitest({
      readme: "",
      whole: false,
      suite: SUMS.replace("{ test", '{ beforeAll(() => { throw new Error("no server"); }); test'),
    });
    expect({ code, lastLine }).toEqual({ code: 1, lastLine: "0 passed, 1 failed, 1 skipped" });
    expect(output).toContain("    sums.test.ts: no server");
  });

  const skipping = `${SUMS} test.skip("later", () => {});`;

  test("warns of a skipped test", async () => {
    const { code, output, lastLine } = await runVitest({ suite: skipping });
    expect({ code, lastLine }).toEqual({ code: 0, lastLine: "1 passed, 0 failed, 1 skipped" });
    expect(output).toContain("WARNING: 1 tests did not run:\n    sums.test.ts: later");
  });

  test("fails a strict run with a suite of which nothing ran, and only that", async () => {
    const silent = { readme: "", whole: false, suite: `test.skip("later", () => {});` };
    const strict = await runVitest({ ...silent, strict: true });
    expect(strict.code).toBe(1);
    expect(strict.output).toContain("ERROR: nothing of sums.test.ts ran.");

    const lenient = await runVitest(silent);
    expect(lenient.code).toBe(0);
    expect(lenient.output).toContain("WARNING: nothing of sums.test.ts ran.");

    expect(await runVitest({ suite: skipping, strict: true })).toMatchObject({ code: 0 });
  });

  test("does not judge claims when only a part of the suites ran", async () => {
    const { code, output } = await runVitest({ suite: SUMS.replace("adds", "adds up"), whole: false });
    expect(code).toBe(0);
    expect(output).toContain("Claims are not judged");
  });
});

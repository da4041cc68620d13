/** The program as a process: `bin/latchkey.js`. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const PROGRAM = join(import.meta.dirname, "../../bin/latchkey.js");
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "latchkey-cache-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: "utf8",
    env: { ...process.env, XDG_CACHE_HOME: cache, LOCALAPPDATA: cache },
  });

describe("the program", () => {
  test("prints data on stdout and ends with 0", () => {
    expect(run("completion", "bash")).toMatchObject({
      status: 0,
      stderr: "",
      stdout: expect.stringMatching(/^# bash completion for latchkey\n[\s\S]*\n$/),
    });
  });

  test("prints a failure on stderr and ends with its code", () => {
    expect(run("frobnicate")).toMatchObject({
      status: 2,
      stdout: "",
      stderr: "latchkey: error: unknown command frobnicate\nlatchkey: hint: see latchkey --help\n",
    });
  });

  test("says its version", () => {
    expect(run("--version").stdout).toMatch(/^latchkey \d+\.\d+\.\d+\n$/);
  });

  test("keeps compiled code in a folder of the person's own", () => {
    run("--help");
    const folder = join(cache, "latchkey", "compiled");
    expect(readdirSync(folder)).not.toEqual([]);
    if (process.platform !== "win32") expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test.runIf(process.platform !== "win32")("keeps none where others may write", () => {
    const folder = join(cache, "latchkey", "compiled");
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    expect(run("--help").status).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.runIf(process.platform !== "win32")("takes a reader that stops reading for no failure", async () => {
    const output = execFileSync(
      "bash",
      ["-c", `"$0" "$1" completion bash | head -n 1; echo "\${PIPESTATUS[0]}"`, process.execPath, PROGRAM],
      { encoding: "utf8" },
    );
    expect(output).toBe("# bash completion for latchkey\n0\n");
  });

  test("says which Node it needs when this one is too old", () => {
    // The same file, told that it runs on an older version.
    const old = "Object.defineProperty(process.versions, 'node', { value: '22.12.0' });";
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", `data:text/javascript,${encodeURIComponent(old)}`, PROGRAM, "--help"],
      { encoding: "utf8" },
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^latchkey: error: this is Node 22\.12\.0, Latchkey needs 24\.21 or later\nlatchkey: hint: /,
    );
  });
});

/** How failures, talk and data are printed. */
import { ERROR_CODES, VaultError } from "@latchkey/core/errors";
import { describe, expect, test } from "vitest";
import { deriveExitCode } from "../../src/terminal/exit-code.ts";
import { UsageError } from "../../src/terminal/usage-error.ts";
import { createTerminal, lowerVoice, type TerminalOptions } from "../../src/terminal/voice.ts";

function createScreen(options: Partial<TerminalOptions> & { readonly isTTY?: boolean } = {}) {
  const { isTTY = false, ...rest } = options;
  const written = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof written) => ({ isTTY, write: (text: string) => (written[name] += text) });
  const terminal = createTerminal({ stdout: sink("stdout"), stderr: sink("stderr"), env: {}, ...rest });
  return { terminal, written };
}

describe("a failure", () => {
  test("is an error and a hint on stderr, lower case, without full stops, with its code", async () => {
    const { terminal, written } = createScreen();
    await terminal.fail(new VaultError("LK-VAULT-MISSING", "no vault at /x"));
    expect(written).toEqual({
      stdout: "",
      stderr:
        "latchkey: error: there is no vault here yet (LK-VAULT-MISSING: no vault at /x)\n" +
        "latchkey: hint: make one with `latchkey init`, or join one that you have with `latchkey device join`\n",
    });
  });

  test("of usage says what was wrong, and its own hint", async () => {
    const { terminal, written } = createScreen();
    await terminal.fail(new UsageError("unknown option --sit", "did you mean --site"));
    expect(written.stderr).toBe(
      "latchkey: error: unknown option --sit\nlatchkey: hint: did you mean --site\n",
    );
  });

  test("is one line of data under --json, too", async () => {
    const { terminal, written } = createScreen({ json: true });
    await terminal.fail(new VaultError("LK-PAIR-CODE-WRONG", "2 tries left"));
    expect(written.stdout.endsWith("\n")).toBe(true);
    expect(JSON.parse(written.stdout)).toEqual({
      schema: 1,
      ok: false,
      code: "LK-PAIR-CODE-WRONG",
      message: "2 tries left",
      text: expect.any(String),
      hint: expect.any(String),
    });
    expect(written.stderr).toContain("latchkey: error: ");
  });

  test("that nobody expected is reported as a bug; its text and stack are for --verbose", async () => {
    const quiet = createScreen();
    await quiet.terminal.fail(new TypeError("the passphrase is hunter2"));
    expect(quiet.written.stderr).toContain("LK-UI-BUG");
    expect(quiet.written.stderr).not.toContain("hunter2");
    const verbose = createScreen({ verbose: true });
    await verbose.terminal.fail(new Error("outer", { cause: new TypeError("inner") }));
    expect(verbose.written.stderr).toMatch(/Error: outer\n\s+at [\s\S]*cause: TypeError: inner/);
  });

  test("cannot steer the terminal", async () => {
    const { terminal, written } = createScreen();
    await terminal.fail(new VaultError("LK-VAULT-NOT-FOUND", "no item \u001b[2J\u202eevil"));
    expect(written.stderr).toContain("no item <U+001B>[2J<U+202E>evil");
  });

  test.for(ERROR_CODES)("%s is two lines in the command line's voice", async (code) => {
    const { terminal, written } = createScreen();
    await terminal.fail(new VaultError(code, "detail"));
    const [error, hint, ...rest] = written.stderr.split("\n");
    expect(error).toMatch(/^latchkey: error: (?:[^A-Z]|Latchkey|Windows)/);
    expect(hint).toMatch(/^latchkey: hint: (?:[^A-Z]|Latchkey|Windows).*[^.]$/);
    expect(rest).toEqual([""]);
    expect([1, 2, 3, 4, 5, 6, 7, 8]).toContain(deriveExitCode(new VaultError(code, "detail")));
  });
});

describe("exit codes", () => {
  test.for([
    ["LK-CLI-USAGE", 2],
    ["LK-CLI-NO-INPUT", 2],
    ["LK-CLI-SECRET-EXPOSED", 2],
    ["LK-VAULT-MISSING", 3],
    ["LK-VAULT-AMBIGUOUS", 3],
    ["LK-VAULT-LOCKED", 4],
    ["LK-KEY-PASSPHRASE-WRONG", 4],
    ["LK-CLI-CANCELLED", 5],
    ["LK-RELAY-UNREACHABLE", 7],
    ["LK-VAULT-DISK-FULL", 1],
  ] as const)("%s ends with %i", ([code, exit]) => {
    expect(deriveExitCode(new VaultError(code, "x"))).toBe(exit);
  });

  test("a bug ends with 1", () => {
    expect(deriveExitCode(new TypeError("x"))).toBe(1);
  });
});

describe("talk", () => {
  test.for([
    [{}, "said\n"],
    [{ quiet: true }, ""],
    [{ verbose: true }, "said\ndetail\n"],
  ] as const)("with %j goes to stderr", ([options, stderr]) => {
    const { terminal, written } = createScreen(options);
    terminal.say("said");
    terminal.detail("detail");
    terminal.data("data");
    expect(written).toEqual({ stdout: "data\n", stderr });
  });

  test.for([
    ["on a terminal", { isTTY: true }, true],
    ["in a pipe", {}, false],
    ["with NO_COLOR", { isTTY: true, env: { NO_COLOR: "1" } }, false],
    ["with an empty NO_COLOR", { isTTY: true, env: { NO_COLOR: "" } }, true],
    ["on a dumb terminal", { isTTY: true, env: { TERM: "dumb" } }, false],
    ["with --color=never", { isTTY: true, color: "never" }, false],
    ["with --color=always in a pipe", { color: "always", env: { NO_COLOR: "1" } }, true],
  ] as const)("has colour %s: %s", ([, options, isColoured]) => {
    expect(createScreen(options).terminal.style("bold", "x") !== "x").toBe(isColoured);
  });
});

test.for([
  ["There is no vault here yet.", "there is no vault here yet"],
  ["It is locked. Nothing can be shown.", "it is locked; nothing can be shown"],
  ["Latchkey hit a bug. Nothing was lost.", "Latchkey hit a bug; nothing was lost"],
  ["Windows did not confirm it was you.", "Windows did not confirm it was you"],
])("%j is spoken as %j", ([text, spoken]) => {
  expect(lowerVoice(text as string)).toBe(spoken);
});

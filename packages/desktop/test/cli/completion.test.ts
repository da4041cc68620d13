/** Completion scripts: in the shells that are here, and the parts of each that no shell here can try. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderCompletion } from "../../src/cli/completion/render-completion.ts";
import { GLOBAL_OPTIONS } from "../../src/cli/global-options.ts";
import { SHELLS } from "../../src/cli/specs/completion.ts";
import { runMain, TEST_COMMANDS, TEST_GROUPS } from "./harness.ts";

const render = (shell: (typeof SHELLS)[number]): string =>
  renderCompletion(shell, TEST_COMMANDS, TEST_GROUPS);
const isHere = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0;
const ALL_OPTIONS = Object.keys(GLOBAL_OPTIONS).map((name) => `--${name}`);

/** What is offered for the last word of a command line. */
const CASES: readonly (readonly [line: readonly string[], offered: readonly string[]])[] = [
  [[""], ["completion", "item", "wait", "consent", ...ALL_OPTIONS]],
  [["comp"], ["completion"]],
  [
    ["item", ""],
    ["show", "list", ...ALL_OPTIONS],
  ],
  [["item", "show", "--s"], ["--site"]],
  [["item", "show", "x", "l"], ["long"]],
  [
    ["item", "show", "--kind", ""],
    ["old", "new"],
  ],
  [["item", "show", "--site", ""], []],
  [
    ["--color", "a"],
    ["auto", "always"],
  ],
  [["--vault", "item", "completion", "f"], ["fish"]],
  [["--json", "item", "li"], ["list"]],
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-completion-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.runIf(isHere("bash"))("in bash", () => {
  const complete = (line: readonly string[]): string[] => {
    const script = join(folder, "latchkey.bash");
    writeFileSync(script, render("bash"));
    const words = ["latchkey", ...line];
    const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _latchkey; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const output = execFileSync("bash", ["--norc", "-c", program, "bash", script, ...words], {
      encoding: "utf8",
      cwd: folder,
    });
    return output.split("\n").filter((word) => word !== "");
  };

  test.for(CASES)("%j offers %j", ([line, offered]) => {
    expect(complete(line).sort()).toEqual([...offered].sort());
  });

  test("a path offers files", () => {
    writeFileSync(join(folder, "my file"), "");
    expect(complete(["--vault", "my"])).toEqual(["my file"]);
  });

  test("the script is registered for the program", () => {
    const output = execFileSync("bash", ["--norc", "-c", `${render("bash")}\ncomplete -p latchkey`], {
      encoding: "utf8",
    });
    expect(output).toBe("complete -F _latchkey latchkey\n");
  });
});

test.runIf(isHere("fish"))("in fish the same is offered", () => {
  const script = join(folder, "latchkey.fish");
  writeFileSync(script, render("fish"));
  for (const [line, offered] of CASES) {
    const command = `source ${script}; complete -C 'latchkey ${line.join(" ")}'`;
    const output = execFileSync("fish", ["--no-config", "-c", command], { encoding: "utf8" });
    const found = output.split("\n").map((row) => row.split("\t")[0]);
    // fish offers options only after a hyphen.
    expect(found, line.join(" ")).toEqual(
      expect.arrayContaining(offered.filter((word) => line.at(-1)?.startsWith("-") || !word.startsWith("-"))),
    );
  }
});

test.runIf(isHere("zsh"))("in zsh the same is offered", () => {
  const script = join(folder, "_latchkey");
  writeFileSync(script, render("zsh"));
  // The parts of zsh's completion system that the script calls, which live in a line editor, print what they are given.
  const stubs = `
    compdef() { }
    _describe() { local entry; for entry in "\${(@P)2}"; do print -r -- "\${entry%%:*}"; done }
    compadd() { shift; print -rl -- "$@" }
    _files() { print files }
  `;
  const program = `${stubs}; source "$1"; shift; words=("$@"); CURRENT=$#; _latchkey`;
  for (const [line, offered] of CASES) {
    const output = execFileSync("zsh", ["-f", "-c", program, "zsh", script, "latchkey", ...line], {
      encoding: "utf8",
    });
    // Unlike bash's function it leaves it to the shell to choose what begins like the word.
    const found = output.split("\n").filter((word) => word !== "" && word.startsWith(line.at(-1) as string));
    expect(found.sort(), line.join(" ")).toEqual([...offered].sort());
  }
});

test.for(SHELLS)("the script for %s names every command, option and choice", (shell) => {
  const script = render(shell);
  for (const { spec } of TEST_COMMANDS) {
    for (const word of spec.name.split(" ")) expect(script).toContain(word);
    for (const [name, { choices = [] }] of Object.entries({ ...spec.options, ...GLOBAL_OPTIONS }) as [
      string,
      { choices?: readonly string[] },
    ][]) {
      expect(script).toContain(shell === "fish" ? ` -l ${name}` : `--${name}`);
      for (const choice of choices) expect(script).toContain(choice);
    }
  }
});

test.for(SHELLS)("`latchkey completion %s` prints the script", async (shell) => {
  expect(await runMain(["completion", shell])).toEqual({ exit: 0, stdout: `${render(shell)}\n`, stderr: "" });
});

/** Commands that talk with the person, at a real pseudo-terminal, which util-linux's `script` makes. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Home, PASSPHRASE, register } from "./program.ts";

const PROGRAM = join(import.meta.dirname, "../../bin/latchkey.js");
const hasScript = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

/** A command at a terminal: `expect` waits until it shows something new and gives what it matched, `type` types. */
function openTerminal(args: string) {
  const command = `${process.execPath} ${PROGRAM} ${args}`;
  const child: ChildProcess = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...home.env, TERM: "xterm" },
  });
  let shown = "";
  let read = 0;
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (shown += chunk));
  const exit = once(child, "close") as Promise<[number]>;
  return {
    async expect(pattern: RegExp): Promise<string> {
      for (;;) {
        const found = pattern.exec(shown.slice(read));
        if (found !== null) {
          read += found.index + found[0].length;
          return found[1] ?? found[0];
        }
        await once(child.stdout as NodeJS.ReadableStream, "data");
      }
    },
    type: (text: string) => void child.stdin?.write(`${text}\r`),
    exit: async () => (await exit)[0],
    shown: () => shown,
  };
}

describe.runIf(hasScript)("at a terminal", () => {
  test("init makes a passphrase of six words, shows it once, and has it typed", async () => {
    const terminal = openTerminal("init --name Desk --no-relay");
    await terminal.expect(/new passphrase[^:]*: six words[^:]*: /);
    terminal.type("one");
    await terminal.expect(/the same again: /);
    terminal.type("another");
    await terminal.expect(/the two are not the same/);
    await terminal.expect(/new passphrase[^:]*: six words[^:]*: /);
    terminal.type("");
    const words = await terminal.expect(/your passphrase is: ((?:[a-z]+ ){5}[a-z]+) - write it down/);
    terminal.type("");
    await terminal.expect(/type it now: /);
    terminal.type("something else");
    await terminal.expect(/that is not the one that was shown/);
    await terminal.expect(/type it now: /);
    terminal.type(words);
    await terminal.expect(/relay +none: the vault stays on this machine/);
    expect(await terminal.exit()).toBe(0);
    expect(terminal.shown().split(words)).toHaveLength(2);
    expect((await home.run(["unlock"], [words])).exit).toBe(0);
  });

  test("a passkey goes to the trash when the person says yes, and stays when not", async () => {
    await home.found((host) => register(host, "example.org", "ana"));
    for (const [answer, exit] of [
      ["", 5],
      ["y", 0],
    ] as const) {
      const terminal = openTerminal("passkey rm example.org");
      await terminal.expect(/passphrase to show a passkey: /);
      terminal.type(PASSPHRASE);
      await terminal.expect(/move example\.org\/ana to the trash\? \[y\/N\] /);
      terminal.type(answer);
      expect(await terminal.exit()).toBe(exit);
    }
    expect((await home.open("passkey", "list", "--trash")).stdout).toContain("example.org");
  });
});

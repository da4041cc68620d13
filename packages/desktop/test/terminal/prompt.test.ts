/** Prompts at a real pseudo-terminal, which util-linux's `script` makes. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const ASKER = join(import.meta.dirname, "asker.ts");
const hasScript = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

/** Runs the asker at a terminal; types `typed` when `question` has appeared. Returns all that the terminal showed, and the answer. */
async function askAtTerminal(
  args: string,
  exchanges: readonly (readonly [question: string, typed: string])[],
) {
  const child = spawn(
    "script",
    ["--quiet", "--return", "--command", `${process.execPath} ${ASKER} ${args}`, "/dev/null"],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const shown = { text: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (shown.text += chunk));
  for (const [question, typed] of exchanges) {
    await untilShown(child, shown, question);
    child.stdin.write(typed);
  }
  await once(child, "close");
  return { shown: shown.text, answer: JSON.parse(/<(.*)>/.exec(shown.text)?.[1] ?? "null") as unknown };
}

async function untilShown(child: ChildProcess, shown: { text: string }, question: string): Promise<void> {
  while (!shown.text.includes(question)) await once(child.stdout as NodeJS.ReadableStream, "data");
}

describe.runIf(hasScript)("at a terminal", () => {
  test("a passphrase is read and not shown", async () => {
    const { shown, answer } = await askAtTerminal("passphrase", [["passphrase: ", "maple orbit\r"]]);
    expect(answer).toBe("maple orbit");
    expect(shown.slice(0, shown.indexOf("<"))).not.toContain("maple");
  });

  test.for([
    ["backspace", "mapp\u007fle\r", "maple"],
    ["a deleted letter outside the basic plane", "ma😀\u007fple\r", "maple"],
    ["Ctrl-U", "wrong\u0015maple\r", "maple"],
    ["arrow keys", "ma\u001b[Dp\u001b[1;5Cle\u001bOH\r", "maple"],
    ["accents", "grüße\r", "grüße"],
  ])("a passphrase takes %s", async ([, typed, passphrase]) => {
    expect((await askAtTerminal("passphrase", [["passphrase: ", typed as string]])).answer).toBe(passphrase);
  });

  test.for([
    ["passphrase", "passphrase: ", "map\u0003"],
    ["passphrase", "passphrase: ", "\u0004"],
    ["line", "name: ", "na\u0003"],
    ["line", "name: ", "\u0004"],
  ])("a %s is cancelled by Ctrl-C and Ctrl-D", async ([kind, question, typed]) => {
    const { answer } = await askAtTerminal(kind as string, [[question as string, typed as string]]);
    expect(answer).toBe("LK-CLI-CANCELLED");
  });

  test("a line is shown and trimmed, and the next question follows", async () => {
    const { answer } = await askAtTerminal("both", [
      ["name: ", "  Desk \r"],
      ["passphrase: ", "river\r"],
    ]);
    expect(answer).toEqual(["Desk", "river"]);
  });

  test.for([
    ["y\r", true],
    ["Yes\r", true],
    ["\r", false],
    ["nope\r", false],
  ] as const)("%j as a confirmation is %s", async ([typed, agreed]) => {
    expect((await askAtTerminal("confirm", [["sure? [y/N] ", typed]])).answer).toBe(agreed);
  });

  test("nothing is asked with --no-input", async () => {
    const { shown, answer } = await askAtTerminal("line --no-input", []);
    expect(answer).toBe("LK-CLI-NO-INPUT");
    expect(shown).not.toContain("name:");
  });

  test.for(["passphrase", "line"])("a %s is no longer waited for when time is over", async (kind) => {
    expect((await askAtTerminal(`${kind} --late`, [])).answer).toBe("LK-CLI-TIMEOUT");
  });
});

test("without a terminal every question is refused", async () => {
  // A session of its own has no controlling terminal, whatever the test has.
  const child = spawn(process.execPath, [ASKER, "passphrase"], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (shown += chunk));
  await once(child, "close");
  expect(shown).toBe('<"LK-CLI-NO-INPUT">\n');
});

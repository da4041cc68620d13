/** Commands that documents and hints tell people to run: they exist, and those of the README run as they stand there. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ERROR_TEXTS_DE } from "@latchkey/core/words/errors-de";
import { ERROR_TEXTS_EN } from "@latchkey/core/words/errors-en";
import { COMMANDS } from "@latchkey/desktop/cli/commands";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { documentFiles, readText, ROOT } from "./tree.ts";

/** `latchkey device add`, `npm run latchkey -- device add`: the words up to an option or an argument. */
const MENTION = /(?:\blatchkey|npm run latchkey --) ((?:[a-z]+ ?)+)/g;

const names = COMMANDS.map(({ spec }) => spec.name);
const isKnown = (words: string): boolean =>
  names.some((name) => words === name || words.startsWith(`${name} `));

const mentionsIn = (source: string): string[] =>
  [...source.matchAll(/`([^`\n]+)`|^((?:npm run|npx) latchkey .*)$/gm)]
    .flatMap(([, quoted, line]) => [...(quoted ?? line ?? "").matchAll(MENTION)])
    .map(([, words = ""]) => words.trim())
    .filter((words) => words !== "");

describe("commands", () => {
  test("that a document names exist", () => {
    const unknown = documentFiles().flatMap((file) =>
      mentionsIn(readText(file))
        .filter((words) => !isKnown(words))
        .map((words) => `${file}: ${words}`),
    );
    expect(unknown).toEqual([]);
  });

  test.each([ERROR_TEXTS_EN, ERROR_TEXTS_DE])("that a hint names exist", (texts) => {
    const unknown = Object.entries(texts).flatMap(([code, { hint }]) =>
      mentionsIn(hint)
        .filter((words) => !isKnown(words))
        .map((words) => `${code}: ${words}`),
    );
    expect(unknown).toEqual([]);
  });
});

describe("the README's lines to try", () => {
  const lines = [...readText("README.md").matchAll(/^npm run latchkey -- (.+)$/gm)].map(
    ([, line = ""]) => line,
  );
  let home: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "latchkey-readme-"));
  });
  afterAll(() => rm(home, { recursive: true }));

  /** Runs a line as a person would, in a home of its own. What a terminal would ask for comes on standard input. */
  async function run(line: string) {
    const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
    const child = spawn(
      process.execPath,
      [join(ROOT, "packages/desktop/bin/latchkey.js"), ...args, "--passphrase-stdin"],
      {
        env: {
          PATH: process.env["PATH"],
          SystemRoot: process.env["SystemRoot"],
          HOME: home,
          USERPROFILE: home,
          LOCALAPPDATA: home,
          NO_COLOR: "1",
        },
      },
    );
    child.stdin.end("maple orbit lantern river copper violin\n");
    const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const [output, talk] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await exit, output, talk };
  }

  test("run, one after the other", async () => {
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) {
      const { code, output, talk } = await run(line);
      // The vault is minutes old and on one machine: as the README says, the doctor finds that, and nothing else.
      const isDoctor = line === "doctor";
      expect({ line, code, talk }).toMatchObject({ line, code: isDoctor ? 8 : 0 });
      if (isDoctor) expect(output).toMatch(/^problem {3}copies: [\s\S]*\n1 problem found/m);
    }
  });
});

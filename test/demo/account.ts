/**
 * How the demo tells what it does: numbered steps, a line for each thing that was verified, a progress line while it waits. For programs
 * (`--json`) the same as JSON lines. A check that does not hold ends the demo.
 */
import { setTimeout as pause } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";

export interface Account {
  step(title: string): void;
  /** Something that was done, without a verdict. */
  say(text: string): void;
  /** Something that was verified. Throws when it does not hold. */
  check(text: string, holds: boolean): void;
  /** Shown while the demo waits; gone when it goes on. */
  waiting(text: string): void;
  end(): void;
  fail(error: unknown): void;
}

export class DemoFailure extends Error {}

export function createAccount(json: boolean): Account {
  const startedAt = Date.now();
  let step = 0;
  let checks = 0;
  let progress = "";
  let lastWait = "";

  const seconds = (): number => Math.round((Date.now() - startedAt) / 100) / 10;
  const print = (value: object, text: string): void => {
    clearProgress();
    process.stdout.write(`${json ? JSON.stringify({ schema: 1, step, ...value }) : text}\n`);
  };

  function clearProgress(): void {
    if (progress !== "" && process.stderr.isTTY) process.stderr.write(`\r${" ".repeat(progress.length)}\r`);
    progress = "";
  }

  return {
    step(title) {
      step++;
      print({ event: "step", title }, `\n${step}. ${title}`);
    },
    say: (text) => print({ event: "say", text }, `   ${text}`),
    check(text, holds) {
      if (!holds) throw new DemoFailure(text);
      checks++;
      print({ event: "check", text, ok: true }, `   ✓ ${text}`);
    },
    waiting(text) {
      const line = stripVTControlCharacters(`   … ${text}`);
      if (json || line === lastWait) return;
      clearProgress();
      progress = lastWait = line;
      process.stderr.write(process.stderr.isTTY ? `\r${progress}` : `${progress}\n`);
    },
    end: () =>
      print(
        { event: "end", ok: true, checks, seconds: seconds() },
        `\nAll ${checks} checks hold. ${seconds()} seconds.`,
      ),
    fail(error) {
      const text = error instanceof Error ? error.message : String(error);
      print({ event: "end", ok: false, failed: text, seconds: seconds() }, `\n   ✗ ${text}`);
      if (!(error instanceof DemoFailure) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    },
  };
}

/** Waits until something holds, and says for what. */
export async function waitFor(account: Account, what: string, isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) {
    account.waiting(`waiting for ${what}`);
    await pause(200);
  }
}

/**
 * Asks the person at the terminal. Questions go to the terminal itself (`/dev/tty`, on Windows the console), never to stdout or
 * stderr, so they appear in no pipe; answers never come from a pipe either. A passphrase is not shown while it is typed.
 * Ctrl-C, and Ctrl-D on an empty line, cancel with `LK-CLI-CANCELLED`.
 */
import { openSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { ReadStream, WriteStream } from "node:tty";
import { VaultError } from "@latchkey/core/errors";
import { readHidden } from "./hidden-input.ts";
import { makePrintable } from "./printable.ts";

/** The two directions of a terminal. */
export interface TerminalStreams {
  readonly input: ReadStream;
  readonly output: NodeJS.WritableStream;
  close(): void;
}

export interface Prompter {
  /** A passphrase, not shown. */
  askPassphrase(question: string): Promise<string>;
  /** A line of text, spaces around it taken away. */
  askLine(question: string): Promise<string>;
  /** Yes or no; an empty answer is no. */
  askConfirmation(question: string): Promise<boolean>;
}

/**
 * `noInput`: `--no-input` was given. Then, and where there is no terminal, every question throws `LK-CLI-NO-INPUT` that names it.
 * The terminal is opened for each question and closed after it, so that nothing keeps the process alive.
 */
export function createPrompter(deps: {
  readonly noInput: boolean;
  readonly signal: AbortSignal;
  readonly openTerminal?: () => TerminalStreams | null;
}): Prompter {
  const { noInput, signal, openTerminal = openControllingTerminal } = deps;

  async function ask<T>(question: string, read: (terminal: TerminalStreams) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const terminal = noInput ? null : openTerminal();
    if (terminal === null) throw new VaultError("LK-CLI-NO-INPUT", `nobody can be asked: ${question}`);
    try {
      return await read(terminal);
    } finally {
      terminal.close();
    }
  }

  async function askLine(question: string): Promise<string> {
    return ask(question, async ({ input, output }) => {
      const lines = createInterface({ input, output, terminal: true, historySize: 0 });
      try {
        return await new Promise<string>((resolve, reject) => {
          const cancel = (): void => reject(new VaultError("LK-CLI-CANCELLED", `not answered: ${question}`));
          lines.once("SIGINT", cancel).once("close", cancel);
          lines
            .question(`${makePrintable(question)} `, { signal })
            .then((line) => resolve(line.trim()), reject);
        });
      } catch (error) {
        throw signal.aborted ? signal.reason : error;
      } finally {
        lines.close();
      }
    });
  }

  return {
    askPassphrase: (question) =>
      ask(question, ({ input, output }) => readHidden(input, output, `${makePrintable(question)} `, signal)),
    askLine,
    askConfirmation: async (question) => /^y(?:es)?$/i.test(await askLine(`${question} [y/N]`)),
  };
}

/** The terminal that this process belongs to, or `null` when there is none. */
function openControllingTerminal(): TerminalStreams | null {
  if (process.platform === "win32") {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
    return { input: process.stdin, output: process.stderr, close: () => process.stdin.pause() };
  }
  try {
    const input = new ReadStream(openSync("/dev/tty", "r"));
    const output = new WriteStream(openSync("/dev/tty", "w"));
    return {
      input,
      output,
      close: () => {
        input.destroy();
        output.destroy();
      },
    };
  } catch {
    return null;
  }
}

/**
 * How Latchkey speaks on a command line (experience.md § 9). The rules, for every command:
 *
 * - Data goes to stdout, talk to stderr: what is piped on is never mixed with what is said.
 * - A failure is two lines, `latchkey: error: …` and `latchkey: hint: …`: lower case, no full stop. The stack is for `--verbose`.
 * - `--quiet` leaves data and errors. `--json` makes the result, or the error, one line of JSON on stdout; the talk stays.
 * - Colour only on a terminal, never for meaning alone; `NO_COLOR` and `TERM=dumb` turn it off, `--color` decides over both.
 * - Prompts only on a terminal (`prompt.ts`); text from elsewhere is made printable (`printable.ts`).
 */
import { styleText } from "node:util";
import { isVaultError } from "@latchkey/core/errors";
import { type Failure, renderFailure } from "./json.ts";
import { makePrintable } from "./printable.ts";
import { UsageError } from "./usage-error.ts";

export type ColorChoice = "auto" | "always" | "never";
export type Style = "bold" | "dim" | "red" | "green" | "yellow";

/** What a terminal needs of stdout and stderr. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

export interface TerminalOptions {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly color?: ColorChoice;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

export interface Terminal {
  /** Prints a line of data on stdout. */
  data(text: string): void;
  /** Says a line on stderr, unless `--quiet`. */
  say(text: string): void;
  /** Says a line on stderr under `--verbose` only. */
  detail(text: string): void;
  /** Reports what a command threw: on stderr, and as data under `--json`. */
  fail(error: unknown): Promise<void>;
  /** `text` styled, where stdout shows colour. */
  style(style: Style, text: string): string;
}

export function createTerminal(options: TerminalOptions): Terminal {
  const { stdout, stderr, env, color = "auto", quiet = false, verbose = false, json = false } = options;
  const styleFor =
    (sink: TextSink) =>
    (style: Style, text: string): string =>
      showsColor(sink, color, env) ? styleText(style, text, { validateStream: false }) : text;
  const styleTalk = styleFor(stderr);
  const print = (sink: TextSink, text: string): void => void sink.write(`${text}\n`);

  return {
    data: (text) => print(stdout, text),
    say: (text) => {
      if (!quiet) print(stderr, text);
    },
    detail: (text) => {
      if (verbose) print(stderr, styleTalk("dim", text));
    },
    async fail(error) {
      const failure = await describeFailure(error);
      print(stderr, `latchkey: ${styleTalk("red", "error:")} ${failure.text}`);
      print(stderr, `latchkey: ${styleTalk("bold", "hint:")} ${failure.hint}`);
      if (verbose) print(stderr, styleTalk("dim", describeStack(error)));
      if (json) print(stdout, renderFailure(failure));
    },
    style: styleFor(stdout),
  };
}

function showsColor(sink: TextSink, color: ColorChoice, env: TerminalOptions["env"]): boolean {
  if (color !== "auto") return color === "always";
  return sink.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

async function describeFailure(error: unknown): Promise<Failure> {
  // Loaded here, so that a command that works never reads the catalogue.
  const { ERROR_TEXTS_EN } = await import("@latchkey/core/words/errors-en");
  // Of a bug nothing is repeated: nobody knows what its text holds. It stands in the stack, under --verbose.
  const code = isVaultError(error) ? error.code : "LK-UI-BUG";
  const message = isVaultError(error) ? makePrintable(error.message) : "unexpected failure";
  const { text, hint } = ERROR_TEXTS_EN[code];
  return {
    code,
    message,
    text: code === "LK-CLI-USAGE" ? message : `${lowerVoice(text)} (${code}: ${message})`,
    hint: error instanceof UsageError && error.hint !== null ? makePrintable(error.hint) : lowerVoice(hint),
  };
}

/** `Nothing is here. Make one.` → `nothing is here; make one`. Names keep their capital. */
export function lowerVoice(text: string): string {
  return text
    .split(/(?<=[.!?])\s+/)
    .map((sentence) => (/^(?:Latchkey|Windows)\b/.test(sentence) ? sentence : lowerFirst(sentence)))
    .map((sentence) => sentence.replace(/\.$/, ""))
    .join("; ");
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

function describeStack(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? String(error);
  return error.cause === undefined ? stack : `${stack}\ncause: ${describeStack(error.cause)}`;
}

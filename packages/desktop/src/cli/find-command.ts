/** Finds the command that the words of a command line name; global options may stand before and between them. */
import { UsageError } from "../terminal/usage-error.ts";
import type { Command } from "./command.ts";
import { GLOBAL_OPTIONS } from "./global-options.ts";
import { suggestWord } from "./suggest.ts";

export interface FoundCommand {
  /** `null` when the words end before they name one command, as `passkey` does. */
  readonly command: Command | null;
  readonly words: readonly string[];
  /** What is not a word of the command, in its order. */
  readonly rest: readonly string[];
}

/** Throws `LK-CLI-USAGE` for words that name nothing. */
export function findCommand(args: readonly string[], commands: readonly Command[]): FoundCommand {
  const words: string[] = [];
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--") return { command: null, words, rest: [...rest, ...args.slice(i)] };
    if (arg.startsWith("-") && arg !== "-") {
      rest.push(arg);
      if (takesNext(arg)) rest.push(...args.slice(++i, i + 1));
      continue;
    }
    const next = nextWords(words, commands);
    if (!next.includes(arg)) throw refuseWord(words, arg, next);
    words.push(arg);
    const command = commands.find(({ spec }) => spec.name === words.join(" "));
    if (command !== undefined) return { command, words, rest: [...rest, ...args.slice(i + 1)] };
  }
  return { command: null, words, rest };
}

/** The words that may follow `words`, in the order of the table. */
export function nextWords(words: readonly string[], commands: readonly Command[]): string[] {
  const names = commands.map(({ spec }) => spec.name.split(" "));
  const following = names.filter((name) => words.every((word, i) => name[i] === word));
  return [...new Set(following.map((name) => name[words.length]).filter((word) => word !== undefined))];
}

/** Whether the value of this global option is the next argument. `--json` takes one only with `=`. */
function takesNext(arg: string): boolean {
  const name = arg.slice(2);
  const option = Object.entries(GLOBAL_OPTIONS).find(([key]) => key === name)?.[1];
  return arg.startsWith("--") && option?.type === "string" && name !== "json";
}

function refuseWord(words: readonly string[], word: string, next: readonly string[]): UsageError {
  const meant = suggestWord(word, next);
  const path = ["latchkey", ...words].join(" ");
  return new UsageError(
    `unknown command ${[...words, word].join(" ")}`,
    meant === null ? `see ${path} --help` : `did you mean ${path} ${meant}`,
  );
}

/**
 * What a shell can complete, made from the command table. The scripts of all shells work alike: they walk the words before the
 * cursor to a *place* (`/passkey/list`), then offer what may stand there. Commands, options and choices are letters, digits and
 * hyphens only (a test), so they need no quoting; summaries do.
 */
import type { Command, OptionTable } from "../command.ts";
import { nextWords } from "../find-command.ts";
import { GLOBAL_OPTIONS } from "../global-options.ts";

export interface Candidate {
  readonly word: string;
  readonly summary: string;
}

export interface Place {
  /** `` at the beginning, `/passkey` in a group, `/passkey/list` in a command. */
  readonly at: string;
  readonly candidates: readonly Candidate[];
  /** Files are offered, too. */
  readonly takesFiles: boolean;
  /** What is offered after an option that takes a value. */
  readonly values: readonly OptionValues[];
}

export interface OptionValues {
  /** `--color`. */
  readonly option: string;
  readonly choices: readonly string[];
  readonly isPath: boolean;
}

export function derivePlaces(
  commands: readonly Command[],
  groups: Readonly<Record<string, string>>,
): Place[] {
  const paths = new Set(commands.flatMap(({ spec }) => prefixesOf(spec.name.split(" "))));
  return [...paths].map((path) => {
    const words = path.split(" ").filter((word) => word !== "");
    const command = commands.find(({ spec }) => spec.name === path);
    const options: OptionTable = { ...command?.spec.options, ...GLOBAL_OPTIONS };
    const following = command === undefined ? nextWords(words, commands) : [];
    const positionals = command?.spec.positionals ?? [];
    return {
      at: words.map((word) => `/${word}`).join(""),
      candidates: [
        ...following.map((word) => describeWord([...words, word].join(" "), word, commands, groups)),
        ...positionals.flatMap(({ choices = [], summary }) => choices.map((word) => ({ word, summary }))),
        ...Object.entries(options).map(([name, { summary }]) => ({ word: `--${name}`, summary })),
      ],
      takesFiles: positionals.some(({ isPath }) => isPath),
      values: Object.entries(options)
        // `--json` takes its value with `=` only.
        .filter(([name, { type }]) => type === "string" && name !== "json")
        .map(([name, { choices = [], isPath = false }]) => ({ option: `--${name}`, choices, isPath })),
    };
  });
}

/** `[a, b]` gives ``, `a`, `a b`. */
const prefixesOf = (words: readonly string[]): string[] =>
  Array.from({ length: words.length + 1 }, (_, length) => words.slice(0, length).join(" "));

function describeWord(
  name: string,
  word: string,
  commands: readonly Command[],
  groups: Readonly<Record<string, string>>,
): Candidate {
  return {
    word,
    summary: commands.find(({ spec }) => spec.name === name)?.spec.summary ?? groups[name] ?? "",
  };
}

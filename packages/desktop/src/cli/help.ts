/** What `--help` prints, made from the command table: for the program, for a group of commands, and for one command. */
import type { Command, CommandSpec, OptionSpec, OptionTable, PositionalSpec } from "./command.ts";
import { nextWords } from "./find-command.ts";
import { GLOBAL_OPTIONS } from "./global-options.ts";

const INDENT = "  ";

/** `words`: the beginning that was given, empty for the program itself. */
export function renderGroupHelp(
  words: readonly string[],
  commands: readonly Command[],
  groups: Readonly<Record<string, string>>,
): string {
  const path = ["latchkey", ...words].join(" ");
  const lines = nextWords(words, commands).map((word): [string, string] => {
    const name = [...words, word].join(" ");
    const command = commands.find(({ spec }) => spec.name === name);
    return [word, command?.spec.summary ?? groups[name] ?? ""];
  });
  const summary =
    words.length === 0 ? "a passkey vault that lives on your own devices" : groups[words.join(" ")];
  return [
    `${path}: ${summary ?? ""}`,
    section("Usage", [`${path} <command> [options]`]),
    section("Commands", alignPairs(lines)),
    ...(words.length === 0 ? [section("Options of every command", describeOptions(GLOBAL_OPTIONS))] : []),
    `See \`${path} <command> --help\` for one command.`,
  ].join("\n\n");
}

export function renderCommandHelp(spec: CommandSpec): string {
  const arguments_ = spec.positionals.map((positional): [string, string] => [
    `<${positional.name}>`,
    positional.summary + describeChoices(positional.choices),
  ]);
  return [
    `latchkey ${spec.name}: ${spec.summary}`,
    section("Usage", [renderUsage(spec)]),
    ...(spec.details === undefined ? [] : [spec.details]),
    ...(arguments_.length === 0 ? [] : [section("Arguments", alignPairs(arguments_))]),
    ...(Object.keys(spec.options).length === 0 ? [] : [section("Options", describeOptions(spec.options))]),
    section("Options of every command", describeOptions(GLOBAL_OPTIONS)),
    ...(spec.examples.length === 0 ? [] : [section("Examples", spec.examples)]),
  ].join("\n\n");
}

function renderUsage({ name, positionals, options }: CommandSpec): string {
  const words = positionals.map(renderPositional);
  const optional = Object.entries(options).map(([option, spec]) => `[${renderOption(option, spec)}]`);
  return ["latchkey", name, ...words, ...optional].join(" ");
}

function renderPositional({ name, optional, many }: PositionalSpec): string {
  const word = `<${name}>${many ? "…" : ""}`;
  return optional ? `[${word}]` : word;
}

function renderOption(name: string, { type, value }: OptionSpec): string {
  if (type === "boolean") return `--${name}`;
  return name === "json" ? `--json[=${value}]` : `--${name} <${value ?? "value"}>`;
}

function describeOptions(options: OptionTable): string[] {
  return alignPairs(
    Object.entries(options).map(([name, option]) => [
      `${option.short === undefined ? "    " : `-${option.short}, `}${renderOption(name, option)}`,
      option.summary + describeChoices(option.choices),
    ]),
  );
}

const describeChoices = (choices: readonly string[] | undefined): string =>
  choices === undefined ? "" : ` (${choices.join(", ")})`;

function alignPairs(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...pairs.map(([left]) => left.length));
  return pairs.map(([left, right]) => `${left.padEnd(width)}  ${right}`.trimEnd());
}

const section = (title: string, lines: readonly string[]): string =>
  [`${title}:`, ...lines.map((line) => INDENT + line)].join("\n");

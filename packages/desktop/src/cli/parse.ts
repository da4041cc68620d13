/**
 * Reads the options and positionals of one command with `parseArgs` of node:util. Its tokens are checked here, not by its strict mode,
 * for our own words, for suggestions, and so that a value is never repeated that may be a secret.
 */
import { parseArgs } from "node:util";
import { UsageError } from "../terminal/usage-error.ts";
import type { CommandSpec, OptionSpec, OptionTable, ParsedInput } from "./command.ts";
import { GLOBAL_OPTIONS } from "./global-options.ts";
import { suggestWord } from "./suggest.ts";

type Values = Record<string, string | boolean | string[] | undefined>;

/** `args`: what is left when the command's words are taken away. Throws `LK-CLI-USAGE`. */
export function parseInput(spec: CommandSpec, args: readonly string[]): ParsedInput {
  const table: OptionTable = { ...GLOBAL_OPTIONS, ...spec.options };
  const { tokens } = parseArgs({
    // `--json` alone means all fields; parseArgs has no options whose value may be left out.
    args: args.map((arg) => (arg === "--json" ? "--json=" : arg)),
    options: Object.fromEntries(
      Object.entries(table).map(([name, { type, short }]) => [
        name,
        short === undefined ? { type } : { type, short },
      ]),
    ),
    strict: false,
    tokens: true,
  });
  const options: Values = Object.fromEntries(
    Object.entries(table).map(([name, option]) => [name, emptyValue(option)]),
  );
  const given: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") given.push(token.value);
    if (token.kind === "option") addOption(spec, table, options, token);
  }
  return { options, positionals: options["help"] === true ? {} : readPositionals(spec, given) };
}

function emptyValue({ type, multiple }: OptionSpec): false | string[] | undefined {
  if (type === "boolean") return false;
  return multiple ? [] : undefined;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function addOption(spec: CommandSpec, table: OptionTable, options: Values, token: OptionToken): void {
  const { name, rawName, value, inlineValue } = token;
  const option = Object.hasOwn(table, name) ? table[name] : undefined;
  if (option === undefined) {
    const meant = suggestWord(name, Object.keys(table));
    throw new UsageError(
      `unknown option ${rawName}`,
      meant === null ? `see latchkey ${spec.name} --help` : `did you mean --${meant}`,
    );
  }
  if (option.type === "boolean") {
    if (value !== undefined) throw new UsageError(`option --${name} takes no value`);
    options[name] = true;
    return;
  }
  if (value === undefined || (inlineValue === false && value.startsWith("-") && value !== "-")) {
    throw new UsageError(
      `option --${name} needs a value`,
      `write it as --${name}=<${option.value ?? "value"}>`,
    );
  }
  checkChoice(`--${name}`, option.choices, value);
  const before = options[name];
  if (Array.isArray(before)) before.push(value);
  else if (before === undefined) options[name] = value;
  else throw new UsageError(`option --${name} is given twice`);
}

function readPositionals(spec: CommandSpec, given: readonly string[]): ParsedInput["positionals"] {
  const values: Record<string, string | readonly string[] | undefined> = {};
  let next = 0;
  for (const positional of spec.positionals) {
    const taken = given.slice(next, positional.many ? undefined : next + 1);
    next += taken.length;
    if (taken.length === 0 && !positional.optional) {
      throw new UsageError(`<${positional.name}> is missing`, `see latchkey ${spec.name} --help`);
    }
    for (const value of taken) checkChoice(`<${positional.name}>`, positional.choices, value);
    values[positional.name] = positional.many ? taken : taken[0];
  }
  if (next < given.length) {
    throw new UsageError(
      `latchkey ${spec.name} takes ${next === 0 ? "no argument" : `${next} at most`}, ${given.length} given`,
      `see latchkey ${spec.name} --help`,
    );
  }
  return values;
}

function checkChoice(name: string, choices: readonly string[] | undefined, value: string): void {
  if (choices === undefined || choices.includes(value)) return;
  const meant = suggestWord(value, choices);
  throw new UsageError(
    `${name} cannot be ${JSON.stringify(value)}`,
    meant === null ? `choose one of ${choices.join(", ")}` : `did you mean ${meant}`,
  );
}

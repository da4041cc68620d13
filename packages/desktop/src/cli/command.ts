/**
 * What a command of `latchkey` is: a description (`CommandSpec`), from which parsing, help and completion are made, and a function that
 * runs it, in a file of its own that is loaded when the command is used. So a cold sign-in loads nothing of the others.
 *
 *   specs/<command>.ts     export const somethingSpec = defineSpec({ … })
 *   ../commands/<c>.ts     export async function run(context: CommandContext, input: InputOf<typeof somethingSpec>): Promise<Outcome>
 *   commands.ts            bindCommand(somethingSpec, () => import("../commands/<c>.ts"))
 */
import type { ExitCode } from "../terminal/exit-code.ts";
import type { JsonObject } from "../terminal/json.ts";
import type { CommandContext } from "./context.ts";

export interface OptionSpec {
  readonly type: "boolean" | "string";
  /** One letter. */
  readonly short?: string;
  /** May be given several times. */
  readonly multiple?: true;
  /** The name of the value in help: `site` gives `--site <site>`. */
  readonly value?: string;
  /** The values that are allowed; for completion, too. */
  readonly choices?: readonly string[];
  /** The value is a file: completed as one. */
  readonly isPath?: true;
  /** One line, lower case, no full stop. */
  readonly summary: string;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

export interface PositionalSpec {
  readonly name: string;
  readonly summary: string;
  readonly optional?: true;
  /** Takes all that follow; the last one only. */
  readonly many?: true;
  readonly choices?: readonly string[];
  readonly isPath?: true;
}

export interface CommandSpec {
  /** The words of the command: `passkey list`. */
  readonly name: string;
  /** One line, lower case, no full stop. */
  readonly summary: string;
  /** More for `--help`, in whole sentences. */
  readonly details?: string;
  readonly positionals: readonly PositionalSpec[];
  readonly options: OptionTable;
  /** Whole command lines. */
  readonly examples: readonly string[];
}

type OptionValue<S extends OptionSpec> = S["type"] extends "boolean"
  ? boolean
  : S extends { readonly multiple: true }
    ? readonly string[]
    : ChoiceOf<S> | undefined;

type PositionalValue<S extends PositionalSpec> = S extends { readonly many: true }
  ? readonly string[]
  : S extends { readonly optional: true }
    ? ChoiceOf<S> | undefined
    : ChoiceOf<S>;

type ChoiceOf<S> = S extends { readonly choices: readonly (infer C extends string)[] } ? C : string;

/** What a command is given: each positional and each option under its name, checked against the spec. */
export interface InputOf<S extends CommandSpec> {
  readonly positionals: {
    readonly [P in S["positionals"][number] as P["name"]]: PositionalValue<P>;
  };
  readonly options: { readonly [N in keyof S["options"]]: OptionValue<S["options"][N]> };
}

/** What a command has done, for people and for programs. */
export interface Outcome {
  /** What `--json` prints, beside `schema` and `ok`. */
  readonly data: JsonObject;
  /** What is printed without `--json`; nothing when empty or absent. */
  readonly text?: () => string;
  /** `done` unless given: a check that found problems ends with 8 and still has data. */
  readonly exitCode?: ExitCode;
}

export type Runner<S extends CommandSpec> = (
  context: CommandContext,
  input: InputOf<S>,
) => Promise<Outcome | null>;

/** A command as the command line knows it. */
export interface Command {
  readonly spec: CommandSpec;
  /** Loads and runs it. `null`: it has printed what there is itself, such as a stream. */
  run(context: CommandContext, input: ParsedInput): Promise<Outcome | null>;
}

/** `InputOf` before the types of one command are known. */
export interface ParsedInput {
  readonly positionals: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

/** Keeps the exact type of a spec, so that `InputOf` knows its options. */
export function defineSpec<const S extends CommandSpec>(spec: S): S {
  return spec;
}

/** Joins a spec and the file that runs it. The parser has checked the input against the spec: that is what the types rest on. */
export function bindCommand<S extends CommandSpec>(
  spec: S,
  load: () => Promise<{ readonly run: Runner<S> }>,
): Command {
  return {
    spec,
    run: async (context, input) => (await load()).run(context, input as unknown as InputOf<S>),
  };
}

/** The table of commands: what the parser, help and completion know. The order is the order of help. */
import { bindCommand, type Command } from "./command.ts";
import { completionSpec } from "./specs/completion.ts";

/** What is said of a word that several commands begin with. */
export const GROUPS: Readonly<Record<string, string>> = {};

export const COMMANDS: readonly Command[] = [
  bindCommand(completionSpec, () => import("../commands/completion.ts")),
];

/**
 * A relay's address as a person gives it. With an invitation in it, it is a secret: then it is asked for, or comes on standard input, and
 * is never an argument (`cli/secret-guard.ts`).
 */
import { isatty } from "node:tty";
import type { CommandContext } from "../cli/context.ts";
import { readLineFrom } from "../cli/passphrase-input.ts";

/** Stands for an address that is to be asked for. */
export const ASKED = "-";

/** `given`, or what is asked for when that is absent or `-`: a line of standard input, before the passphrase, where it is no terminal. */
export async function readRelayAddress(context: CommandContext, given: string | undefined): Promise<string> {
  if (given !== undefined && given !== ASKED) return given;
  if (isatty(0) || context.globals.noInput) {
    return context.prompter.askPassphrase("the relay's address, with its invitation (it is not shown):");
  }
  return (await readLineFrom(0, "relay's address", context.signal)).trim();
}

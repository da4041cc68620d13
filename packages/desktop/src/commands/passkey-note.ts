/** `latchkey passkey note`: replaces the note or clears it. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { passkeyNoteSpec } from "../cli/specs/passkey.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { editPasskey } from "./edit-passkey.ts";

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof passkeyNoteSpec>,
): Promise<Outcome> {
  const { passkey, text } = positionals;
  if ((text === undefined) !== options.clear)
    throw new UsageError(text === undefined ? "<text> is missing" : "a note and --clear exclude each other");
  return editPasskey(context, passkey, [{ field: "note", value: text ?? null }]);
}

/** `latchkey passkey rename`: sets the person's own title; the names that the site gave stay. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { passkeyRenameSpec } from "../cli/specs/passkey.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { editPasskey } from "./edit-passkey.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof passkeyRenameSpec>,
): Promise<Outcome> {
  const title = positionals.title.trim();
  if (title === "") throw new UsageError("the title is empty");
  return editPasskey(context, positionals.passkey, [{ field: "title", value: title }]);
}

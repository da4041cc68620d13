/** `latchkey passkey tag`: each tag is a field of its own, so devices add and remove apart. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { passkeyTagSpec } from "../cli/specs/passkey.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { editPasskey } from "./edit-passkey.ts";

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof passkeyTagSpec>,
): Promise<Outcome> {
  const [added, removed] = [options.add.map(readTag), options.remove.map(readTag)];
  if (added.length + removed.length === 0) throw new UsageError("say which tag to --add or to --remove");
  const both = added.find((tag) => removed.includes(tag));
  if (both !== undefined) throw new UsageError(`tag ${both} is both added and removed`);
  return editPasskey(context, positionals.passkey, [
    ...added.map((tag) => ({ field: `tag/${tag}`, value: true as const })),
    ...removed.map((tag) => ({ field: `tag/${tag}`, value: null })),
  ]);
}

function readTag(text: string): string {
  const tag = text.trim();
  if (tag === "") throw new UsageError("a tag is empty");
  return tag;
}

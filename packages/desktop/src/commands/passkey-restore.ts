/** `latchkey passkey restore`: takes a passkey out of the trash, with what was edited since. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { passkeyRestoreSpec } from "../cli/specs/passkey.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof passkeyRestoreSpec>,
): Promise<Outcome> {
  const { passkey } = positionals;
  const data = await withSession(context, (session) => session.call("passkey.restore", { passkey }));
  context.terminal.say("taken out of the trash");
  return { data };
}

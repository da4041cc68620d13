/** `latchkey passkey purge`: erases a passkey that is in the trash. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { passkeyPurgeSpec } from "../cli/specs/passkey.ts";
import { LATER } from "./intent-text.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof passkeyPurgeSpec>,
): Promise<Outcome> {
  await context.confirm(`erase ${positionals.passkey} for good, on all devices?`);
  const data = await withSession(context, (session) => session.call("passkey.purge", positionals), {
    withRelays: true,
  });
  context.terminal.say(
    data["intended"] === true
      ? `not erased yet: ${LATER}`
      : "erased here; each other device erases it when it next syncs",
  );
  return { data };
}

/** `latchkey unlock`: opens the vault in the running host, or only tries the passphrase. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { unlockSpec } from "../cli/specs/vault.ts";
import { withSession } from "./with-session.ts";

export async function run(context: CommandContext, _input: InputOf<typeof unlockSpec>): Promise<Outcome> {
  return withSession(context, async (session) => {
    await session.call("unlock", {});
    const { hasHost } = session;
    context.terminal.say(
      hasHost ? "the vault is open" : "the passphrase is right; nothing stays open without latchkey up",
    );
    return { data: { state: hasHost ? "open" : "locked", host: hasHost } };
  });
}

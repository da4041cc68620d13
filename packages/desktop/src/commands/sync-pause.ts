/** `latchkey sync pause`: only a running host has connections to end. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { syncPauseSpec } from "../cli/specs/sync.ts";
import { withSession } from "./with-session.ts";

export async function run(context: CommandContext, _input: InputOf<typeof syncPauseSpec>): Promise<Outcome> {
  return withSession(context, async (session) => {
    const { hasHost } = session;
    if (hasHost) await session.call("sync.pause", {});
    context.terminal.say(
      hasHost
        ? "paused; everything is saved on this device, and latchkey sync now goes on"
        : "nothing syncs: no latchkey up has the vault open",
    );
    return { data: { paused: true, host: hasHost } };
  });
}

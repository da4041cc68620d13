/** `latchkey lock`: only a running host has something to lock. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { lockSpec } from "../cli/specs/vault.ts";
import { withSession } from "./with-session.ts";

export async function run(context: CommandContext, _input: InputOf<typeof lockSpec>): Promise<Outcome> {
  return withSession(context, async (session) => {
    const { hasHost } = session;
    if (hasHost) await session.call("lock", {});
    context.terminal.say(hasHost ? "the vault is locked" : "the vault is locked: no latchkey up has it open");
    return { data: { state: "locked", host: hasHost } };
  });
}

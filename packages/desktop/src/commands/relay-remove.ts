/** `latchkey relay remove`: one relay less for the vault, on all its devices. */
import { parseRelayAddress } from "@latchkey/core/relay-protocol";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { relayRemoveSpec } from "../cli/specs/relay.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof relayRemoveSpec>,
): Promise<Outcome> {
  // Refused here, before a passphrase is asked for.
  const { origin } = parseRelayAddress(positionals.address);
  const data = await withSession(context, (session) => session.call("relay.remove", { origin }));
  const left = (data["relays"] as readonly string[]).length;
  context.terminal.say(
    left === 0
      ? `the vault uses ${origin} no longer; it has no relay now, and its devices reach one another by none`
      : `the vault uses ${origin} no longer`,
  );
  return { data };
}

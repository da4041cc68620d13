/** `latchkey relay add`: one more relay for the vault, on all its devices. */
import { parseRelayAddress } from "@latchkey/core/relay-protocol";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { relayAddSpec } from "../cli/specs/relay.ts";
import { readRelayAddress } from "./relay-address.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof relayAddSpec>,
): Promise<Outcome> {
  const address = await readRelayAddress(context, positionals.address);
  // Refused here, before a passphrase is asked for.
  const { origin } = parseRelayAddress(address);
  const data = await withSession(context, (session) => session.call("relay.add", { address }));
  context.terminal.say(
    data["changed"] === true ? `the vault uses ${origin}` : `the vault uses ${origin} already`,
  );
  return { data };
}

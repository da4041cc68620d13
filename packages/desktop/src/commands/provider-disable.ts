/** `latchkey provider disable`: the passphrase alone opens the vault again, and Windows forgets Latchkey. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { providerDisableSpec } from "../cli/specs/provider.ts";
import { requireSystem } from "../host/provider-methods.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  _input: InputOf<typeof providerDisableSpec>,
): Promise<Outcome> {
  const system = requireSystem(context);
  // First the vault: who does not have the passphrase any more keeps what works.
  const left = await withSession(context, (session) => session.call("provider.leave", {}));
  system.registration.remove();
  context.terminal.say("Windows offers Latchkey no more; your passkeys stay in the vault");
  return { data: { state: "missing", ...left } };
}

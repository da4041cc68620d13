/** `latchkey vault rotate`: changes the keys of the vault. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { vaultRotateSpec } from "../cli/specs/vault.ts";
import { LATER } from "./intent-text.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  _input: InputOf<typeof vaultRotateSpec>,
): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("vault.rotate", {}), {
    withRelays: true,
  });
  context.terminal.say(
    data["intended"] === true
      ? `not changed yet: ${LATER}`
      : "the vault's keys are changed; your other devices follow when they next sync",
  );
  return { data };
}

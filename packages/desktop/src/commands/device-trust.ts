/** `latchkey device trust`: chooses between devices that removed each other. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { deviceTrustSpec } from "../cli/specs/device.ts";
import { textOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof deviceTrustSpec>,
): Promise<Outcome> {
  await context.confirm(`go on with ${positionals.device}, and leave the other out?`);
  const data = await withSession(context, (session) => session.call("device.trust", positionals), {
    withRelays: true,
  });
  context.terminal.say(
    `this device goes on with ${textOf(data["trusted"])}; say the same on your other devices`,
  );
  return { data };
}

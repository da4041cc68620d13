/** `latchkey device approve`: lets a device sign that is on probation. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { deviceApproveSpec } from "../cli/specs/device.ts";
import { textOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof deviceApproveSpec>,
): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("device.approve", positionals), {
    withRelays: true,
  });
  const name = textOf(data["name"]);
  context.terminal.say(
    data["changed"] === true
      ? `${name} may sign as soon as it syncs`
      : `${name} is not on probation: it may sign`,
  );
  return { data };
}

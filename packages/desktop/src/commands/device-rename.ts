/** `latchkey device rename`: another name for a device, on all devices. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { deviceRenameSpec } from "../cli/specs/device.ts";
import { textOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof deviceRenameSpec>,
): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("device.rename", positionals));
  const name = textOf(data["name"]);
  context.terminal.say(
    data["changed"] === true ? `the device is called ${name}` : `it is called ${name} already`,
  );
  return { data };
}

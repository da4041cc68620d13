/** `latchkey device deny`: puts a device out that is on probation. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { deviceDenySpec } from "../cli/specs/device.ts";
import type { JsonObject } from "../terminal/json.ts";
import { textOf } from "./facts.ts";
import { LATER } from "./intent-text.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof deviceDenySpec>,
): Promise<Outcome> {
  await context.confirm(`put ${positionals.device} out and change the vault's keys?`);
  const data = await withSession(context, (session) => session.call("device.deny", positionals), {
    withRelays: true,
  });
  const name = textOf((data["removed"] as JsonObject)["name"]);
  context.terminal.say(
    data["intended"] === true ? `${name} is not out yet: ${LATER}` : `${name} is out; it could never sign`,
  );
  return { data };
}

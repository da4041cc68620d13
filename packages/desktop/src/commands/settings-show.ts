/** `latchkey settings show`: what all devices of the vault keep to. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { settingsShowSpec } from "../cli/specs/settings.ts";
import { readApproval, renderSettings } from "./settings-text.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  _input: InputOf<typeof settingsShowSpec>,
): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("settings.show", {}));
  return { data, text: () => renderSettings(readApproval(data)) };
}

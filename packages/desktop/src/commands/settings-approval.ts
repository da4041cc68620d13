/** `latchkey settings approval`: when a new device may sign. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { settingsApprovalSpec } from "../cli/specs/settings.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { describeRule, readApproval } from "./settings-text.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals: { mode }, options }: InputOf<typeof settingsApprovalSpec>,
): Promise<Outcome> {
  const minutes = readMinutes(options.minutes);
  if (minutes !== null && mode !== "probation") throw new UsageError("--minutes goes with probation");
  const data = await withSession(context, (session) => session.call("settings.approval", { mode, minutes }));
  const approval = readApproval(data);
  context.terminal.say(`new devices: ${describeRule(approval)}`);
  if (approval.wish !== null)
    context.terminal.say("two devices have to say so: give the same command on another device");
  return { data };
}

function readMinutes(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`--minutes ${text} is not a count`);
  return Number(text);
}

/** `latchkey intent withdraw`: takes back what waits for contact. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { intentWithdrawSpec } from "../cli/specs/intent.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof intentWithdrawSpec>,
): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("intent.withdraw", positionals));
  context.terminal.say("taken back: it does not happen");
  return { data };
}

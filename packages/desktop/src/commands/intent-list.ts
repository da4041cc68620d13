/** `latchkey intent list`: what waits for contact. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { intentListSpec } from "../cli/specs/intent.ts";
import { renderTable } from "../terminal/table.ts";
import { describeIntent, readIntents } from "./intent-text.ts";
import { withSession } from "./with-session.ts";

export async function run(context: CommandContext, _input: InputOf<typeof intentListSpec>): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("intent.list", {}));
  const intents = readIntents(data);
  if (intents.length === 0) {
    context.terminal.say("nothing waits for contact");
    return { data };
  }
  const rows = intents.map((intent) => [intent.id, describeIntent(intent), intent.since.slice(0, 10)]);
  const { terminal } = context;
  return {
    data,
    text: () => renderTable(["ID", "WANTED", "SINCE"], rows, (heading) => terminal.style("bold", heading)),
  };
}

/** `latchkey sync status`: each device, when it was heard, what it is not known to have. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { syncStatusSpec } from "../cli/specs/sync.ts";
import { renderSync } from "./sync-text.ts";
import { withSession } from "./with-session.ts";

export async function run(context: CommandContext, _input: InputOf<typeof syncStatusSpec>): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("sync.status", {}));
  return { data, text: () => renderSync(data, Date.now()) };
}

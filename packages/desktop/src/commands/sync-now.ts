/** `latchkey sync now`: sends and fetches at once. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { syncNowSpec } from "../cli/specs/sync.ts";
import { renderSync } from "./sync-text.ts";
import { withSession } from "./with-session.ts";

export async function run(context: CommandContext, _input: InputOf<typeof syncNowSpec>): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("sync.now", {}), { withRelays: true });
  return { data, text: () => renderSync(data, Date.now()) };
}

/** `latchkey passkey history`: who changed what, and an earlier value taken back. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { passkeyHistorySpec } from "../cli/specs/passkey.ts";
import type { JsonObject } from "../terminal/json.ts";
import { renderTable } from "../terminal/table.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { withSession } from "./with-session.ts";

/** As `core/device/passkey-history.ts` describes it. */
interface EventData {
  readonly change: string;
  readonly what: string;
  readonly field: string | null;
  readonly value: string | boolean | null;
  readonly by: string | null;
  readonly fromBefore: boolean;
}

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof passkeyHistorySpec>,
): Promise<Outcome> {
  const { passkey } = positionals;
  const { restore: change, field } = options;
  if (change === undefined) {
    if (field !== undefined) throw new UsageError("--field is for --restore");
    const data = await withSession(context, (session) => session.call("passkey.history", { passkey }));
    return { data, text: () => renderHistory(context, data) };
  }
  const data = await withSession(context, (session) =>
    session.call("passkey.restoreEarlier", { passkey, change, field: field ?? null }),
  );
  const fields = data["fields"] as readonly string[];
  context.terminal.say(fields.length > 0 ? `taken back: ${fields.join(", ")}` : "it was so already");
  return { data };
}

function renderHistory({ terminal }: CommandContext, data: JsonObject): string {
  const rows = (data["events"] as unknown as readonly EventData[]).map(
    ({ change, what, field, value, by, fromBefore }) => [
      change,
      fromBefore ? "before the keys were changed" : (by ?? "a device that is gone"),
      field === null ? what : `${what} ${field}`,
      value === null ? "" : String(value),
    ],
  );
  return renderTable(["CHANGE", "DEVICE", "WHAT", "VALUE"], rows, (heading) =>
    terminal.style("bold", heading),
  );
}

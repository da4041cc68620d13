/** `latchkey conflict list`: each field with the value that is shown and those that lost. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { conflictListSpec } from "../cli/specs/conflict.ts";
import { renderTable } from "../terminal/table.ts";
import { type ConflictData, namePasskey, type PasskeyData } from "./passkey-data.ts";
import { withSession } from "./with-session.ts";

type Conflict = ConflictData & Pick<PasskeyData, "id" | "site" | "user">;

export async function run(
  context: CommandContext,
  _input: InputOf<typeof conflictListSpec>,
): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("conflict.list", {}));
  const conflicts = data["conflicts"] as unknown as readonly Conflict[];
  if (conflicts.length === 0) context.terminal.say("nothing is to be decided");
  return {
    data,
    text: () => renderConflicts(conflicts, (heading) => context.terminal.style("bold", heading)),
  };
}

/** A line for each value: 0 is the one that is shown, the others are what `--take` names. */
function renderConflicts(conflicts: readonly Conflict[], style: (heading: string) => string): string {
  const rows = conflicts.flatMap((conflict) =>
    [conflict.kept, ...conflict.offered].map(({ value, by }, index) => [
      index === 0 ? namePasskey(conflict) : "",
      index === 0 ? conflict.field : "",
      index === 0 ? "kept" : String(index),
      String(value),
      by,
    ]),
  );
  return renderTable(["PASSKEY", "FIELD", "CHOICE", "VALUE", "SET BY"], rows, style);
}

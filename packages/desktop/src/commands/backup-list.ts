/** `latchkey backup list`: the backups in their folder, the newest last. */
import { resolve } from "node:path";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { backupListSpec } from "../cli/specs/backup.ts";
import type { JsonObject } from "../terminal/json.ts";
import { renderTable } from "../terminal/table.ts";
import { textOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof backupListSpec>,
): Promise<Outcome> {
  const folder = options.folder === undefined ? null : resolve(options.folder);
  const data = await withSession(context, (session) => session.call("backup.list", { folder }));
  const backups = data["backups"] as readonly JsonObject[];
  return {
    data,
    text: () =>
      backups.length === 0
        ? `no backup in ${textOf(data["folder"])}`
        : renderTable(
            ["FILE", "MADE", "BYTES"],
            backups.map(({ file, madeAt, bytes }) => [textOf(file), textOf(madeAt), textOf(bytes)]),
            (heading) => context.terminal.style("bold", heading),
          ),
  };
}

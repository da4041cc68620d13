/** `latchkey backup set`: where backups go, and how often. */
import { resolve } from "node:path";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { backupSetSpec } from "../cli/specs/backup.ts";
import type { JsonObject } from "../terminal/json.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { renderBackup } from "./backup-text.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof backupSetSpec>,
): Promise<Outcome> {
  const { folder, every, keep, off, "with-passphrase": passphrase } = options;
  const params = {
    folder: folder === undefined ? null : resolve(folder),
    hours: readCount("--every", every),
    copies: readCount("--keep", keep),
    passphrase,
    off,
  };
  const data = await withSession(context, (session) => session.call("backup.set", params));
  const made = data["made"] as JsonObject | undefined;
  return { data, text: () => (made === undefined ? "no more backups by themselves" : renderBackup(made)) };
}

function readCount(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) throw new UsageError(`${option} ${text} is not a count`);
  return count;
}

/** `latchkey backup run`: one more backup. */
import { resolve } from "node:path";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { backupRunSpec } from "../cli/specs/backup.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { renderBackup } from "./backup-text.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof backupRunSpec>,
): Promise<Outcome> {
  const file = positionals.file === undefined ? null : resolve(positionals.file);
  const passphrase = options["with-passphrase"];
  if (passphrase && file === null)
    throw new UsageError(
      "--with-passphrase needs a file",
      "for all later backups: latchkey backup set --with-passphrase",
    );
  const data = await withSession(context, (session) => session.call("backup.run", { file, passphrase }));
  return { data, text: () => renderBackup(data) };
}

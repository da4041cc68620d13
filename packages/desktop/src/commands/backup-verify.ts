/** `latchkey backup verify`: every seal and signature of a backup. */
import { resolve } from "node:path";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { backupVerifySpec } from "../cli/specs/backup.ts";
import { countOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof backupVerifySpec>,
): Promise<Outcome> {
  const file = resolve(positionals.file);
  const data = await withSession(context, (session) => session.call("backup.verify", { file }));
  const entries = countOf(data["entries"] as number, "sealed change");
  return { data, text: () => `whole: every seal opens and every signature is right (${entries})` };
}

/** `latchkey log export`: the vault's log as a sealed file. */
import { resolve } from "node:path";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { logExportSpec } from "../cli/specs/log.ts";
import { countOf, renderFacts, textOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof logExportSpec>,
): Promise<Outcome> {
  const path = resolve(positionals.file);
  const data = await withSession(context, (session) => session.call("log.export", { path }));
  return {
    data,
    text: () =>
      renderFacts([
        ["file", textOf(data["file"])],
        ["holds", `${countOf(data["entries"] as number, "sealed change")}, ${textOf(data["bytes"])} bytes`],
        ["checked", "read back: every seal opens and every signature is right"],
      ]),
  };
}

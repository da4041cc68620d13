/** `latchkey audit export`: the activity log as a file for auditors. */
import { resolve } from "node:path";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { auditExportSpec } from "../cli/specs/audit.ts";
import { EXIT } from "../terminal/exit-code.ts";
import { countOf, renderFacts, textOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals, options }: InputOf<typeof auditExportSpec>,
): Promise<Outcome> {
  const path = resolve(positionals.file);
  const names = !options["no-names"];
  const data = await withSession(context, (session) => session.call("audit.export", { path, names }));
  if (names)
    context.terminal.say("the file says which sites and accounts were used; think of whom you give it to");
  const problems = data["problems"] as number;
  return {
    data,
    exitCode: problems === 0 ? EXIT.done : EXIT.problems,
    text: () =>
      renderFacts([
        ["file", textOf(data["file"])],
        [
          "holds",
          `${countOf(data["lines"] as number, "line")} of ${countOf(data["devices"] as number, "device")}`,
        ],
        [
          "checked",
          problems === 0
            ? "read back: every line is signed and follows the one before it"
            : `${countOf(problems, "problem")}: latchkey audit verify names them`,
        ],
      ]),
  };
}

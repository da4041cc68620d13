/** `latchkey audit list`: what was done with the vault, in sentences. */
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { auditListSpec } from "../cli/specs/audit.ts";
import { renderTable } from "../terminal/table.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { type AuditLineData, type AuditLogData, describeAuditLine, nameDevice } from "./audit-text.ts";
import { countOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

const USUAL_DAYS = 30;

export async function run(
  context: CommandContext,
  { options }: InputOf<typeof auditListSpec>,
): Promise<Outcome> {
  const { device = null, kind = null } = options;
  const days = options.all ? null : readDays(options.days);
  const data = await withSession(context, (session) => session.call("audit.list", { device, kind, days }));
  const lines = data["lines"] as unknown as readonly AuditLineData[];
  const logs = data["logs"] as unknown as readonly AuditLogData[];
  const broken = logs.filter(({ problems }) => problems.length > 0);
  for (const log of broken)
    context.terminal.say(
      `the log of ${nameDevice(log.device, log.name)} has ${countOf(log.problems.length, "problem")}: latchkey audit verify names them`,
    );
  if (lines.length === 0) {
    context.terminal.say("nothing was done in that time, or it has not arrived yet");
    return { data };
  }
  return {
    data,
    text: () =>
      renderTable(
        ["WHEN", "DEVICE", "WHAT"],
        lines.map((line) => [
          line.at.slice(0, 16).replace("T", " "),
          nameDevice("", line.deviceName),
          describeAuditLine(line),
        ]),
        (heading) => context.terminal.style("bold", heading),
      ),
  };
}

function readDays(text: string | undefined): number {
  if (text === undefined) return USUAL_DAYS;
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new UsageError("--days takes a number of days");
  return Number(text);
}

/** `latchkey audit verify`: whether the activity log is whole, in the vault or in a file. Ends with 8 where it is not. */
import { readFileSync } from "node:fs";
import type { AuditFileProblem } from "@latchkey/core/audit/audit-json";
import { VaultError } from "@latchkey/core/errors";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { auditVerifySpec } from "../cli/specs/audit.ts";
import { EXIT } from "../terminal/exit-code.ts";
import { type AuditLogData, describeAuditProblem, nameDevice } from "./audit-text.ts";
import { countOf, renderFacts, textOf } from "./facts.ts";
import { withSession } from "./with-session.ts";

export async function run(
  context: CommandContext,
  { positionals }: InputOf<typeof auditVerifySpec>,
): Promise<Outcome> {
  return positionals.file === undefined ? verifyVault(context) : verifyFile(positionals.file);
}

async function verifyVault(context: CommandContext): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("audit.verify", {}));
  const logs = data["logs"] as unknown as readonly AuditLogData[];
  const isWhole = logs.every(({ problems }) => problems.length === 0);
  return {
    data: { ...data, whole: isWhole },
    exitCode: isWhole ? EXIT.done : EXIT.problems,
    text: () =>
      renderFacts(
        logs.flatMap((log) => [
          [
            log.thisDevice ? "this device" : nameDevice(log.device, log.name),
            `${countOf(log.lines, "line")}${log.problems.length === 0 ? ", unbroken" : ""}`,
          ],
          ...log.problems.map((problem): [string, string] => ["problem", describeAuditProblem(problem)]),
        ]),
      ),
  };
}

async function verifyFile(path: string): Promise<Outcome> {
  const { verifyAuditFile } = await import("@latchkey/core/audit/audit-json");
  const { lines, devices, statement, problems } = verifyAuditFile(readText(path).split("\n"));
  // Of an empty file nobody can say that nothing is missing.
  const isWhole = problems.length === 0 && (lines > 0 || statement !== null);
  return {
    data: {
      file: path,
      lines,
      devices,
      statement: statement === null ? null : { ...statement },
      problems: problems.map((problem) => ({ ...problem })),
      whole: isWhole,
    },
    exitCode: isWhole ? EXIT.done : EXIT.problems,
    text: () =>
      renderFacts([
        ["file", textOf(path)],
        ["holds", `${countOf(lines, "line")} of ${countOf(devices.length, "device")}`],
        ...devices.map((device): [string, string] => ["signed by", device]),
        [
          "ends",
          statement === null
            ? "nobody says where the logs end: lines missing at the end would not show"
            : `where ${nameDevice(statement.by, null)} said on ${statement.made}`,
        ],
        ["checked", isWhole ? "every line is signed and follows the one before it" : null],
        ["problem", lines === 0 && statement === null ? "there is no line of an activity log in it" : null],
        ...problems.map((problem): [string, string] => ["problem", describeFileProblem(problem)]),
      ]),
  };
}

function describeFileProblem(problem: AuditFileProblem): string {
  if ("at" in problem)
    return problem.is === "unreadable"
      ? `line ${problem.at} of the file is not of an activity log`
      : "the statement at the beginning is not as it was signed";
  return `${nameDevice(problem.device, null)}: ${describeAuditProblem(problem)}`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new VaultError("LK-EXPORT-FILE", `${path}: ${code ?? "failed"}`, { cause: error });
  }
}

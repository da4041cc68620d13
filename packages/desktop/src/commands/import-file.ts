/** `latchkey import`: shows the report, asks once, and says how to take it back. */
import { EXIT } from "../terminal/exit-code.ts";
import type { InputOf, Outcome } from "../cli/command.ts";
import type { CommandContext } from "../cli/context.ts";
import type { importSpec } from "../cli/specs/exchange.ts";
import type { JsonObject } from "../terminal/json.ts";
import { UsageError } from "../terminal/usage-error.ts";
import { countOf, textOf } from "./facts.ts";
import { renderBatches, renderCounts, renderRows, type RowData } from "./exchange-text.ts";
import { openSource } from "./file-source.ts";
import { withSession } from "./with-session.ts";

type Input = InputOf<typeof importSpec>;

export async function run(context: CommandContext, { positionals, options }: Input): Promise<Outcome> {
  if (options.list) return list(context);
  if (options.undo) return undo(context, options.batch);
  if (positionals.file === undefined)
    throw new UsageError("import needs a file", "name it, or - for standard input");
  const dryRun = options["dry-run"];
  const { terminal } = context;
  const rows: RowData[] = [];
  const source = openSource(positionals.file, context.signal);
  let report: JsonObject = {};
  const data = await withSession(
    context,
    (session) =>
      session.call(
        "import.run",
        {
          dryRun,
          withTrash: options["with-trash"],
          unbacked: options.unbacked,
          sites: options.site.join("\n"),
          format: options.format === undefined || options.format === "auto" ? null : options.format,
        },
        {
          onTell(event) {
            if (event["event"] === "rows") rows.push(...(event["rows"] as unknown as RowData[]));
            if (event["event"] === "report") report = event;
            if (event["event"] === "progress")
              terminal.detail(
                `${textOf(event["what"])} ${textOf(event["done"])} of ${textOf(event["total"])}`,
              );
          },
          onAsk({ kind, purpose }) {
            if (kind !== "request") return null;
            return purpose === "agree" ? agree() : source.answer(purpose);
          },
        },
      ),
    { withRelays: !dryRun },
  );

  async function agree(): Promise<string> {
    const counts = report["counts"] as Readonly<Record<string, number>>;
    terminal.say(`${renderRows(rows)}${renderCounts(report)}`);
    await context.confirm(`take in ${countOf(counts["new"] ?? 0, "passkey")}?`);
    return "yes";
  }

  const counts = data["counts"] as Readonly<Record<string, number>>;
  const batch = data["batch"];
  return {
    data: { ...data, rows: rows as unknown as JsonObject[] },
    exitCode: (counts["cannot"] ?? 0) > 0 ? EXIT.problems : EXIT.done,
    text: () =>
      typeof batch === "string"
        ? [
            `${countOf(counts["new"] ?? 0, "passkey")} came in; for 24 hours latchkey import --undo takes them back`,
            "the file still lets anyone who has it sign in as you: delete it when you have tried some",
          ].join("\n")
        : `${renderRows(rows)}${renderCounts(data)}`,
  };
}

async function list(context: CommandContext): Promise<Outcome> {
  const data = await withSession(context, (session) => session.call("import.list", {}));
  return { data, text: () => renderBatches(data["imports"] as readonly JsonObject[]) };
}

async function undo(context: CommandContext, batch: string | undefined): Promise<Outcome> {
  return withSession(context, async (session) => {
    const { imports } = await session.call("import.list", {});
    const found = (imports as readonly JsonObject[]).find(
      ({ id, canUndo }) => canUndo === true && (batch === undefined || id === batch),
    );
    if (found !== undefined)
      await context.confirm(`move ${countOf(found["present"] as number, "imported passkey")} to the trash?`);
    const data = await session.call("import.undo", { batch: batch ?? null });
    const { present } = data["undone"] as JsonObject;
    context.terminal.say(`${countOf(present as number, "passkey")} moved to the trash`);
    return { data };
  });
}

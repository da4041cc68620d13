/** Reports of imports and exports as text: what needs a look first, and every reason as a sentence. */
import { type Outcome, OUTCOMES } from "@latchkey/core/exchange/report";
import { EXCHANGE_TEXTS_EN } from "@latchkey/core/exchange/texts-en";
import type { JsonObject } from "../terminal/json.ts";
import { renderTable } from "../terminal/table.ts";
import { countOf, textOf } from "./facts.ts";

/** A row of `import.run`, as it comes over a channel. */
export interface RowData {
  readonly at: string;
  readonly rpId: string | null;
  readonly userName: string | null;
  readonly outcome: Outcome;
  readonly reasons: readonly string[];
}

/** Of `export.review`. */
export interface LossData {
  readonly rpId: string;
  readonly userName: string | null;
  readonly leftOut: string | null;
  readonly losses: readonly string[];
}

/** Rows without anything to say are counted, not listed, from here on. */
const MANY = 40;

const { outcomes, reasons, losses, leftOut } = EXCHANGE_TEXTS_EN;
const sayOf = (texts: Readonly<Record<string, string>>, names: readonly string[]): string =>
  names.map((name) => texts[name] ?? name).join("; ");

/** With a line break at the end, or empty. */
export function renderRows(rows: readonly RowData[]): string {
  const listed = rows.length <= MANY ? rows : rows.filter((row) => row.reasons.length > 0);
  const rank = ({ outcome, reasons: why }: RowData): number =>
    OUTCOMES.indexOf(outcome) * 2 + (why.length > 0 ? 0 : 1);
  const table = renderTable(
    ["site", "account", "what", "why"],
    [...listed]
      .sort((a, b) => rank(a) - rank(b))
      .map((row) => [
        row.rpId ?? row.at,
        row.userName ?? "",
        outcomes[row.outcome],
        sayOf(reasons, row.reasons),
      ]),
  );
  return table === "" ? "" : `${table}\n`;
}

/** "41 of 43 passkeys can come in …": the numbers of a report in one or two lines. */
export function renderCounts(report: JsonObject): string {
  const counts = report["counts"] as Readonly<Record<string, number>>;
  const found = report["found"] as number;
  const parts = [
    `${counts["new"]} new`,
    `${counts["alreadyHere"]} already here`,
    `${counts["differs"]} different`,
    `${counts["cannot"]} cannot come in`,
    `${counts["skipped"]} left out`,
  ].filter((part) => !part.startsWith("0 "));
  const others = Object.entries(report["nonPasskey"] as Readonly<Record<string, number>>);
  const rest = others.map(([kind, count]) => `${count} ${kind}`).join(", ");
  const hint =
    found === 0
      ? "\nsome apps for phones leave passkeys out of their exports: export from the web or desktop program"
      : "";
  return (
    `${countOf(found, "passkey")} in the file (${textOf(report["format"])}): ${parts.join(", ") || "none"}` +
    `${rest === "" ? "" : `\nnot passkeys, left where they are: ${rest}`}${hint}`
  );
}

export const renderBatches = (imports: readonly JsonObject[]): string =>
  imports.length === 0
    ? "no imports"
    : renderTable(
        ["import", "when", "from", "came in", "undo"],
        imports.map(({ id, at, format, planned, present, canUndo }) => [
          textOf(id),
          textOf(at),
          textOf(format),
          `${textOf(present)} of ${textOf(planned)}`,
          canUndo === true ? "yes" : "over",
        ]),
      );

/** What a file cannot carry, a row for each passkey that loses something. */
export function renderLosses(rows: readonly LossData[]): string {
  const isOut = (row: LossData): boolean => row.leftOut !== null;
  const table = renderTable(
    ["site", "account", "not in the file"],
    [...rows]
      .sort((a, b) => Number(isOut(b)) - Number(isOut(a)))
      .map((row) => [
        row.rpId,
        row.userName ?? "",
        row.leftOut === null ? sayOf(losses, row.losses) : `all of it: ${sayOf(leftOut, [row.leftOut])}`,
      ]),
  );
  return table === "" ? "" : `${table}\n`;
}

/** The account of a run: one table for people, one object for programs. */
import { formatMachine, type Machine } from "./machine.ts";
import { type Figure, meetsTarget, ratioOf, type Target, type Unit } from "./measure.ts";

export interface Report {
  readonly machine: Machine;
  readonly figures: readonly Figure[];
  /** Load average when the run ended. */
  readonly loadAtEnd: number;
}

const HEAD = ["what", "ours", "floor", "ratio", "target", ""];

/** A table in Markdown, which reads as well in a terminal. */
export function renderReport({ machine, figures, loadAtEnd }: Report): string {
  const rows = figures.map((figure) => [
    figure.what,
    formatValue(figure.ours, figure.unit),
    figure.floor === null ? "–" : `${formatValue(figure.floor.value, figure.unit)} ${figure.floor.name}`,
    formatRatio(ratioOf(figure)),
    figure.target === null ? "–" : formatTarget(figure.target, figure.unit),
    verdict(figure),
  ]);
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const notes = figures.flatMap(({ what, note }) => (note === undefined ? [] : [`- ${what}: ${note}`]));
  return [
    `${formatMachine(machine)}, ${loadAtEnd.toFixed(1)} at the end`,
    "",
    line(HEAD),
    `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`,
    ...rows.map(line),
    "",
    ...notes,
    ...(notes.length === 0 ? [] : [""]),
  ].join("\n");
}

/** The same with the ratios worked out. */
export function toJson({ machine, figures, loadAtEnd }: Report): string {
  const worked = figures.map((figure) => ({ ...figure, ratio: ratioOf(figure), ok: meetsTarget(figure) }));
  return JSON.stringify({ machine, loadAtEnd, figures: worked }, null, 2);
}

function verdict(figure: Figure): string {
  const met = meetsTarget(figure);
  return met === null ? "" : met ? "ok" : "MISS";
}

function formatValue(value: number, unit: Unit): string {
  switch (unit) {
    case "ms":
      return `${value < 10 ? value.toFixed(value < 1 ? 3 : 2) : value.toFixed(0)} ms`;
    case "MB":
      return `${value.toFixed(0)} MB`;
    case "bytes":
      return `${value.toLocaleString("en")} B`;
    case "/s":
      return `${value.toLocaleString("en")} /s`;
    case "passkeys":
      return String(value);
  }
}

function formatRatio(ratio: number | null): string {
  if (ratio === null || !Number.isFinite(ratio)) return "–";
  return `${ratio.toFixed(ratio < 100 ? 2 : 0)}×`;
}

const formatTarget = (target: Target, unit: Unit): string =>
  "times" in target ? `≤ ${target.times}×` : `≤ ${formatValue(target.atMost, unit)}`;

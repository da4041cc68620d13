/** What a row of the relay's bench is, and the table for people. A target that is missed is called a miss. */

export interface RelayBench {
  readonly folder: string;
  /** Fewer rounds and messages. */
  readonly quick: boolean;
  readonly soakMinutes: number;
  readonly progress: (text: string) => void;
}

export interface Row {
  readonly what: string;
  /** The figure as it is read, with its unit. */
  readonly figure: string;
  /** Lowest and highest of the rounds, or what else belongs to it. */
  readonly range: string;
  /** What the target is about, such as a ratio to another row; `null`: a row without a target. */
  readonly target: { readonly text: string; readonly measured: string; readonly met: boolean } | null;
}

const HEAD = ["what", "figure", "range", "target", "measured", ""];

export function renderTable(rows: readonly Row[]): string {
  const cells = rows.map(({ what, figure, range, target }) => [
    what,
    figure,
    range,
    target?.text ?? "–",
    target?.measured ?? "–",
    target === null ? "" : target.met ? "ok" : "MISS",
  ]);
  const widths = HEAD.map((head, i) => Math.max(head.length, ...cells.map((row) => (row[i] ?? "").length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(HEAD), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...cells.map(line)].join(
    "\n",
  );
}

export const inThousands = (value: number): string => `${(value / 1000).toFixed(value < 9950 ? 2 : 1)} k/s`;
export const inMs = (value: number): string => `${value.toFixed(value < 1 ? 3 : value < 100 ? 2 : 0)} ms`;
/** `ratio` against a target that is a least. */
export const atLeast = (what: string, least: number, ratio: number): Row["target"] => ({
  text: `≥ ${least}× ${what}`,
  measured: `${ratio.toFixed(2)}×`,
  met: ratio >= least,
});

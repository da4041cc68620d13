/** Tables of plain text: columns padded to the widest cell, two spaces between, no lines. Cells are made printable here. */
import { makePrintable } from "./printable.ts";

const GAP = "  ";

/** Scripts and signs that take two columns in a terminal. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Columns that `text` takes in a terminal, near enough for alignment. */
export function measureWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/**
 * The lines of a table without a last newline; the empty string when there are no rows. `style` may colour the heading: it gets it
 * padded. Rows may be shorter than the heading.
 */
export function renderTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  style: (heading: string) => string = (text) => text,
): string {
  if (rows.length === 0) return "";
  const cells = [heading, ...rows.map((row) => row.map(makePrintable))];
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => measureWidth(row[column] ?? ""))));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - measureWidth(cell)))
      .join(GAP)
      .trimEnd(),
  );
  return [style(lines[0] as string), ...lines.slice(1)].join("\n");
}

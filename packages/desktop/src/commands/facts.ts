/** Facts about one thing as text: a name and a value on each line, values aligned. Made printable here, a value's own lines kept. */
import type { JsonValue } from "../terminal/json.ts";
import { makePrintable } from "../terminal/printable.ts";

/** A fact that is `null` is left out. */
export type Fact = readonly [name: string, value: string | number | null];

export function renderFacts(facts: readonly Fact[]): string {
  const known = facts.filter(([, value]) => value !== null);
  const width = Math.max(...known.map(([name]) => name.length)) + 2;
  return known.map(([name, value]) => name.padEnd(width) + indentLines(String(value), width)).join("\n");
}

function indentLines(text: string, width: number): string {
  return text
    .split(/\r?\n/)
    .map(makePrintable)
    .join(`\n${" ".repeat(width)}`);
}

/** A value that came as JSON, from the host or another device, as printable text on one line. */
export const textOf = (value: JsonValue | undefined): string =>
  makePrintable(typeof value === "string" ? value : JSON.stringify(value ?? null));

/** `1 passkey`, `2 passkeys`. */
export const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

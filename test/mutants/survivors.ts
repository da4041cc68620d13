/** The list of changes that core's tests let pass, and why: `survivors.json`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Survivor {
  /** From the root. */
  readonly file: string;
  /** The line of source, trimmed, and what Stryker puts in the place of a part of it. */
  readonly line: string;
  readonly change: string;
  /** The name of a section of docs/mutation.md. */
  readonly reason: string;
}

export const readSurvivors = (): readonly Survivor[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, "survivors.json"), "utf8")) as readonly Survivor[];

/** Lines move, so their text and not their number says which one is meant. */
export const keyOf = ({ file, line, change }: Omit<Survivor, "reason">): string =>
  JSON.stringify([file, line, change]);

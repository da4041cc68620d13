/**
 * What the rows have in common: a figure with its floor and target, and rounds that alternate the two sides, so that whatever else the
 * machine does falls on both. Times in milliseconds.
 */
import { performance } from "node:perf_hooks";

/** What a row may use: a folder that goes away afterwards, and a way to say how far it is. */
export interface Bench {
  readonly folder: string;
  progress(text: string): void;
}

export type Unit = "ms" | "bytes" | "MB" | "passkeys" | "/s";

export interface Figure {
  readonly what: string;
  readonly unit: Unit;
  readonly ours: number;
  /** The least that it could be, measured in the same run. */
  readonly floor: { readonly name: string; readonly value: number } | null;
  readonly target: Target | null;
  /** What the figure does not say by itself, such as where time goes. */
  readonly note?: string;
}

/** At most this many times the floor, or at most so much by itself. */
export type Target = { readonly times: number } | { readonly atMost: number };

export const ratioOf = ({ ours, floor }: Figure): number | null =>
  floor === null ? null : ours / floor.value;

/** Whether the target is met; `null` for a figure without one. */
export function meetsTarget(figure: Figure): boolean | null {
  const { ours, target } = figure;
  if (target === null) return null;
  if ("atMost" in target) return ours <= target.atMost;
  const ratio = ratioOf(figure);
  return ratio !== null && ratio <= target.times;
}

/** The value below which the share `p` (0 to 1) of the values lies. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1));
  const value = sorted[at];
  if (value === undefined) throw new Error("nothing was measured");
  return value;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Runs the sides in turn, `rounds` times, and gives each side's own measurements. The round before the first does not count. */
export async function alternate<Side extends string>(
  rounds: number,
  sides: Readonly<Record<Side, () => Promise<number>>>,
): Promise<Record<Side, number[]>> {
  const names = Object.keys(sides) as Side[];
  const measured = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Side, number[]>;
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      globalThis.gc?.();
      const value = await sides[name]();
      if (round >= 0) measured[name].push(value);
    }
  }
  return measured;
}

/** How long `task` takes. */
export async function time(task: () => unknown): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

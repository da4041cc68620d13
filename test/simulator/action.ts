/**
 * What can happen in a run. A schedule is data: each step names an action and gives it numbers, which choose among what is there at that time; so
 * any step can be left out and the rest still means something. A new kind of action is one file in `actions/` and one line here.
 */
import type { Chance } from "./chance.ts";
import type { World } from "./world.ts";

export type Numbers = Readonly<Record<string, number>>;

export interface Action {
  /** How often it is drawn, against the others. */
  readonly weight: number;
  /** Bounds of the numbers that it takes. */
  readonly takes: Readonly<Record<string, number>>;
  /** Begins it. What takes time goes on while the run does. */
  run(world: World, numbers: Numbers): void | Promise<void>;
}

export interface Step {
  readonly do: string;
  readonly with: Numbers;
  /** Milliseconds until the next step. */
  readonly pause: number;
}

/** Numbers for one action. */
export function drawNumbers(action: Action, chance: Chance): Numbers {
  return Object.fromEntries(Object.entries(action.takes).map(([name, bound]) => [name, chance.below(bound)]));
}

/** The number-th of `from`, counted round; `null` when there is none. */
export const choose = <T>(from: readonly T[], number: number | undefined): T | null =>
  from[(number ?? 0) % Math.max(1, from.length)] ?? null;

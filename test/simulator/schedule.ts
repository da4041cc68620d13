/** A run as data: how many devices and relays, and what happens. Drawn from a seed; written and read as JSON, to be run again. */
import { type Step, drawNumbers } from "./action.ts";
import { ACTIONS } from "./actions.ts";
import { createChance } from "./chance.ts";

export interface Schedule {
  readonly seed: number;
  readonly devices: number;
  readonly relays: number;
  readonly steps: readonly Step[];
}

/** At the beginning; some runs admit more. */
const DEVICES = [2, 2, 3, 3, 4];
const FEWEST_STEPS = 8;
const MORE_STEPS = 20;
const SHORT_PAUSE_MS = 120;
const LONG_PAUSE_MS = 20_000;
/** Of the chance stream from which schedules are drawn; a run's own chance is another. */
const SCHEDULE_STREAM = 1;

/** `devices`: how many at the beginning; left out, 2 to 4. */
export function drawSchedule(seed: number, devices?: number): Schedule {
  const chance = createChance(seed, SCHEDULE_STREAM);
  // In an order that does not depend on who loads the modules.
  const names = Object.entries(ACTIONS)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { weight }]) => Array<string>(weight).fill(name));
  const steps = Array.from({ length: FEWEST_STEPS + chance.below(MORE_STEPS) }, () => {
    const name = chance.pick(names);
    const longest = chance.happens(0.7) ? SHORT_PAUSE_MS : LONG_PAUSE_MS;
    return { do: name, with: drawNumbers(ACTIONS[name]!, chance), pause: chance.below(longest) };
  });
  return { seed, devices: devices ?? chance.pick(DEVICES), relays: chance.happens(0.7) ? 1 : 2, steps };
}

/** As a literal that `npm run sim -- --run` and the tests take. */
export const formatSchedule = (schedule: Schedule): string => JSON.stringify(schedule);

export const parseSchedule = (text: string): Schedule => JSON.parse(text) as Schedule;

/** The shortest schedule that still breaks the same promise: steps are left out in ever smaller groups (delta debugging), then pauses. */
import type { Step } from "./action.ts";
import type { Faults } from "./faults.ts";
import { runSchedule } from "./run.ts";
import type { Schedule } from "./schedule.ts";
import type { Violation } from "./world.ts";

/** Bounds the time for a failure that comes and goes. */
const MAX_RUNS = 400;

export async function shrink(schedule: Schedule, violation: Violation, faults?: Faults): Promise<Schedule> {
  let runs = 0;
  const breaks = async (steps: readonly Step[]): Promise<boolean> => {
    if (++runs > MAX_RUNS) return false;
    const outcome = await runSchedule({ ...schedule, steps }, faults === undefined ? {} : { faults });
    return outcome.violation?.invariant === violation.invariant;
  };
  let steps = schedule.steps;
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < steps.length;) {
      const shorter = [...steps.slice(0, at), ...steps.slice(at + size)];
      if (await breaks(shorter)) steps = shorter;
      else at += size;
    }
  }
  for (const [i, step] of steps.entries()) {
    const hurried = steps.with(i, { ...step, pause: 0 });
    if (step.pause > 0 && (await breaks(hurried))) steps = hurried;
  }
  return { ...schedule, steps };
}

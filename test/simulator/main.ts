/**
 * `npm run sim`: runs the simulator and says what it found.
 *
 *   --seeds N      how many runs, one after the other (300)
 *   --seed S       the first seed (1)
 *   --devices D    devices at the beginning; left out, 2 to 4
 *   --go-on        name every seed that breaks a promise, and shorten none
 *   --run JSON     one schedule, as a failure printed it, with everything that happens
 *
 * Ends with 1 when a promise was broken, after printing the seed and the shortest schedule that still breaks it.
 */
import { parseArgs } from "node:util";
import { runSchedule } from "./run.ts";
import { drawSchedule, formatSchedule, parseSchedule } from "./schedule.ts";
import { shrink } from "./shrink.ts";

const SAY_EVERY_MS = 10_000;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    devices: { type: "string" },
    "go-on": { type: "boolean", default: false },
    run: { type: "string" },
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function runOne(text: string): Promise<boolean> {
  const { violation, lines } = await runSchedule(parseSchedule(text), { traced: true });
  for (const line of lines) say(line);
  say(violation === null ? "every promise was kept" : `${violation.invariant}: ${violation.detail}`);
  return violation === null;
}

async function runMany(first: number, seeds: number, devices: number | undefined): Promise<boolean> {
  const began = performance.now();
  let said = began;
  let entries = 0;
  let broken = 0;
  for (let seed = first; seed < first + seeds; seed++) {
    const schedule = drawSchedule(seed, devices);
    const outcome = await runSchedule(schedule);
    entries += outcome.entries;
    if (outcome.violation !== null) {
      broken++;
      say(`seed ${seed} breaks a promise: ${outcome.violation.invariant}: ${outcome.violation.detail}`);
      if (values["go-on"]) continue;
      const shortest = await shrink(schedule, outcome.violation);
      say(`${schedule.steps.length} steps, ${shortest.steps.length} are enough:`);
      await runOne(formatSchedule(shortest));
      say(`npm run sim -- --run '${formatSchedule(shortest)}'`);
      return false;
    }
    if (performance.now() - said > SAY_EVERY_MS) {
      said = performance.now();
      say(`${seed - first + 1} of ${seeds} seeds`);
    }
  }
  const seconds = (performance.now() - began) / 1000;
  say(
    `${seeds} seeds from ${first}: ${broken === 0 ? "every promise was kept" : `${broken} break one`}, ${entries} entries, ${seconds.toFixed(0)} s, ` +
      `${((seconds / seeds) * 1000).toFixed(0)} ms a seed`,
  );
  return broken === 0;
}

const devices = values.devices === undefined ? undefined : Number(values.devices);
const kept =
  values.run === undefined
    ? await runMany(Number(values.seed), Number(values.seeds), devices)
    : await runOne(values.run);
process.exitCode = kept ? 0 : 1;

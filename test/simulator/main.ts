/**
 * `npm run sim`: runs the simulator and says what it found.
 *
 *   --seeds N      how many runs, one after the other (300)
 *   --seed S       the first seed (1)
 *   --devices D    devices at the beginning; left out, 2 to 4
 *   --jobs J       processes that share the seeds (1)
 *   --go-on        name every seed that breaks a promise, and shorten none
 *   --run JSON     one schedule, as a failure printed it, with everything that happens
 *
 * Ends with 1 when a promise was broken, after printing the seed and the shortest schedule that still breaks it.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
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
    jobs: { type: "string", default: "1" },
    "go-on": { type: "boolean", default: false },
    run: { type: "string" },
  },
});

/** What became of the seeds of one process; it is told how many are done as it goes. */
interface Progress {
  readonly done: number;
  readonly broken: number;
  readonly entries: number;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function runOne(text: string): Promise<boolean> {
  const { violation, lines } = await runSchedule(parseSchedule(text), { traced: true });
  for (const line of lines) say(line);
  say(violation === null ? "every promise was kept" : `${violation.invariant}: ${violation.detail}`);
  return violation === null;
}

/** Every `step`-th seed of the range, until one breaks a promise. */
async function runSome(
  { first, seeds, step }: { readonly first: number; readonly seeds: number; readonly step: number },
  tell: (progress: Progress) => void,
): Promise<void> {
  const progress = { done: 0, broken: 0, entries: 0 };
  for (let seed = first; seed < first + seeds; seed += step) {
    const schedule = drawSchedule(seed, values.devices === undefined ? undefined : Number(values.devices));
    const { entries, violation } = await runSchedule(schedule);
    progress.done++;
    progress.entries += entries;
    if (violation !== null) {
      progress.broken++;
      say(`seed ${seed} breaks a promise: ${violation.invariant}: ${violation.detail}`);
      if (!values["go-on"]) {
        const shortest = await shrink(schedule, violation);
        say(`${schedule.steps.length} steps, ${shortest.steps.length} are enough:`);
        await runOne(formatSchedule(shortest));
        say(`npm run sim -- --run '${formatSchedule(shortest)}'`);
        return tell(progress);
      }
    }
    tell(progress);
  }
}

/** The seeds shared among so many processes; all end when one ends before it has done its own. */
async function runMany(first: number, seeds: number, jobs: number): Promise<boolean> {
  const began = performance.now();
  let said = began;
  const parts: Progress[] = Array.from({ length: jobs }, () => ({ done: 0, broken: 0, entries: 0 }));
  const total = (what: keyof Progress): number => parts.reduce((sum, part) => sum + part[what], 0);
  const tell = (job: number, progress: Progress): void => {
    parts[job] = { ...progress };
    if (performance.now() - said < SAY_EVERY_MS) return;
    said = performance.now();
    say(`${total("done")} of ${seeds} seeds`);
  };
  if (jobs === 1) await runSome({ first, seeds, step: 1 }, (progress) => tell(0, progress));
  else await share({ first, seeds, jobs }, tell);
  const [done, broken] = [total("done"), total("broken")];
  const seconds = (performance.now() - began) / 1000;
  say(
    `${done} seeds from ${first}: ${broken === 0 && done === seeds ? "every promise was kept" : `${broken} break one`}, ` +
      `${total("entries")} entries, ${seconds.toFixed(0)} s, ${((seconds / done) * 1000).toFixed(0)} ms a seed`,
  );
  return broken === 0 && done === seeds;
}

async function share(
  { first, seeds, jobs }: { readonly first: number; readonly seeds: number; readonly jobs: number },
  tell: (job: number, progress: Progress) => void,
): Promise<void> {
  const devices = values.devices === undefined ? [] : ["--devices", values.devices];
  const goOn = values["go-on"] ? ["--go-on"] : [];
  const children = Array.from({ length: jobs }, (_, job) =>
    fork(fileURLToPath(import.meta.url), [
      "--seed",
      `${first + job}`,
      "--seeds",
      `${seeds - job}`,
      "--jobs",
      `${jobs}`,
      ...devices,
      ...goOn,
    ]),
  );
  const ended = children.map(
    (child, job) =>
      new Promise<void>((resolve) => {
        child.on("message", (progress: Progress) => tell(job, progress));
        child.on("exit", (code) => {
          if (code !== 0 && goOn.length === 0) for (const other of children) other.kill();
          resolve();
        });
      }),
  );
  await Promise.all(ended);
}

const [first, seeds, jobs] = [values.seed, values.seeds, values.jobs].map(Number) as [number, number, number];
if (values.run !== undefined) {
  process.exitCode = (await runOne(values.run)) ? 0 : 1;
} else if (process.send !== undefined) {
  // One of several: `share` began it.
  await runSome({ first, seeds, step: jobs }, (progress) => {
    process.send?.({ ...progress });
    process.exitCode = progress.broken === 0 ? 0 : 1;
  });
  process.disconnect?.();
} else {
  process.exitCode = (await runMany(first, seeds, jobs)) ? 0 : 1;
}

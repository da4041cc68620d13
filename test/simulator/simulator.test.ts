/**
 * The promises of sync-protocol.md § 1 on whole replicas, with everything that can happen to them: see `run.ts`. 300 seeds (some 40 seconds), 10 000 with SLOW.
 * A seed that fails is printed with the shortest schedule that still does: run it with `npm run sim -- --run '…'`.
 */
import { describe, expect, test } from "vitest";
import { runSchedule } from "./run.ts";
import { drawSchedule, formatSchedule } from "./schedule.ts";
import { shrink } from "./shrink.ts";

const SEEDS = process.env["SLOW"] === undefined ? 300 : 10_000;
const BLOCK = 10;
/** Any will do; `SEED` chooses others. */
const FIRST = Number(process.env["SEED"] ?? 1);

const blocks = Array.from({ length: SEEDS / BLOCK }, (_, i) => FIRST + i * BLOCK);

describe("devices, relays and everything that happens to them", () => {
  test.each(blocks)(`keep every promise in the ${BLOCK} runs from seed %i`, async (first) => {
    for (let seed = first; seed < first + BLOCK; seed++) {
      const schedule = drawSchedule(seed);
      const { violation } = await runSchedule(schedule);
      if (violation === null) continue;
      const shortest = formatSchedule(await shrink(schedule, violation));
      expect.fail(`seed ${seed}: ${violation.invariant}: ${violation.detail}\n${shortest}`);
    }
  });

  test("are the same for the same seed", async () => {
    const [once, again] = [
      await runSchedule(drawSchedule(FIRST), { traced: true }),
      await runSchedule(drawSchedule(FIRST), { traced: true }),
    ];
    expect(once.lines.length).toBeGreaterThan(20);
    expect(again).toEqual(once);
  });

  test("are others for another seed", async () => {
    const views = new Set<string>();
    for (let seed = FIRST; seed < FIRST + 5; seed++) views.add((await runSchedule(drawSchedule(seed))).view);
    expect(views.size).toBe(5);
  });
});

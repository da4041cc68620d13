/** Chance in tests: drawn anew for each run, said when a test fails, given again through SEED. */
import { onTestFailed } from "vitest";

/** Numbers in [0, 1), the same for the same seed (mulberry32). Call it in the test that uses them. */
export function drawNumbers(): () => number {
  const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 32));
  onTestFailed(() => console.error(`run again with SEED=${seed}`));
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** For fast-check: the same seed in every property of a run, if one was given. */
export const propertySeed: { readonly seed?: number } =
  process.env["SEED"] === undefined ? {} : { seed: Number(process.env["SEED"]) };

/** Whether the store answers and its disk has space, asked now and then (relay.md § 14). A full disk stops writes, never reads. */
import type { Clock } from "@latchkey/core/relay-protocol";
import type { RelayLimits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Store } from "./store/store.ts";

const PROBE_EVERY_MS = 10_000;
const FRESH_MS = 1000;

export function watchStoreHealth(store: Store, limits: RelayLimits, clock: Clock, log: Log) {
  let freeBytes: number | null = null;
  let answers = true;
  let probedAt = Number.NEGATIVE_INFINITY;

  /** Below the floor there are no new rooms, below half of it no puts either. */
  const isDiskLow = (forWhat: "rooms" | "puts"): boolean =>
    freeBytes !== null && freeBytes < limits.diskFloorBytes / (forWhat === "rooms" ? 1 : 2);

  /** Asks, or goes by an answer of so long ago: anybody may ask for the relay's health, as often as they like. */
  async function probe(freshMs = FRESH_MS): Promise<void> {
    if (Math.abs(clock.now() - probedAt) < freshMs) return;
    probedAt = clock.now();
    try {
      ({ freeBytes } = await store.probe());
      answers = true;
    } catch {
      answers = false;
      log("error", "store-failed");
    }
    if (isDiskLow("rooms")) log("warn", "disk-low", { freeBytes: freeBytes ?? 0 });
  }

  return {
    probe,
    tick: () => probe(PROBE_EVERY_MS),
    /** It answered when it was asked last. */
    answers: () => answers,
    isDiskLow,
    /** `null`: the store has no disk. */
    freeBytes: () => freeBytes,
  };
}

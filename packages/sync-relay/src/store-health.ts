/** Whether the store answers and its disk has space, asked now and then (relay.md § 14). A full disk stops writes, never reads. */
import type { Clock } from "@latchkey/core/relay-protocol";
import type { RelayLimits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Store } from "./store/store.ts";

export interface StoreHealthWatch {
  /** Asks the store when that was long ago. */
  tick(): Promise<void>;
  /** Asks it now, or goes by the answer of this second: anybody may ask for the relay's health, as often as they like. */
  probe(): Promise<void>;
  /** It answered when it was asked last. */
  answers(): boolean;
  isDiskLow(forWhat: "rooms" | "puts"): boolean;
  /** `null`: the store has no disk. */
  freeBytes(): number | null;
}

const PROBE_EVERY_MS = 10_000;
const FRESH_MS = 1000;

export function watchStoreHealth(
  store: Store,
  limits: RelayLimits,
  clock: Clock,
  log: Log,
): StoreHealthWatch {
  let freeBytes: number | null = null;
  let answers = true;
  let probedAt = Number.NEGATIVE_INFINITY;

  const isDiskLow = (forWhat: "rooms" | "puts"): boolean =>
    freeBytes !== null && freeBytes < limits.diskFloorBytes / (forWhat === "rooms" ? 1 : 2);

  async function probe(): Promise<void> {
    if (Math.abs(clock.now() - probedAt) < FRESH_MS) return;
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
    async tick() {
      if (clock.now() - probedAt >= PROBE_EVERY_MS) await probe();
    },
    probe,
    answers: () => answers,
    isDiskLow,
    freeBytes: () => freeBytes,
  };
}

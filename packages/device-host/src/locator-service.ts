/**
 * Keeps the locators of the vault's recovery pages true while the vault is open (sync-protocol.md § 9): after each change of keys, when a page is made or
 * put out, and now and then, so that they do not idle out and a relay that lost them has them again.
 */
import type { Device } from "@latchkey/core/device/device";
import { isVaultError } from "@latchkey/core/errors";
import type { RelayAddress } from "@latchkey/core/relay-protocol";
import { startInterval } from "./timers.ts";
import { visitLocator } from "./relay-client/locator-slot.ts";

/** As often as rooms that were left are looked after. */
const VISIT_EVERY_MS = 60 * 60 * 1000;

export interface LocatorService {
  /** Visits what is due now. Resolves with how many slots are as they should be, and how many there are to look after. */
  visit(): Promise<{ readonly told: number; readonly due: number }>;
  stop(): void;
}

export function startLocatorService(
  device: Device,
  reportFault: (fault: unknown) => void,
  listRelays: () => readonly RelayAddress[],
): LocatorService {
  const ended = new AbortController();
  /** What was told where, in this run. */
  const told = new Set<string>();
  let queue: Promise<unknown> = Promise.resolve();

  async function visitAll(): Promise<{ told: number; due: number }> {
    const [{ listLocatorDuties }, { isLocatorCurrent, openLocator, openLocatorRoom, sealLocator }] =
      await Promise.all([
        import("@latchkey/core/recovery/locator-duty"),
        import("@latchkey/core/recovery/locator"),
      ]);
    const duties = await listLocatorDuties(device);
    const relays = listRelays();
    for (const { page, content, state } of duties) {
      for (const relay of relays) {
        const key = `${relay.origin} ${state}`;
        if (told.has(key) || ended.signal.aborted) continue;
        const keys = page.locator;
        const outcome = await visitLocator({
          room: openLocatorRoom(keys),
          relay,
          random: device.deps.random,
          signal: ended.signal,
          decide: (slot) =>
            isLocatorCurrent(slot === null ? null : openLocator(keys, slot), content)
              ? null
              : sealLocator(keys, content, device.deps.random),
        });
        if (outcome === null) told.add(key);
      }
    }
    const states = duties.flatMap(({ state }) => relays.map(({ origin }) => `${origin} ${state}`));
    return { told: states.filter((state) => told.has(state)).length, due: states.length };
  }

  function visit(): Promise<{ told: number; due: number }> {
    const turn = queue.then(async () => (ended.signal.aborted ? { told: 0, due: 0 } : visitAll()));
    queue = turn.catch(() => {});
    return turn;
  }

  const report = (error: unknown): void => {
    if (!ended.signal.aborted && !isVaultError(error)) reportFault(error);
  };
  const visitSoon = (): void => void visit().catch(report);
  const unsubscribe = device.subscribe((notices) => {
    const isDue = notices.some(
      (notice) => notice.is === "moved" || (notice.is === "accepted" && notice.kind === "member"),
    );
    if (isDue) visitSoon();
  });
  const timer = startInterval(() => {
    told.clear();
    visitSoon();
  }, VISIT_EVERY_MS);
  visitSoon();
  return {
    visit,
    stop() {
      ended.abort();
      clearInterval(timer);
      unsubscribe();
    },
  };
}

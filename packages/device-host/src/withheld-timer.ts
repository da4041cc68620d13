/** Gives out what this device withholds from devices on probation when its time has come, while the vault is open: nobody needs to be there. */
import type { Device } from "@latchkey/core/device/device";
import { startTimer, type Timer } from "./timers.ts";

/** A clock that is set, or a machine that slept, is noticed within so long. */
const LONGEST_WAIT_MS = 60_000;

/** Returns the way to stop. */
export function startWithheldTimer(device: Device, reportFault: (fault: unknown) => void): () => void {
  let timer: Timer | undefined;
  let isStopped = false;

  async function give(): Promise<void> {
    const { giveWithheld } = await import("@latchkey/core/device/probation");
    const next = await giveWithheld(device);
    if (next !== null) schedule(Math.min(LONGEST_WAIT_MS, Math.max(0, next - device.deps.clock.now())));
  }

  /** What the end of the vault broke off is begun again with the next start. */
  function report(fault: unknown): void {
    if (!isStopped) reportFault(fault);
  }

  function schedule(delay: number): void {
    clearTimeout(timer);
    if (isStopped) return;
    timer = startTimer(() => void give().catch(report), delay);
  }

  const unsubscribe = device.subscribe((notices) => {
    // A device was let in, or this one moved to another log: then there may be another time.
    if (
      notices.some(({ is }) => is === "moved") ||
      notices.some((each) => each.is === "accepted" && each.kind === "member")
    )
      schedule(0);
  });
  schedule(0);
  return () => {
    isStopped = true;
    clearTimeout(timer);
    unsubscribe();
  };
}

/**
 * Locks a vault that nobody used for some minutes, where an organization wants that. What uses it: a command, an act of the app's page. What
 * does not: keeping in step with other devices, and what Windows asks, which has its own gesture.
 */
import type { DeviceHost } from "@latchkey/device-host/device-host";

const MINUTE_MS = 60_000;

export interface AutoLock {
  /** Runs `work` as a use: the time begins anew when it ends. */
  using<T>(work: () => Promise<T>): Promise<T>;
  stop(): void;
}

export function startAutoLock(
  host: Pick<DeviceHost, "onOpen" | "onLock" | "lock">,
  minutes: number,
  reportFault: (fault: unknown) => void,
): AutoLock {
  let timer: NodeJS.Timeout | undefined;
  let running = 0;
  function restart(): void {
    clearTimeout(timer);
    if (running > 0) return;
    timer = setTimeout(() => void host.lock().catch(reportFault), minutes * MINUTE_MS).unref();
  }
  host.onOpen(restart);
  host.onLock(() => clearTimeout(timer));
  return {
    async using(work) {
      running++;
      clearTimeout(timer);
      try {
        return await work();
      } finally {
        running--;
        restart();
      }
    },
    stop: () => clearTimeout(timer),
  };
}

/**
 * Beacons: a sealed sign of life at most once a day, by which the other devices notice what a relay keeps from them. Sent 1 to 30 minutes
 * after the vault opened, never *at* an unlock: a relay is not to learn when the person comes to the machine.
 */
import { encodeUtf8 } from "@latchkey/core/bytes/text";
import { encodeCbor } from "@latchkey/core/cbor/codec";
import { equalBytes } from "@latchkey/core/bytes/equal";
import type { DeviceHost } from "./device-host.ts";
import { startTimer, type Timer } from "./timers.ts";

const DAY_KEY = encodeUtf8("beacon-day");
const SHORTEST_DELAY_MS = 60_000;
const LONGEST_DELAY_MS = 1_800_000;
const DAY_MS = 86_400_000;

export function startBeacons(host: DeviceHost, reportFault: (fault: unknown) => void): void {
  let timer: Timer | undefined;

  function schedule(delay: number): void {
    clearTimeout(timer);
    timer = startTimer(() => void send().catch(reportFault), delay);
  }

  async function send(): Promise<void> {
    if (!host.isOpen) return;
    const device = await host.device();
    const today = encodeCbor(device.today());
    const last = await host.deps.store.get("meta", DAY_KEY);
    if (last?.value == null || !equalBytes(last.value, today)) {
      await device.writeBeacon();
      // With it goes what was done here: a relay learns no time from it that it does not know from the beacon.
      await host.notebook.flush().catch(reportFault);
      const { sendAudit, trimAudit } = await import("@latchkey/core/device/send-audit");
      await trimAudit(device);
      await sendAudit(device);
      await device.commit([{ table: "meta", key: DAY_KEY, value: today }]);
    }
    schedule(DAY_MS + randomDelay());
  }

  host.onOpen(() => schedule(randomDelay()));
  host.onLock(() => clearTimeout(timer));
}

const randomDelay = (): number => SHORTEST_DELAY_MS + Math.random() * (LONGEST_DELAY_MS - SHORTEST_DELAY_MS);

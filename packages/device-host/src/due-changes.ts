/**
 * Changes of keys that nobody asks for at the moment (`core/device/due-change.ts`), carried out in the background after a user verification: an
 * answer that was verified for does not wait for them. The signing tier is copied only when something is due, and wiped when it is done, when it
 * cannot be done now, and when the vault locks (decision 012).
 */
import type { Device } from "@latchkey/core/device/device";
import { copySigningTier, type SigningTier, wipeTier } from "@latchkey/core/device/tiers";
import { isVaultError } from "@latchkey/core/errors";
import type { DeviceHost } from "./device-host.ts";
import type { RelayService } from "./relay-service.ts";
import { pause, startInterval } from "./timers.ts";

/** What was verified for is answered by then. */
const GRACE_MS = 1_000;
/** A year ends without a notice. */
const JUDGE_EVERY_MS = 60 * 60 * 1000;

/** Returns the way to stop. */
export function startDueChanges(
  host: DeviceHost,
  device: Device,
  relays: RelayService,
  reportFault: (fault: unknown) => void,
): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  let isDue = false;
  let isRunning = false;

  async function judge(): Promise<void> {
    const { judgeDueChange } = await import("@latchkey/core/device/due-change");
    if (!signal.aborted) isDue = (await judgeDueChange(device)) !== null;
  }

  const judgeSoon = (): void => void judge().catch(report);

  /** Without contact it stays due. */
  function report(error: unknown): void {
    if (!signal.aborted && !isVaultError(error, "LK-EPOCH-CONTACT")) reportFault(error);
  }

  async function carry(signing: SigningTier): Promise<void> {
    try {
      await pause(GRACE_MS, signal);
      if (signal.aborted) return;
      const [{ carryOut }, { judgeDueChange }] = await Promise.all([
        import("./change-keys.ts"),
        import("@latchkey/core/device/due-change"),
      ]);
      await carryOut({ device, relays, signing, signal }, () => judgeDueChange(device));
    } finally {
      wipeTier(signing);
      isRunning = false;
      judgeSoon();
    }
  }

  const stopSigning = host.onSigning(async (signing) => {
    if (!isDue || isRunning) return judgeSoon();
    isRunning = true;
    void carry(copySigningTier(signing)).catch(report);
    return undefined;
  });
  const unsubscribe = device.subscribe((notices) => {
    if (notices.some(({ is }) => is === "moved" || is === "intents-changed" || is === "epoch-seen"))
      judgeSoon();
  });
  const timer = startInterval(judgeSoon, JUDGE_EVERY_MS);
  judgeSoon();
  return () => {
    ended.abort();
    clearInterval(timer);
    stopSigning();
    unsubscribe();
  };
}

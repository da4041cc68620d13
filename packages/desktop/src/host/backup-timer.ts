/** Backups that the host of an open vault makes by itself: when the last one is older than the person wants, and something has changed since. */
import type { Device } from "@latchkey/core/device/device";
import { isVaultError, type VaultError } from "@latchkey/core/errors";
import type { DeviceHost } from "@latchkey/device-host/device-host";
import { startInterval } from "@latchkey/device-host/timers";

const LOOK_EVERY_MS = 10 * 60 * 1000;
const HOUR_MS = 3_600_000;

/** `reportProblem`: why the latest one failed, or `null` after one that did not. */
export function startBackups(
  host: DeviceHost,
  reportFault: (fault: unknown) => void,
  reportProblem: (problem: VaultError | null) => void = () => {},
  everyMs: number = LOOK_EVERY_MS,
): () => void {
  let running: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    if (!host.isOpen) return;
    const device = await host.device();
    const { readBackupSettings } = await import("@latchkey/core/recovery/backup-settings");
    const settings = await readBackupSettings(device);
    if (settings === null || settings.hours === 0 || !isDue(device, settings)) return;
    try {
      const { runBackup } = await import("./backup-methods.ts");
      await runBackup(device, settings);
      reportProblem(null);
    } catch (error) {
      if (!isVaultError(error)) throw error;
      // A folder on a stick that is not in: tried again at the next look.
      reportProblem(error);
    }
  }

  const lookSoon = (): void => {
    running = running.then(look).catch((error: unknown) => {
      // What the end of the vault broke off is begun again with the next start.
      if (host.isOpen && !isVaultError(error)) reportFault(error);
    });
  };
  host.onOpen(lookSoon);
  const timer = startInterval(lookSoon, everyMs);
  const stopSigning = host.onSigning(async (signing) => {
    if (!host.isOpen) return;
    const { renewBackupSeals } = await import("@latchkey/core/recovery/backup-settings");
    await renewBackupSeals(await host.device(), signing);
  });
  return () => {
    clearInterval(timer);
    stopSigning();
  };
}

const isDue = (
  { deps }: Device,
  { latest, hours }: { readonly latest: { readonly madeAt: number } | null; readonly hours: number },
): boolean => latest === null || deps.clock.now() - latest.madeAt >= hours * HOUR_MS;

/**
 * Follows an open vault and keeps Windows' list equal to it: after unlocking, after every change here, and after what arrived from other
 * devices. Bursts are gathered; two processes of one person take turns.
 */
import type { Device } from "@latchkey/core/device/device";
import type { DeviceHost } from "@latchkey/device-host/device-host";
import type { ProcessMutex } from "../native/kernel32.ts";
import type { ReportFault } from "../native/slots.ts";
import type { WebAuthnPlugin } from "../native/webauthn-plugin.ts";
import { type ListedPasskey, syncCredentialCache } from "./credential-cache.ts";

/** Milliseconds from a change to the call: one merge brings many changes. */
const GATHER_MS = 100;
/** Milliseconds from the opening of the vault, or from the first answer, to the first look. */
const QUIET_MS = 250;
/** Milliseconds until the next try, when another process is at it. */
const RETRY_MS = 500;

export interface CacheServiceDeps {
  readonly host: DeviceHost;
  readonly plugin: Pick<WebAuthnPlugin, "listCredentials" | "addCredentials" | "removeCredentials">;
  readonly clsid: Uint8Array;
  readonly mutex: ProcessMutex;
  /** Whether a ceremony is under way: the list and the document it is made from can wait, the person at the site cannot. */
  readonly isBusy: () => boolean;
  /** Milliseconds instead, for a process that was started for a ceremony: that one is still on its way here. */
  readonly quietMs?: number | undefined;
  readonly reportFault: ReportFault;
}

export interface CacheService {
  /** A ceremony was answered: what the list waited for is over. */
  hasten(): void;
  /** Windows may have another list than it had: it is compared again. */
  refresh(): void;
}

/** Ends with the vault's lock, and begins again when it opens. */
export function startCacheService(deps: CacheServiceDeps): CacheService {
  const { host, plugin, clsid, mutex, isBusy, quietMs = QUIET_MS, reportFault } = deps;
  let hasBegun = false;
  let unsubscribe: (() => void) | null = null;
  let timer: NodeJS.Timeout | undefined;

  function schedule(device: Device, ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => sync(device), ms);
  }

  function sync(device: Device): void {
    if (!mutex.tryAcquire()) return schedule(device, RETRY_MS);
    try {
      syncCredentialCache(plugin, clsid, listPasskeys(device));
    } catch (fault) {
      reportFault(fault);
    } finally {
      mutex.release();
    }
  }

  /** Opens the document, which a sign-in does without, when no ceremony waits for this thread. */
  function begin(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (isBusy()) return begin(QUIET_MS);
      hasBegun = true;
      host.device().then((device) => {
        unsubscribe?.();
        unsubscribe = device.subscribe(() => schedule(device, GATHER_MS));
        sync(device);
      }, reportFault);
    }, ms);
  }

  host.onOpen(() => begin(quietMs));
  host.onLock(() => {
    clearTimeout(timer);
    hasBegun = false;
    unsubscribe?.();
    unsubscribe = null;
  });
  return {
    hasten() {
      if (host.isOpen && !hasBegun) begin(QUIET_MS);
    },
    refresh() {
      if (host.isOpen && hasBegun) begin(QUIET_MS);
    },
  };
}

/** Live passkeys that are found without their id: those that a picker can offer. */
export function listPasskeys(device: Device): readonly ListedPasskey[] {
  return device.state.document.list().flatMap((passkey) => {
    if (passkey.state !== "live" || passkey.record === null || !passkey.record.discoverable) return [];
    const { credentialId, rpId, userHandle } = passkey.record;
    const { title, userName, userDisplayName } = passkey;
    return [{ credentialId, rpId, rpName: title, userHandle, userName, userDisplayName }];
  });
}

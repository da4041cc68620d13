/**
 * The device at work in the page: the host of every device (`device-host`) over this browser's copy, with what a browser lends. It is loaded
 * after the shell, for it brings Automerge and libsodium.
 */
import { createPortableCredentialCrypto } from "@latchkey/core/crypto/credential-key";
import { startBeacons } from "@latchkey/device-host/beacons";
import type { Channel } from "@latchkey/device-host/channel";
import { DeviceHost } from "@latchkey/device-host/device-host";
import type { HostServices } from "@latchkey/device-host/method";
import { startRelayService } from "@latchkey/device-host/relay-service";
import { type AskForKey, askForPassphrase } from "@latchkey/device-host/unlock";
import { createVaultFeed } from "@latchkey/device-host/vault-feed";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import type { VaultMessage } from "@latchkey/web-ui/link/app-message";
import { askUnlockCredential } from "../unlock/platform-authenticator.ts";
import { createPrfProtector } from "../unlock/prf-protector.ts";
import type { UnlockWay } from "../unlock/unlock-way.ts";
import { browserClock, browserRandom } from "./browser-ports.ts";

export interface PhoneHostEvents {
  /** The vault was opened or locked. */
  readonly phase: (isOpen: boolean) => void;
  readonly vault: (message: VaultMessage) => void;
  readonly fault: (fault: unknown) => void;
}

export interface PhoneHost {
  readonly services: HostServices;
  /** Looks for the others at once: the page came back, or the network did. */
  wake(): void;
  close(): Promise<void>;
}

export const browserDeps = {
  random: browserRandom,
  clock: browserClock,
  crypto: createPortableCredentialCrypto(browserRandom),
};

export function startPhoneHost(store: DeviceStore, way: UnlockWay, events: PhoneHostEvents): PhoneHost {
  const host = new DeviceHost("this browser", { store, ...browserDeps });
  const relays = startRelayService(host, events.fault);
  startBeacons(host, events.fault);
  const services: HostServices = {
    host,
    isServed: true,
    relays,
    reportFault: events.fault,
    verify: (channel) => verifyBy(way, channel),
  };
  let feed = createVaultFeed();
  let isStale = false;
  let isShowing = false;

  /** One view for a burst of changes. */
  async function show(): Promise<void> {
    isStale = true;
    if (isShowing) return;
    isShowing = true;
    try {
      while (isStale && host.isOpen) {
        isStale = false;
        const message = await feed(services);
        // Locked in between: nothing of it may be shown any more.
        if (host.isOpen) events.vault(message);
      }
    } catch (error) {
      if (host.isOpen) events.fault(error);
    } finally {
      isShowing = false;
    }
  }

  relays.subscribe(() => void show());
  host.onOpen(() => {
    feed = createVaultFeed();
    events.phase(true);
    void show();
    void host
      .device()
      .then((device) => device.subscribe(() => void show()))
      .catch(events.fault);
  });
  host.onLock(() => events.phase(false));

  return {
    services,
    wake() {
      if (host.isOpen && !relays.isPaused) relays.syncNow();
    },
    async close() {
      relays.stop();
      await host.close();
    },
  };
}

/** The person is asked first either way: a phone's prompt wants a press of a button before it, and nobody should be surprised by it. */
function verifyBy(way: UnlockWay, channel: Channel): AskForKey {
  const ask = (purpose: string): Promise<string> => channel.ask({ kind: "passphrase", purpose });
  if (way.by === "passphrase") return askForPassphrase(ask, browserRandom);
  return async (purpose) => {
    await ask(purpose);
    return createPrfProtector(() => askUnlockCredential(way.credentialId), browserRandom);
  };
}

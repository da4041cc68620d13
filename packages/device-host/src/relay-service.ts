/**
 * Connections of an open vault to all its relays: begun when the vault opens, ended when it locks, adjusted when the list of relays in the
 * vault changes. Entries go to every relay and come from every relay; the device drops what it has already.
 */
import type { Device } from "@latchkey/core/device/device";
import { noteArrivals } from "@latchkey/core/device/last-heard";
import { formatRelayAddress, type RelayAddress } from "@latchkey/core/relay-protocol";
import { createRelayClient, type RelayClient, type RelayStatus } from "./relay-client/relay-client.ts";
import { startDueChanges } from "./due-changes.ts";
import { type EpochService, startEpochService } from "./epoch-service.ts";
import type { DeviceHost } from "./device-host.ts";
import { type LocatorService, startLocatorService } from "./locator-service.ts";
import { startWithheldTimer } from "./withheld-timer.ts";

export interface RelayService {
  statuses(): readonly RelayStatus[];
  /** Resolves `true` when some relay holds everything that this device has, `false` when `signal` is aborted before. */
  whenSettled(signal: AbortSignal): Promise<boolean>;
  /** Follows changes of keys, while the vault is open. */
  epochs(): EpochService | null;
  /** Keeps the way to the vault for its recovery pages, while the vault is open. */
  locators(): LocatorService | null;
  /** Called after every change of a status. */
  subscribe(listener: () => void): void;
  /** Relays of the vault on this network, beside those in the vault. */
  readonly nearby: readonly RelayAddress[];
  setNearby(relays: readonly RelayAddress[]): void;
  /** Whether the person has paused it. */
  readonly isPaused: boolean;
  /** Ends all connections, and makes none until `syncNow` or the host's end. */
  pause(): void;
  /** Tries every relay at once, also after a pause. */
  syncNow(): void;
  stop(): void;
}

/** `forced`: the one relay that an organization allows here; then neither those of the vault nor those nearby are used. */
export function startRelayService(
  host: DeviceHost,
  reportFault: (fault: unknown) => void,
  forced: RelayAddress | null = null,
): RelayService {
  const clients = new Map<string, RelayClient>();
  const waiting = new Set<() => void>();
  const listeners = new Set<() => void>();
  let unsubscribe: (() => void) | null = null;
  let stopped = false;
  let paused = false;
  let nearby: readonly RelayAddress[] = [];
  let adjustNow = (): void => {};
  let epochs: EpochService | null = null;
  let locators: LocatorService | null = null;

  const statuses = (): RelayStatus[] => [...clients.values()].map((client) => client.status());

  function onChange(): void {
    for (const listener of listeners) listener();
    if (!statuses().some(({ state }) => state === "settled")) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  // Of two addresses of one relay the vault's own counts: it comes last.
  const relaysOf = (device: Device): readonly RelayAddress[] =>
    forced === null ? [...nearby, ...device.relays()] : [forced];

  /** One client for each relay; a changed token is a changed relay. */
  function adjust(device: Device): void {
    const relays = paused ? [] : relaysOf(device);
    const byOrigin = new Map(relays.map((relay) => [relay.origin, relay]));
    const wanted = new Map([...byOrigin.values()].map((relay) => [keyOf(relay), relay]));
    for (const [key, client] of clients) {
      if (wanted.has(key)) continue;
      client.stop();
      clients.delete(key);
    }
    for (const [key, relay] of wanted) {
      if (!clients.has(key)) clients.set(key, createRelayClient(device, relay, onChange));
    }
  }

  async function begin(): Promise<void> {
    const device = await host.device();
    if (stopped || !host.isOpen) return;
    const stopNoting = noteArrivals(device, reportFault);
    const service = startEpochService(device, reportFault, reportFault, () => relaysOf(device));
    epochs = service;
    locators = startLocatorService(device, reportFault, () => (paused ? [] : relaysOf(device)));
    const stopRetiring = host.onSigning((signing) => service.retire(signing));
    const stopTimer = startWithheldTimer(device, reportFault);
    const stopChanging = startDueChanges(host, device, self, reportFault);
    const stopAdjusting = device.subscribe(() => adjust(device));
    unsubscribe = () => {
      stopNoting();
      stopRetiring();
      stopTimer();
      stopChanging();
      stopAdjusting();
    };
    adjustNow = () => adjust(device);
    adjustNow();
  }

  function end(): void {
    unsubscribe?.();
    unsubscribe = null;
    epochs?.stop();
    epochs = null;
    locators?.stop();
    locators = null;
    adjustNow = () => {};
    for (const client of clients.values()) client.stop();
    clients.clear();
  }

  const self: RelayService = {
    statuses,
    epochs: () => epochs,
    locators: () => locators,
    whenSettled(signal) {
      return new Promise((resolve) => {
        if (signal.aborted) return resolve(false);
        waiting.add(() => resolve(true));
        signal.addEventListener("abort", () => resolve(false), { once: true });
        onChange();
      });
    },
    subscribe: (listener) => void listeners.add(listener),
    get nearby() {
      return nearby;
    },
    setNearby(relays) {
      nearby = relays;
      adjustNow();
    },
    get isPaused() {
      return paused;
    },
    pause() {
      paused = true;
      adjustNow();
      onChange();
    },
    syncNow() {
      paused = false;
      adjustNow();
      for (const client of clients.values()) client.connectNow();
    },
    stop() {
      stopped = true;
      end();
    },
  };
  host.onOpen(() => void begin().catch(reportFault));
  host.onLock(end);
  return self;
}

const keyOf = (relay: RelayAddress): string => formatRelayAddress(relay);

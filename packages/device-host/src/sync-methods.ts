/** What a host does about relays and devices as such: `latchkey sync …`, `relay remove`, `relay status`, `device rename`. */
import { encodeHex } from "@latchkey/core/bytes/text";
import type { Device } from "@latchkey/core/device/device";
import { VaultError } from "@latchkey/core/errors";
import { checkUnmanaged } from "@latchkey/core/policy/policy";
import type { JsonObject } from "./json.ts";
import { type Method, openDevice } from "./method.ts";
import type { RelayService } from "./relay-service.ts";
import { pause } from "./timers.ts";

/** How long `sync now` and `relay status` wait for relays to answer. */
const ANSWER_MS = 30_000;
const POLL_MS = 50;

const isDone = ({ state }: { readonly state: string }): boolean => state === "settled" || state === "offline";

/** Waits until every relay is up to date or has failed, at most so long. */
async function whenAnswered(device: Device, relays: RelayService, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  while (!limit.aborted) {
    const statuses = relays.statuses();
    if (relays.isPaused || (statuses.length >= device.relays().length && statuses.every(isDone))) return;
    await pause(POLL_MS);
  }
}

/** Loaded when somebody asks: a sign-in needs none of it. */
async function describeAll(device: Device, relays: RelayService | null): Promise<JsonObject> {
  const { describeRelays, describeSync } = await import("./describe-sync.ts");
  return { ...(await describeSync(device)), ...describeRelays(device, relays) };
}

export const SYNC_METHODS = {
  /** Throws `LK-SYNC-NO-RELAY`, or `LK-RELAY-UNREACHABLE` when no relay could be brought up to date. */
  async "sync.now"(services, _, channel) {
    const device = await openDevice(services, channel, "sync");
    const { relays } = services;
    if (device.relays().length + (relays?.nearby.length ?? 0) === 0)
      throw new VaultError("LK-SYNC-NO-RELAY", "vault has no relay");
    if (relays === null) throw new VaultError("LK-CLI-HOST", "command did not ask for relays");
    relays.syncNow();
    await whenAnswered(device, relays, channel.signal);
    const statuses = relays.statuses();
    if (!statuses.some(({ state }) => state === "settled")) {
      throw new VaultError("LK-RELAY-UNREACHABLE", `none of ${statuses.length} relays was reached in time`);
    }
    return describeAll(device, relays);
  },

  async "sync.pause"({ relays }) {
    relays?.pause();
    return { paused: true };
  },

  async "sync.status"(services, _, channel) {
    const device = await openDevice(services, channel, "show how the copies stand");
    return describeAll(device, services.relays);
  },

  async "relay.status"(services, _, channel) {
    const device = await openDevice(services, channel, "show the vault's relays");
    const { relays } = services;
    if (relays !== null) await whenAnswered(device, relays, channel.signal);
    const { describeRelays } = await import("./describe-sync.ts");
    return describeRelays(device, relays);
  },

  async "relay.remove"(services, params, channel) {
    checkUnmanaged(services.policy, "ForceRelay");
    const device = await openDevice(services, channel, "remove a relay");
    const { clearRelay } = await import("@latchkey/core/device/relay-settings");
    const origin = params.text("origin");
    if (!device.relays().some((relay) => relay.origin === origin))
      throw new VaultError("LK-VAULT-NOT-FOUND", `vault has no relay ${origin}`);
    const changed = await device.act(() => [clearRelay(origin)]);
    return { origin, changed, relays: device.relays().map((relay) => relay.origin) };
  },

  async "device.rename"(services, params, channel) {
    const device = await openDevice(services, channel, "rename a device");
    const { findDevice, readDeviceName, renameDevice } = await import("@latchkey/core/device/device-names");
    const member = findDevice(device, params.text("device"));
    const changed = await renameDevice(device, member, params.text("name"));
    const name = readDeviceName(device.state.document, member.member);
    return { id: encodeHex(member.deviceTag).slice(0, 8), name, changed };
  },
} satisfies Record<string, Method>;

/** How copies, devices and relays stand (`core/device/describe-sync.ts`) as what `--json` prints. */
import type { Device } from "@latchkey/core/device/device";
import { createSyncView, type SyncView } from "@latchkey/core/device/describe-sync";
import type { Passkey } from "@latchkey/core/vault/credentials";
import type { RelayStatus } from "./relay-client/relay-client.ts";
import type { JsonObject } from "./json.ts";
import type { RelayService } from "./relay-service.ts";

/** What was read of the log stays read while the device is open. */
const views = new WeakMap<Device, SyncView>();

export function syncViewOf(device: Device): SyncView {
  const view = views.get(device) ?? createSyncView(device);
  views.set(device, view);
  return view;
}

const DAY_MS = 86_400_000;
const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
const timeText = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export async function describeSync(device: Device): Promise<JsonObject> {
  const { fingerprint, devices, copies, purges } = await syncViewOf(device).describe();
  return {
    fingerprint: fingerprint.join(" "),
    deviceStates: devices.map(({ lastHeardAt, addedDay, ...state }) => ({
      ...state,
      addedOn: dayText(addedDay),
      lastHeardAt: timeText(lastHeardAt),
    })),
    copies: { ...copies },
    purges: purges.map((purge) => ({ ...purge })),
  };
}

/** Of one passkey: on how many devices, and their names. */
export async function describeCopies(device: Device, passkey: Passkey): Promise<JsonObject> {
  const [copies] = await syncViewOf(device).copiesOf([passkey.id]);
  return { have: copies?.have ?? 1, of: copies?.of ?? 1, devices: copies?.devices ?? [] };
}

/** Every relay of the vault, also one that nothing here is connected to, and those on this network. */
export function describeRelays(device: Device, service: RelayService | null): JsonObject {
  const statuses = new Map((service?.statuses() ?? []).map((status) => [status.origin, status]));
  return {
    paused: service?.isPaused ?? false,
    relays: [
      ...new Set(
        [...device.relays(), ...(service?.nearby ?? []), ...statuses.values()].map(({ origin }) => origin),
      ),
    ].map((origin) => {
      const status = statuses.get(origin);
      const isNearby = service?.nearby.some((relay) => relay.origin === origin) ?? false;
      return {
        ...(status === undefined ? describeIdle(origin) : describeStatus(status)),
        nearby: isNearby,
      };
    }),
  };
}

const describeIdle = (origin: string): JsonObject => ({
  origin,
  state: "idle",
  problem: null,
  healed: 0,
  settledAt: null,
  expiresOn: null,
});

const describeStatus = ({ settledAt, expiresDay, ...status }: RelayStatus): JsonObject => ({
  ...status,
  settledAt: timeText(settledAt),
  expiresOn: expiresDay === null ? null : dayText(expiresDay),
});

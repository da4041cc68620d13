/** The words for how copies, devices and relays stand (experience.md § 7, U6): state, whom it waits for, since when. */
import type { JsonObject } from "../terminal/json.ts";
import { countOf, type Fact, renderFacts } from "./facts.ts";

/** As the host describes it (`host/describe-sync.ts`). */
export interface SyncData {
  readonly fingerprint?: string;
  readonly deviceStates: readonly DeviceStateData[];
  readonly copies: { readonly full: number; readonly some: number; readonly onlyHere: number };
  readonly purges: readonly PurgeData[];
  readonly paused: boolean;
  readonly relays: readonly RelayData[];
}

interface DeviceStateData {
  readonly name: string;
  readonly thisDevice: boolean;
  readonly lastHeardAt: string | null;
  readonly waitingForIt: number;
  readonly missingHere: number;
  readonly livesTwice: boolean;
  readonly leftBehind: number;
  readonly moved: boolean;
  readonly opened: boolean;
}

interface PurgeData {
  readonly passkeys: number;
  readonly waitingFor: readonly string[];
}

export interface RelayData {
  readonly origin: string;
  readonly state: "idle" | "connecting" | "joined" | "settled" | "offline";
  readonly problem: string | null;
  readonly healed: number;
  readonly settledAt: string | null;
  readonly expiresOn: string | null;
}

export const readSync = (data: JsonObject): SyncData => data as unknown as SyncData;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `3 days ago`, by this device's clock. */
export function describeAge(at: string, now: number): string {
  const age = Math.max(0, now - Date.parse(at));
  if (age < 2 * MINUTE_MS) return "just now";
  if (age < HOUR_MS) return `${countOf(Math.floor(age / MINUTE_MS), "minute")} ago`;
  if (age < DAY_MS) return `${countOf(Math.floor(age / HOUR_MS), "hour")} ago`;
  return `${countOf(Math.floor(age / DAY_MS), "day")} ago`;
}

export function describeRelay({ state, problem, healed }: RelayData, paused: boolean): string {
  if (paused) return "paused; latchkey sync now goes on";
  if (state === "idle") return "not asked by this command";
  if (state === "offline") return `not reachable (${problem ?? "no answer"}); your passkeys still work`;
  if (state === "connecting") return "connecting";
  if (healed > 0 && state === "joined") return "it lost data; this device is putting it back";
  return state === "settled" ? "up to date" : "sending and fetching";
}

export function describeDevice(device: DeviceStateData, now: number): string {
  const heard =
    device.lastHeardAt === null ? "not heard from yet" : `heard ${describeAge(device.lastHeardAt, now)}`;
  const parts = [
    device.livesTwice ? "a copy of it exists" : null,
    device.missingHere > 0 ? `${countOf(device.missingHere, "change")} of it not here yet` : null,
    device.waitingForIt > 0
      ? `waiting for it to take ${countOf(device.waitingForIt, "change")}`
      : "has everything that is here",
    describeKeys(device),
    device.leftBehind > 0 ? `${countOf(device.leftBehind, "change")} of it wait for it to come back` : null,
    heard,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

/** How far it came with the vault's present keys; nothing where there is nothing to say. */
function describeKeys({ moved, opened }: DeviceStateData): string | null {
  if (!moved) return "still under the vault's earlier keys";
  return opened ? null : "has not opened the passkeys under the new keys yet";
}

/** The other devices, the copies and the relays, a fact each. */
export function listSyncFacts(sync: SyncData, now: number): Fact[] {
  const { full, some, onlyHere } = sync.copies;
  const others = sync.deviceStates.filter(({ thisDevice }) => !thisDevice);
  const total = full + some + onlyHere;
  const own = sync.deviceStates.find(({ thisDevice }) => thisDevice);
  return [
    [
      "waiting",
      own === undefined || own.leftBehind === 0
        ? null
        : `${countOf(own.leftBehind, "change")} of this device, for you to confirm with your passphrase or for a passkey that is not here`,
    ],
    ...others.map((device): Fact => ["device", `${device.name}: ${describeDevice(device, now)}`]),
    [
      "copies",
      others.length === 0 || total === 0
        ? null
        : `${full} of ${total} passkeys on all ${others.length + 1} devices`,
    ],
    ...sync.purges
      .filter(({ waitingFor }) => waitingFor.length > 0)
      .map(({ passkeys, waitingFor }): Fact => [
        "erased",
        `${countOf(passkeys, "passkey")}, but not yet on ${waitingFor.join(", ")}`,
      ]),
    ...sync.relays.map((relay): Fact => ["relay", `${relay.origin}: ${describeRelay(relay, sync.paused)}`]),
  ];
}

/** In `status` the passkeys are named instead (`health-text.ts`). */
const describeOnlyHere = ({ copies: { onlyHere } }: SyncData): string | null =>
  onlyHere === 0 ? null : `${countOf(onlyHere, "passkey")} known only on this device`;

export const renderSync = (data: JsonObject, now: number): string => {
  const sync = readSync(data);
  const own = sync.deviceStates.find(({ thisDevice }) => thisDevice);
  return renderFacts([
    ["this device", own?.name ?? "not yet known to the others"],
    ["fingerprint", sync.fingerprint ?? null],
    ...listSyncFacts(sync, now),
    ["copies", describeOnlyHere(sync)],
  ]);
};

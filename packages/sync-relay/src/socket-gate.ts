/**
 * How many sockets there may be, in all and from one IP group, joined or not (relay.md § 10). Asked before the upgrade, so that a
 * refusal costs an HTTP answer, and again when the socket opens, because upgrades overtake each other.
 */
import type { Clock } from "@latchkey/core/relay-protocol";
import { groupOf, type IpGroup, WIDE_FACTOR } from "./ip-group.ts";
import type { RelayLimits } from "./limits.ts";
import { createGroupBuckets } from "./rate.ts";

/** One socket's place, given back when it closes. */
export interface Lease {
  readonly group: IpGroup;
  /** No longer half-open. */
  joined(): void;
  leave(): void;
}

export interface SocketGate {
  /** 0, or milliseconds until an upgrade from there may be tried again. */
  check(address: string): number;
  /** A place, or `null` when there is none. */
  enter(address: string): Lease | null;
  sockets(): number;
  halfOpen(): number;
  prune(): void;
}

/** What someone waits who met a full house: sockets close at no known time. */
const FULL_RETRY_MS = 5000;

export function createSocketGate(limits: RelayLimits, clock: Clock): SocketGate {
  const upgrades = createGroupBuckets(limits.upgradeBurst, limits.upgradesPerMinute / 60, clock);
  const open = createCounter(limits.socketsTotal, limits.socketsPerIpGroup);
  const halfOpen = createCounter(limits.halfOpenTotal, limits.halfOpenPerIpGroup);

  return {
    check(address) {
      const group = groupOf(address);
      if (!open.hasRoom(group) || !halfOpen.hasRoom(group)) return FULL_RETRY_MS;
      return upgrades.take(group);
    },
    enter(address) {
      const group = groupOf(address);
      if (!open.hasRoom(group) || !halfOpen.hasRoom(group)) return null;
      open.add(group, 1);
      halfOpen.add(group, 1);
      let stranger = true;
      let here = true;
      const joined = (): void => {
        if (stranger) halfOpen.add(group, -1);
        stranger = false;
      };
      return {
        group,
        joined,
        leave() {
          joined();
          if (here) open.add(group, -1);
          here = false;
        },
      };
    },
    sockets: () => open.total(),
    halfOpen: () => halfOpen.total(),
    prune: () => upgrades.prune(),
  };
}

/** Counts in all, for an address or /64, and for a /48. */
function createCounter(most: number, mostPerGroup: number) {
  const counts = new Map<string, number>();
  let total = 0;

  function addTo(key: string, by: number): void {
    const count = (counts.get(key) ?? 0) + by;
    if (count === 0) counts.delete(key);
    else counts.set(key, count);
  }

  return {
    hasRoom: ({ narrow, wide }: IpGroup): boolean =>
      total < most &&
      (counts.get(narrow) ?? 0) < mostPerGroup &&
      (wide === null || (counts.get(wide) ?? 0) < mostPerGroup * WIDE_FACTOR),
    add({ narrow, wide }: IpGroup, by: number): void {
      total += by;
      addTo(narrow, by);
      if (wide !== null) addTo(wide, by);
    },
    total: () => total,
  };
}

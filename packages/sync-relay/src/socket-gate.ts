/**
 * How many sockets there may be, in all and from one IP group, joined or not (relay.md § 10). Asked before the upgrade, so that a
 * refusal costs an HTTP answer, and again when the socket opens, because upgrades overtake each other.
 */
import type { IpGroup } from "./address.ts";
import type { RelayLimits } from "./limits.ts";

export function createSocketGate(limits: RelayLimits) {
  const open = createCounter(limits.socketsTotal, limits.socketsPerIpGroup);
  const halfOpen = createCounter(limits.halfOpenTotal, limits.halfOpenPerIpGroup);
  const hasRoom = (group: IpGroup): boolean => open.hasRoom(group) && halfOpen.hasRoom(group);

  return {
    hasRoom,
    /** Takes a place, if there is one. */
    enter(group: IpGroup): boolean {
      if (!hasRoom(group)) return false;
      open.add(group, 1);
      halfOpen.add(group, 1);
      return true;
    },
    /** No longer half-open. */
    joined: (group: IpGroup): void => halfOpen.add(group, -1),
    leave(group: IpGroup, isHalfOpen: boolean): void {
      open.add(group, -1);
      if (isHalfOpen) halfOpen.add(group, -1);
    },
    sockets: open.total,
    halfOpen: halfOpen.total,
  };
}

/** Counts in all, for an address or /64, and for a /48. */
function createCounter(most: number, mostPerGroup: number) {
  const counts = new Map<string, number>();
  let total = 0;
  const countOf = (key: string): number => counts.get(key) ?? 0;

  return {
    hasRoom: (group: IpGroup): boolean =>
      total < most && group.every(({ key, factor }) => countOf(key) < mostPerGroup * factor),
    add(group: IpGroup, by: number): void {
      total += by;
      for (const { key } of group) {
        counts.set(key, countOf(key) + by);
        if (countOf(key) === 0) counts.delete(key);
      }
    },
    total: () => total,
  };
}

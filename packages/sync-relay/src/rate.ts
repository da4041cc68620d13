/** Token buckets, and what rooms and IP groups may spend by them (relay.md § 10). */
import type { Clock } from "@latchkey/core/relay-protocol";
import type { IpGroup } from "./address.ts";
import type { RelayLimits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";

export type Budgets = ReturnType<typeof createBudgets>;
export type BudgetKind =
  | ("upgrades" | "rooms" | "egress" | "mailboxes" | "nameplates")
  | ("puts" | "putBytes" | "snapshots");

const SECONDS_PER_DAY = 86_400;
const SECONDS_PER_HOUR = 3600;

/** What blobs cost a budget of bytes. */
export const sizeOf = (blobs: readonly Uint8Array[]): number =>
  blobs.reduce((sum, { length }) => sum + length, 0);

/** A burst, refilled steadily; a /48's is four times as large. Full buckets are forgotten, so memory follows those who were busy lately. */
export function createBuckets(burst: number, perSecond: number, clock: Clock) {
  const buckets = new Map<string, { level: number; at: number; readonly factor: number }>();

  function takeFrom({ key, factor }: IpGroup[number], amount: number, needed: number): number {
    const now = clock.now();
    const bucket = buckets.get(key) ?? { level: burst * factor, at: now, factor };
    // A clock set back gives nothing and takes nothing.
    const refill = (Math.max(0, now - bucket.at) / 1000) * perSecond * factor;
    bucket.level = Math.min(burst * factor, bucket.level + refill);
    bucket.at = now;
    const lacking = needed - bucket.level;
    if (lacking > 0) return perSecond > 0 ? Math.ceil((lacking / (perSecond * factor)) * 1000) : 3_600_000;
    bucket.level -= amount;
    if (bucket.level < burst * factor) buckets.set(key, bucket);
    else buckets.delete(key);
    return 0;
  }

  return {
    /**
     * Takes `amount` if `needed` is there and returns 0, or returns the milliseconds until it would be. What is only known afterwards
     * needs less than it takes. The narrow bucket comes first: who is refused there takes nothing from the neighbours in the wide one.
     */
    take: (group: IpGroup, amount = 1, needed = amount): number =>
      group.reduce((waitMs, share) => waitMs || takeFrom(share, amount, needed), 0),
    /** Forgets what is full again. */
    prune(): void {
      for (const [key, { factor }] of buckets) takeFrom({ key, factor }, 0, 0);
    },
  };
}

export function createBudgets(limits: RelayLimits, clock: Clock, metrics: Metrics) {
  const per = (seconds: number, amount: number) => createBuckets(amount, amount / seconds, clock);
  const buckets: Readonly<Record<BudgetKind, ReturnType<typeof createBuckets>>> = {
    upgrades: createBuckets(limits.upgradeBurst, limits.upgradesPerMinute / 60, clock),
    rooms: per(SECONDS_PER_DAY, limits.roomsCreatedPerIpGroupPerDay),
    egress: per(SECONDS_PER_DAY, limits.egressBytesPerIpGroupPerDay),
    mailboxes: per(SECONDS_PER_HOUR, limits.mailboxesPerIpGroupPerHour),
    nameplates: per(SECONDS_PER_HOUR, limits.nameplateClaimsPerIpGroupPerHour),
    puts: createBuckets(limits.roomPutBurstFrames, limits.roomPutFramesPerSecond, clock),
    putBytes: createBuckets(limits.roomPutBurstBytes, limits.roomPutBytesPerSecond, clock),
    snapshots: createBuckets(limits.roomSnapshotBurstBytes, limits.roomSnapshotBytesPerSecond, clock),
  };

  return {
    /** Takes from a budget and returns 0, or takes nothing and returns milliseconds to wait. Egress goes as long as anything is left. */
    spend(kind: BudgetKind, group: IpGroup, amount = 1): number {
      const waitMs = buckets[kind].take(group, amount, kind === "egress" ? 1 : amount);
      if (waitMs > 0) metrics.add("rate_limited_total", 1, kind);
      return waitMs;
    },
    prune(): void {
      for (const bucket of Object.values(buckets)) bucket.prune();
    },
  };
}

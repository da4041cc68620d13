/**
 * Token buckets by key: a burst, refilled steadily. Full buckets are forgotten, so memory follows those who were busy lately.
 */
import type { Clock } from "@latchkey/core/relay-protocol";
import { type IpGroup, WIDE_FACTOR } from "./ip-group.ts";

export interface RateBuckets {
  /** Takes `amount` (1) and returns 0, or takes nothing and returns the milliseconds until it would be there. */
  take(key: string, amount?: number): number;
  /** Takes as long as anything is left, whatever the amount: for what is only known afterwards. Same answer. */
  drain(key: string, amount: number): number;
  /** Forgets what is full again. */
  prune(): void;
}

/** The same for IP groups: a /64 takes from its own bucket and from that of its /48, which is four times as large. */
export interface GroupBuckets {
  take(group: IpGroup): number;
  drain(group: IpGroup, amount: number): number;
  prune(): void;
}

export function createGroupBuckets(burst: number, perSecond: number, clock: Clock): GroupBuckets {
  const narrow = createRateBuckets(burst, perSecond, clock);
  const wide = createRateBuckets(burst * WIDE_FACTOR, perSecond * WIDE_FACTOR, clock);
  return {
    // The narrow one first: who is refused there takes nothing from the neighbours in the wide one.
    take: (group) => narrow.take(group.narrow) || (group.wide === null ? 0 : wide.take(group.wide)),
    drain: (group, amount) =>
      narrow.drain(group.narrow, amount) || (group.wide === null ? 0 : wide.drain(group.wide, amount)),
    prune() {
      narrow.prune();
      wide.prune();
    },
  };
}

interface Bucket {
  level: number;
  at: number;
}

export function createRateBuckets(burst: number, perSecond: number, clock: Clock): RateBuckets {
  const buckets = new Map<string, Bucket>();

  function refill(bucket: Bucket): void {
    const now = clock.now();
    // A clock set back gives nothing and takes nothing.
    bucket.level = Math.min(burst, bucket.level + (Math.max(0, now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
  }

  function takeIf(key: string, amount: number, needed: number): number {
    const bucket = buckets.get(key) ?? { level: burst, at: clock.now() };
    refill(bucket);
    if (bucket.level < needed)
      return perSecond > 0 ? Math.ceil(((needed - bucket.level) / perSecond) * 1000) : 3_600_000;
    bucket.level -= amount;
    buckets.set(key, bucket);
    return 0;
  }

  return {
    take: (key, amount = 1) => takeIf(key, amount, amount),
    drain: (key, amount) => takeIf(key, amount, Math.min(1, burst)),
    prune() {
      for (const [key, bucket] of buckets) {
        refill(bucket);
        if (bucket.level >= burst) buckets.delete(key);
      }
    },
  };
}

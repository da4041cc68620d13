/** Token buckets by key, and what rooms and IP groups may spend by them (relay.md § 10). */
import type { Clock } from "@latchkey/core/relay-protocol";
import { type IpGroup, WIDE_FACTOR } from "./address.ts";
import type { RelayLimits } from "./limits.ts";
import type { LabelValue, Metrics } from "./metrics.ts";

export type Budgets = ReturnType<typeof createBudgets>;

const SECONDS_PER_DAY = 86_400;
const SECONDS_PER_HOUR = 3600;

/** A burst, refilled steadily. Full buckets are forgotten, so memory follows those who were busy lately. */
export function createRateBuckets(burst: number, perSecond: number, clock: Clock) {
  const buckets = new Map<string, { level: number; at: number; readonly factor: number }>();

  function takeIf(key: string, amount: number, needed: number, factor: number): number {
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
    /** Takes `amount` and returns 0, or takes nothing and returns the milliseconds until it would be there. */
    take: (key: string, amount = 1, factor = 1): number => takeIf(key, amount, amount, factor),
    /** Takes as long as anything is left, whatever the amount: for what is only known afterwards. Same answer. */
    drain: (key: string, amount: number, factor = 1): number =>
      takeIf(key, amount, Math.min(1, burst), factor),
    /** Forgets what is full again. */
    prune: (): void => {
      for (const [key, { factor }] of buckets) takeIf(key, 0, 0, factor);
    },
  };
}

/** The same for IP groups: a /64 takes from its own bucket and from that of its /48, which is four times as large. */
export function createGroupBuckets(burst: number, perSecond: number, clock: Clock) {
  const { drain, prune, take } = createRateBuckets(burst, perSecond, clock);
  return {
    // The narrow one first: who is refused there takes nothing from the neighbours in the wide one.
    take: ({ narrow, wide }: IpGroup): number =>
      take(narrow) || (wide === null ? 0 : take(wide, 1, WIDE_FACTOR)),
    drain: ({ narrow, wide }: IpGroup, amount: number): number =>
      drain(narrow, amount) || (wide === null ? 0 : drain(wide, amount, WIDE_FACTOR)),
    prune,
  };
}

/** Each budget takes and returns 0, or takes nothing and returns milliseconds to wait. */
export function createBudgets(limits: RelayLimits, clock: Clock, metrics: Metrics) {
  const perGroup = (amount: number, seconds: number) => createGroupBuckets(amount, amount / seconds, clock);
  const upgrades = createGroupBuckets(limits.upgradeBurst, limits.upgradesPerMinute / 60, clock);
  const rooms = perGroup(limits.roomsCreatedPerIpGroupPerDay, SECONDS_PER_DAY);
  const egress = perGroup(limits.egressBytesPerIpGroupPerDay, SECONDS_PER_DAY);
  const mailboxes = perGroup(limits.mailboxesPerIpGroupPerHour, SECONDS_PER_HOUR);
  const nameplates = perGroup(limits.nameplateClaimsPerIpGroupPerHour, SECONDS_PER_HOUR);
  const puts = createRateBuckets(limits.roomPutBurstFrames, limits.roomPutFramesPerSecond, clock);
  const putBytes = createRateBuckets(limits.roomPutBurstBytes, limits.roomPutBytesPerSecond, clock);
  const snapshots = createRateBuckets(
    limits.roomSnapshotBurstBytes,
    limits.roomSnapshotBytesPerSecond,
    clock,
  );
  const all = { upgrades, rooms, egress, mailboxes, nameplates, puts, putBytes, snapshots };

  function counted(kind: LabelValue, waitMs: number): number {
    if (waitMs > 0) metrics.add("rate_limited_total", 1, kind);
    return waitMs;
  }

  return {
    upgrade: (group: IpGroup) => upgrades.take(group),
    room: (group: IpGroup) => counted("rooms", rooms.take(group)),
    /** Whatever the amount, as long as anything is left. */
    egress: (group: IpGroup, bytes: number) => counted("egress", egress.drain(group, bytes)),
    mailbox: (group: IpGroup) => counted("mailboxes", mailboxes.take(group)),
    nameplate: (group: IpGroup) => counted("nameplates", nameplates.take(group)),
    put: (room: string, bytes: number) => counted("put", puts.take(room) || putBytes.take(room, bytes)),
    snapshot: (room: string, bytes: number) => counted("snapshot", snapshots.take(room, bytes)),
    prune() {
      for (const buckets of Object.values(all)) buckets.prune();
    },
  };
}

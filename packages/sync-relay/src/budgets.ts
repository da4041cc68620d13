/**
 * What a room and an IP group may spend (relay.md § 10). Each `spend…` takes and returns 0, or takes nothing and returns milliseconds to
 * wait.
 */
import type { Clock } from "@latchkey/core/relay-protocol";
import type { IpGroup } from "./ip-group.ts";
import type { RelayLimits } from "./limits.ts";
import type { LabelValue, Metrics } from "./metrics.ts";
import { createGroupBuckets, createRateBuckets } from "./rate.ts";

export interface Budgets {
  spendPut(roomKey: string, bytes: number): number;
  spendSnapshot(roomKey: string, bytes: number): number;
  /** Whatever the amount, as long as anything is left. */
  spendEgress(group: IpGroup, bytes: number): number;
  spendRoom(group: IpGroup): number;
  prune(): void;
}

const SECONDS_PER_DAY = 86_400;

export function createBudgets(limits: RelayLimits, clock: Clock, metrics: Metrics): Budgets {
  const perDay = (amount: number) => createGroupBuckets(amount, amount / SECONDS_PER_DAY, clock);
  const rooms = perDay(limits.roomsCreatedPerIpGroupPerDay);
  const egress = perDay(limits.egressBytesPerIpGroupPerDay);
  const putFrames = createRateBuckets(limits.roomPutBurstFrames, limits.roomPutFramesPerSecond, clock);
  const putBytes = createRateBuckets(limits.roomPutBurstBytes, limits.roomPutBytesPerSecond, clock);
  const snapshots = createRateBuckets(
    limits.roomSnapshotBurstBytes,
    limits.roomSnapshotBytesPerSecond,
    clock,
  );

  function counted(waitMs: number, kind: LabelValue): number {
    if (waitMs > 0) metrics.add("rate_limited_total", 1, kind);
    return waitMs;
  }

  return {
    spendPut: (roomKey, bytes) => counted(putFrames.take(roomKey) || putBytes.take(roomKey, bytes), "put"),
    spendSnapshot: (roomKey, bytes) => counted(snapshots.take(roomKey, bytes), "snapshot"),
    spendEgress: (group, bytes) => counted(egress.drain(group, bytes), "egress"),
    spendRoom: (group) => counted(rooms.take(group), "rooms"),
    prune() {
      for (const buckets of [rooms, egress, putFrames, putBytes, snapshots]) buckets.prune();
    },
  };
}

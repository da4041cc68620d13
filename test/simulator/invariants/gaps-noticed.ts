/**
 * Promise 5: what a relay keeps back is noticed. Whatever entry an accepted one had seen is here, or the device knows that it is missing; so with
 * the one before an entry that waits for it.
 */
import { encodeHex } from "@latchkey/core/bytes/text";
import { listGaps } from "@latchkey/core/sync/replica-state";
import type { World } from "../world.ts";

export function judgeGaps(world: World): void {
  for (const { name, device } of world.replicas) {
    if (device === null) continue;
    const { state, context } = device;
    const logId = encodeHex(context.epoch.logId);
    const seen = new Map<string, number>();
    for (const hash of state.accepted.keys()) {
      const written = world.ledger.written.get(hash);
      if (written?.logId !== logId) continue;
      for (const [tag, seq] of written.saw) seen.set(tag, Math.max(seq, seen.get(tag) ?? 0));
    }
    for (const [hash, { reason, seq }] of state.held) {
      const written = world.ledger.written.get(hash);
      if (written === undefined || !("waitsFor" in reason) || reason.waitsFor !== "previous") continue;
      seen.set(written.tag, Math.max(seq - 1, seen.get(written.tag) ?? 0));
    }
    const known = new Map(listGaps(state).map(({ deviceTag, seq }) => [encodeHex(deviceTag), seq]));
    for (const [tag, seq] of seen) {
      const here = Math.max(state.tips.get(tag)?.seq ?? 0, known.get(tag) ?? 0);
      if (here < seq)
        world.violate(
          "gaps noticed",
          `${name} holds an entry that had seen ${tag} ${seq}, and misses nothing after ${here}`,
        );
    }
  }
}

/** Promise 5: a device that lives twice is noticed by whoever holds two entries with one number; and nobody is accused without them. */
import { encodeHex } from "@latchkey/core/bytes/text";
import type { World } from "../world.ts";

export function judgeForks(world: World): void {
  const everywhere = new Set<string>();
  const doubled = new Set<string>();
  for (const { logId, tag, seq } of world.ledger.written.values()) {
    const place = `${logId} ${tag} ${seq}`;
    if (everywhere.has(place)) doubled.add(tag);
    everywhere.add(place);
  }
  for (const { name, device } of world.replicas) {
    if (device === null) continue;
    const numbers = new Map<string, Set<number>>();
    for (const { deviceTag, seq } of device.state.accepted.values()) {
      const tag = encodeHex(deviceTag);
      const own = numbers.get(tag) ?? new Set<number>();
      numbers.set(tag, own);
      if (own.has(seq) && !device.state.forked.has(tag))
        world.violate("forks alarmed", `${name} holds two entries ${seq} of ${tag} and says nothing`);
      own.add(seq);
    }
    for (const tag of device.state.forked) {
      if (!doubled.has(tag))
        world.violate("forks alarmed", `${name} says that ${tag} lives twice, and it does not`);
    }
  }
}

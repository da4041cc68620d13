/**
 * Promise 3, when all faults are over: all living devices hold the same entries, miss nothing that anybody still has, nothing of ours waits, and
 * every relay holds all of it.
 */
import { listGaps } from "@latchkey/core/sync/replica-state";
import type { RoomId } from "@latchkey/core/relay-protocol";
import { hashOf } from "../ledger.ts";
import type { Replica } from "../replica.ts";
import type { World } from "../world.ts";
import { holdingOf } from "./same-view.ts";

export async function judgeConvergence(world: World, replicas: readonly Replica[]): Promise<void> {
  const [first, ...others] = replicas;
  if (first?.device == null) return;
  for (const { name, device } of others) {
    if (holdingOf(device!) !== holdingOf(first.device))
      return world.violate(
        "converges",
        `${name} and ${first.name} hold different entries: ${difference(world, first, device!)}`,
      );
  }
  for (const { name, device } of replicas) {
    const gap = world.lost.size === 0 ? listGaps(device!.state)[0] : undefined;
    if (gap !== undefined)
      return world.violate("converges", `${name} still misses entry ${gap.seq} of a device`);
    const waiting = [...device!.state.held].find(
      ([hash, { reason }]) => "waitsFor" in reason && world.ledger.written.has(hash) && !world.lost.has(hash),
    );
    if (waiting !== undefined && world.lost.size === 0)
      return world.violate("converges", `${name} lets entry ${waiting[0].slice(0, 8)} wait`);
  }
  const roomId = first.device.context.epoch.logId as RoomId;
  for (const relay of world.relays) {
    const there = new Set((await relay.entriesOf(roomId)).map(hashOf));
    const missing = [...first.device.state.accepted.keys()].find((hash) => !there.has(hash));
    if (missing !== undefined)
      return world.violate("converges", `${relay.origin} lacks entry ${missing.slice(0, 8)}`);
  }
}

function difference(world: World, first: Replica, device: NonNullable<Replica["device"]>): string {
  const one = first.device!.state.accepted;
  const other = device.state.accepted;
  const lacks = [...one.keys()].filter((hash) => !other.has(hash));
  const has = [...other.keys()].filter((hash) => !one.has(hash));
  for (const { name, device: each } of world.replicas)
    for (const [hash, { reason, deviceTag, seq }] of each?.state.held ?? [])
      world.trace(
        `${name} holds back ${world.ledger.nameOf(hash)} ${Buffer.from(deviceTag).toString("hex")} ${seq}: ${JSON.stringify(reason)}`,
      );
  const names = (hashes: readonly string[]): string =>
    hashes.map((hash) => world.ledger.nameOf(hash)).join(", ");
  return `lacks ${names(lacks)}; has ${names(has)}`;
}

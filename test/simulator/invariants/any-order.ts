/**
 * Promise 2 once more, with an order that no network would give: a device that begins anew from its first disk and receives everything shuffled shows
 * what the others show. And promise 1: what a device shows is on its disk, with or without its cache.
 */
import { openDevice } from "@latchkey/core/device/open-device";
import { openMetadataTier } from "@latchkey/core/device/tiers";
import { makeDeps } from "../base.ts";
import type { Disk } from "../disk.ts";
import { openProtector } from "../open-protector.ts";
import type { Replica } from "../replica.ts";
import type { World } from "../world.ts";
import { holdingOf, viewOf } from "./same-view.ts";

/** Rarely: each costs as much as a device's whole run. */
const ONE_IN = 3;

export async function judgeOrder(world: World, replicas: readonly Replica[]): Promise<void> {
  const replica = world.chance.pick(replicas);
  const { device, disk, name } = replica;
  if (device === null) return;
  if (world.chance.below(ONE_IN) !== 0) return;
  await judgeReopened(world, replica, disk.copy(), "opened again");
  const cacheless = disk.copy();
  cacheless.apply(cacheless.rows("cache").map(({ key }) => ({ table: "cache", key, value: null })));
  await judgeReopened(world, replica, cacheless, "read anew from its log");
  const entries = disk.rows("entry").map(({ value }) => value);
  const fresh = disk.copy();
  for (const table of ["entry", "cache", "held"] as const)
    fresh.apply(fresh.rows(table).map(({ key }) => ({ table, key, value: null })));
  fresh.apply([{ table: "meta", key: new TextEncoder().encode("tips"), value: null }]);
  const anew = await reopen(world, fresh);
  shuffle(entries, world);
  while (entries.length > 0) await anew.receive(entries.splice(0, 1 + world.chance.below(4)));
  if (holdingOf(anew) !== holdingOf(device) || viewOf(anew) !== viewOf(device))
    world.violate("same view", `${name} shows something else when its entries come in another order`);
  await anew.lock();
}

async function judgeReopened(
  world: World,
  { device, name }: Replica,
  disk: Disk,
  how: string,
): Promise<void> {
  const again = await reopen(world, disk);
  if (holdingOf(again) !== holdingOf(device!) || viewOf(again) !== viewOf(device!))
    world.violate("durable", `${name} shows something else when it is ${how}`);
  await again.lock();
  again.state.document.free();
}

async function reopen(world: World, disk: Disk) {
  const deps = makeDeps(disk, world.chance.split(), world.crypto);
  return openDevice(deps, await openMetadataTier(deps.store, openProtector));
}

function shuffle(list: Uint8Array[], { chance }: World): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = chance.below(i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
}

/** The life of a device: switched on and off, power cuts at any write, a full disk, copies of its disk that come to life. */
import { type Action, choose } from "../action.ts";
import type { Replica } from "../replica.ts";

const MANY = 1 << 20;
/** Longest time after which somebody switches a device on again, if anybody does. */
const BACK_AFTER_MS = 20_000;
const COMMITS_AHEAD = 6;

export const start: Action = {
  weight: 4,
  takes: { device: MANY },
  run: (world, { device }) => choose(world.replicas, device)?.start(),
};

/** With a `back` below zero nobody switches it on again by chance. */
export const lock: Action = {
  weight: 3,
  takes: { device: MANY, back: BACK_AFTER_MS },
  run(world, { device, back }) {
    const replica = choose(world.replicas, device) as Replica;
    world.trace(`${replica.name} is locked`);
    replica.stop();
    if ((back as number) >= 0) world.timeline.after(back as number, () => replica.start());
  },
};

/** The power is cut now. */
export const crash: Action = {
  weight: 2,
  takes: { device: MANY, back: BACK_AFTER_MS },
  run(world, { device, back }) {
    const replica = choose(world.replicas, device) as Replica;
    world.trace(`${replica.name} loses its power`);
    replica.kill();
    world.timeline.after(back as number, () => replica.start());
  },
};

/** It never comes back: nobody has it any more. Never by chance, for with it goes what nobody else has heard. */
export const die: Action = {
  weight: 0,
  takes: { device: MANY },
  run: (world, { device }) => choose(world.replicas, device)?.orphan(),
};

/** The power is cut at one of the next commits, before or after it is durable. */
export const crashAtWrite: Action = {
  weight: 4,
  takes: { device: MANY, commits: COMMITS_AHEAD, durable: 2, back: BACK_AFTER_MS },
  run(world, { device, commits, durable, back }) {
    const replica = choose(world.replicas, device) as Replica;
    const { process } = replica;
    if (process === null) return;
    process.deathAt = { commits: (commits as number) + 1, durable: durable === 1 };
    world.trace(`${replica.name} will lose its power at commit ${(commits as number) + 1}`);
    world.timeline.after(back as number, () => replica.start());
  },
};

export const diskFull: Action = {
  weight: 1,
  takes: { device: MANY, ms: BACK_AFTER_MS },
  run(world, { device, ms }) {
    const { disk, name } = choose(world.replicas, device) as Replica;
    world.trace(`${name}: disk is full`);
    disk.full = true;
    world.timeline.after(ms as number, () => (disk.full = false));
  },
};

/** A person keeps an image of a disk. */
export const keepImage: Action = {
  weight: 2,
  takes: { device: MANY },
  run: (world, { device }) => choose(world.replicas, device)?.keepImage(),
};

/** The disk is put back to an image; with `apart` the device is used before it meets anybody. */
export const restoreImage: Action = {
  weight: 2,
  takes: { device: MANY, image: MANY, apart: 2, relay: MANY },
  async run(world, { device, image, apart }) {
    const replica = choose(
      world.replicas.filter(({ images }) => images.length > 0),
      device,
    );
    if (replica === null || !replica.restoreImage(image as number)) return;
    world.trace(`${replica.name} is put back to an old image${apart === 1 ? ", apart" : ""}`);
    if (apart === 1) for (const relay of world.relays) world.network.partition(replica, relay);
    await world.noteLoss();
    replica.start();
  },
};

/** A second machine with the same disk. */
export const clone: Action = {
  weight: 1,
  takes: { device: MANY },
  run(world, { device }) {
    const replica = choose(world.replicas, device) as Replica;
    if (world.isFull) return;
    const copy = world.addReplica(replica.disk.copy(), replica);
    world.trace(`${copy.name} is a copy of ${replica.name}`);
    copy.start();
  },
};

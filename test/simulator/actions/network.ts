/** Faults of the wires: partition, cuts with a relay that hears of them late, hostile wires; and time that passes. */
import { type Action, choose } from "../action.ts";
import { HARMS } from "../network.ts";
import type { Replica } from "../replica.ts";
import type { SimRelay } from "../sim-relay.ts";

const MANY = 1 << 20;
const LATE_MS = 60_000;
const LONG_MS = 3_600_000;

export const partition: Action = {
  weight: 3,
  takes: { device: MANY, relay: MANY },
  run(world, { device, relay }) {
    const replica = choose(world.replicas, device) as Replica;
    world.trace(`${replica.name} is cut off`);
    world.network.partition(replica, choose(world.relays, relay) as SimRelay);
  },
};

export const join: Action = {
  weight: 3,
  takes: { device: MANY, relay: MANY },
  run(world, { device, relay }) {
    world.network.join(choose(world.replicas, device) as Replica, choose(world.relays, relay) as SimRelay);
  },
};

/** The connection breaks; until the relay hears of it, the device has two. */
export const cut: Action = {
  weight: 3,
  takes: { device: MANY, relay: MANY, late: LATE_MS },
  run(world, { device, relay, late }) {
    const dialers = (choose(world.replicas, device) as Replica).process?.dialers ?? [];
    choose(dialers, relay)?.cut(late as number);
  },
};

/** From now on one frame in a few on the wires of this device suffers harm. */
export const harm: Action = {
  weight: 2,
  takes: { device: MANY, harm: HARMS.length, oneIn: 6 },
  run(world, { device, harm: number, oneIn }) {
    const replica = choose(world.replicas, device) as Replica;
    const kind = HARMS[number as number] as (typeof HARMS)[number];
    world.trace(`${replica.name}: ${kind} on its wires`);
    world.network.harm(replica, kind, (oneIn as number) + 1);
  },
};

export const healNetwork: Action = {
  weight: 1,
  takes: {},
  run: (world) => world.network.heal(),
};

/** Nothing happens for a while, so that everything can arrive. */
export const rest: Action = {
  weight: 3,
  takes: { ms: LONG_MS },
  run: (world, { ms }) => world.timeline.pass(ms as number, world.stopped),
};

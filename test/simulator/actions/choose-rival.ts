/** The person chooses between records that put each other's makers out. */
import { chooseRival } from "@latchkey/core/device/choose-rival";
import { judgeStanding } from "@latchkey/core/device/standing";
import { type Action, choose } from "../action.ts";

const MANY = 1 << 20;

export const chooseEpoch: Action = {
  weight: 1,
  takes: { device: MANY, rival: MANY },
  run(world, { device: number, rival }) {
    const replica = choose(world.replicas, number);
    const device = replica?.device;
    if (replica === null || device == null) return;
    const standing = judgeStanding(device);
    const rivals = standing.is === "undecided" ? standing.rivals : [];
    // In an order that is the same on every device.
    const sorted = rivals.toSorted((a, b) => Buffer.compare(a.makerRecord, b.makerRecord));
    const chosen = choose(sorted, rival);
    if (chosen === null) return;
    world.trace(`${replica.name}: the person chooses`);
    world.watch(`${replica.name} follows a choice`, chooseRival(device, chosen));
  },
};

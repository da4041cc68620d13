/** A device says that it lives, and what it has. */
import type { Action } from "../action.ts";
import { findIdle, perform } from "../perform.ts";

const MANY = 1 << 20;

export const beacon: Action = {
  weight: 2,
  takes: { device: MANY },
  run(world, numbers) {
    const replica = findIdle(world, numbers);
    if (replica === null) return;
    perform(world, replica, {
      what: "beacons",
      id: null,
      deed: { act: "sign" },
      kind: "beacon",
      run: (open) => open.writeBeacon(),
    });
  },
};

/** Faults of relays: each row of sync-protocol.md § 5 that a relay can do, and becoming honest again. */
import type { RoomId } from "@latchkey/core/relay-protocol";
import { type Action, choose } from "../action.ts";
import { LIE_NAMES, type LieName, makeLie } from "../lies.ts";
import type { SimRelay } from "../sim-relay.ts";

const MANY = 1 << 20;

export const lie: Action = {
  weight: 4,
  takes: { relay: MANY, lie: LIE_NAMES.length, draw: MANY, anew: 2 },
  async run(world, numbers) {
    const relay = choose(world.relays, numbers["relay"]) as SimRelay;
    const name = LIE_NAMES[numbers["lie"] as number] as LieName;
    const roomId = world.roomId() as RoomId | null;
    if (roomId === null) return;
    world.trace(`${relay.origin} ${name}`);
    relay.lie = makeLie(name, await relay.headOf(roomId), numbers["draw"] as number);
    // What was said before stays said: a lie is told on a new connection, too.
    if (numbers["anew"] === 1) relay.restart();
  },
};

export const honest: Action = {
  weight: 2,
  takes: { relay: MANY },
  run(world, { relay }) {
    (choose(world.relays, relay) as SimRelay).lie = null;
  },
};

/** Wiped, or put back to an old state; under another instance id, as an honest relay does, or under the same. */
export const goBack: Action = {
  weight: 2,
  takes: { relay: MANY, writes: MANY, wiped: 3, asNew: 2 },
  async run(world, { relay, writes, wiped, asNew }) {
    const back = choose(world.relays, relay) as SimRelay;
    const kept = wiped === 0 ? 0 : (writes as number) % (back.writes + 1);
    world.trace(
      `${back.origin} goes back to write ${kept} of ${back.writes}${asNew === 1 ? ", under a new id" : ""}`,
    );
    await back.goBack(kept, asNew === 1);
    await world.noteLoss();
  },
};

export const restartRelay: Action = {
  weight: 1,
  takes: { relay: MANY },
  run: (world, { relay }) => choose(world.relays, relay)?.restart(),
};

/**
 * What other relays on the same store wrote, brought to the sockets here (relay.md § 8). Hints say which rooms to look at; the entries are
 * read by cursor and delivered in its order. A look at every open room twice a minute makes up for hints that were lost.
 */
import type { Clock } from "@latchkey/core/relay-protocol";
import type { Log } from "./log.ts";
import type { Rooms } from "./room.ts";
import type { OtherWriters, RoomRef } from "./store/store.ts";

export type Follower = ReturnType<typeof createFollower>;

const SWEEP_EVERY_MS = 30_000;

export function createFollower(others: OtherWriters, rooms: Rooms, clock: Clock, log: Log) {
  let wanted = new Set<RoomRef>();
  let isBusy = false;
  let failedAt: number | null = null;
  let sweptAt = clock.now();

  async function readOnce(refs: ReadonlySet<RoomRef>): Promise<void> {
    const open = rooms.open().filter(({ ref }) => refs.has(ref));
    if (open.length === 0) return;
    const marks = open.map(({ ref, head }) => ({ room: ref, after: head }));
    for (const { room: ref, entries, head } of await others.readNews(marks)) {
      rooms.deliver(ref, entries, null);
      if ((entries.at(-1)?.cursor ?? head) < head) wanted.add(ref);
    }
  }

  /** Looks for news of the rooms, of all that are open for `null`. */
  async function look(refs: readonly RoomRef[] | null): Promise<void> {
    for (const ref of refs ?? rooms.open().map((room) => room.ref)) wanted.add(ref);
    if (isBusy) return;
    isBusy = true;
    while (wanted.size > 0) {
      const refs = wanted;
      wanted = new Set();
      try {
        await readOnce(refs);
        failedAt = null;
      } catch {
        failedAt ??= clock.now();
        log("error", "store-failed");
        // The next tick tries again.
        for (const ref of refs) wanted.add(ref);
        break;
      }
    }
    isBusy = false;
  }

  others.watch((refs) => void look(refs));
  return {
    look,
    /** Now and then: looks at all rooms. */
    tick(): void {
      const isDue = clock.now() - sweptAt >= SWEEP_EVERY_MS;
      if (isDue) sweptAt = clock.now();
      void look(isDue ? null : []);
    },
    /** For how long news may have been waiting for a store that does not answer. */
    lagSeconds: () => (failedAt === null ? 0 : Math.max(0, clock.now() - failedAt) / 1000),
  };
}

/** Following what other relays write: in order, without doubles, also when hints are lost or the store is away for a moment. */
import type { PlacedEntry, RoomId } from "@latchkey/core/relay-protocol";
import { expect, test } from "vitest";
import { createFollower } from "../src/follower.ts";
import { createRooms, type Listener, type Room } from "../src/room.ts";
import type { News, OtherWriters, RoomRef } from "../src/store/store.ts";
import { bytesOf } from "./rig.ts";

const REF = 7;
const STATE = { ref: REF, head: 0, snapshot: null, forward: null };
const placed = (cursor: number): PlacedEntry => ({ cursor, entry: bytesOf(3, cursor) });

interface Hearing extends Listener {
  readonly heard: number[];
}

function makeMember(): Hearing {
  const heard: number[] = [];
  return { heard, push: ({ cursor }) => heard.push(cursor), purged() {} };
}

/** One room with a member here, and a log that other relays write, of which one read gives two entries at most. */
function makeFollowed() {
  const log: PlacedEntry[] = [];
  const time = { now: 0 };
  const events: string[] = [];
  let fails = 0;
  let reads = 0;
  let hint: (rooms: readonly RoomRef[] | null) => void = () => {};
  const others: OtherWriters = {
    watch: (onHint) => void (hint = onHint),
    async readNews(marks): Promise<News[]> {
      reads++;
      if (fails > 0) throw new Error(`away, ${fails--} to go`);
      return marks.flatMap(({ room, after }) => {
        const entries = log.filter(({ cursor }) => cursor > after).slice(0, 2);
        return room === REF && entries.length > 0 ? [{ room, entries, head: log.length }] : [];
      });
    },
  };
  const rooms = createRooms(10, (room) => void follower.look([room]));
  const follower = createFollower(others, rooms, { now: () => time.now }, (_level, event) =>
    events.push(event),
  );
  const member = makeMember();
  const room = rooms.enter(bytesOf(16) as RoomId, STATE, member) as Room;
  return {
    follower,
    rooms,
    room,
    member,
    log,
    time,
    events,
    hint: (refs: readonly RoomRef[] | null) => hint(refs),
    failNext: (count: number) => (fails = count),
    reads: () => reads,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

test("a hint brings everything after what was delivered, page after page", async () => {
  const { hint, log, member, settle } = makeFollowed();
  log.push(placed(1), placed(2), placed(3), placed(4), placed(5));
  hint([REF]);
  await settle();
  expect(member.heard).toEqual([1, 2, 3, 4, 5]);
  hint([REF]);
  hint(null);
  await settle();
  expect(member.heard).toHaveLength(5);
});

test("hints for rooms that nobody here is in cost no read", async () => {
  const { hint, reads, settle } = makeFollowed();
  await settle();
  const before = reads();
  hint([1, 2, 3]);
  await settle();
  expect(reads()).toBe(before);
});

test("what was put here waits for what others put before it, and then its sender hears all of it, too", async () => {
  const { log, member, room, rooms, settle } = makeFollowed();
  const sender = makeMember();
  rooms.enter(room.id, STATE, sender);
  log.push(placed(1), placed(2), placed(3));
  rooms.deliver(room.ref, [placed(3)], sender);
  expect(member.heard).toEqual([]);
  await settle();
  expect([member.heard, sender.heard]).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
});

test("what was put here is told at once when nothing is missing, and not to its sender", () => {
  const { member, room, rooms } = makeFollowed();
  rooms.deliver(room.ref, [placed(1), placed(2)], member);
  const other = makeMember();
  rooms.enter(room.id, STATE, other);
  rooms.deliver(room.ref, [placed(2), placed(3)], member);
  expect([member.heard, other.heard, room.head]).toEqual([[], [3], 3]);
});

test("a lost hint is made up for within 30 seconds", async () => {
  const { follower, log, member, settle, time } = makeFollowed();
  await settle();
  log.push(placed(1));
  time.now = 29_999;
  follower.tick();
  await settle();
  expect(member.heard).toEqual([]);
  time.now = 30_000;
  follower.tick();
  await settle();
  expect(member.heard).toEqual([1]);
});

test("a store that does not answer is asked again with the next tick, and the lag shows meanwhile", async () => {
  const { events, failNext, follower, hint, log, member, settle, time } = makeFollowed();
  await settle();
  failNext(2);
  log.push(placed(1));
  hint([REF]);
  await settle();
  time.now = 3000;
  follower.tick();
  await settle();
  expect([events, member.heard, follower.lagSeconds()]).toEqual([["store-failed", "store-failed"], [], 3]);
  follower.tick();
  await settle();
  expect([member.heard, follower.lagSeconds()]).toEqual([[1], 0]);
});

test("somebody who comes into a room hears what was written while its state was read", async () => {
  const { log, member, room, rooms, settle } = makeFollowed();
  rooms.leave(room, member);
  const late = makeMember();
  log.push(placed(1));
  const again = rooms.enter(room.id, STATE, late);
  await settle();
  expect([again?.head, late.heard]).toEqual([1, [1]]);
});

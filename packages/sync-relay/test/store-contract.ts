/** What every store owes. Called by the suite of each adapter with a way to open a fresh one. */
import type { RoomId } from "@latchkey/core/relay-protocol";
import { describe, expect, test } from "vitest";
import type { NewEntry, RoomRef, Store, StoreLimits } from "../src/store/store.ts";
import { bytesOf } from "./rig.ts";

export const SMALL: StoreLimits = {
  roomLogBytes: 4000,
  roomLogEntries: 20,
  roomPins: 3,
  roomPinBytes: 1000,
  snapshotBytes: 100_000,
  roomIdleDays: 400,
  roomEmptyDays: 1,
  inviteRoomsPer30Days: 3,
};

const DAY = 20_000;
const id = (value: number): RoomId => bytesOf(16, value) as RoomId;
const tag = (value: number): Uint8Array => bytesOf(8, value);

export function describeStoreContract(
  name: string,
  open: (limits: StoreLimits) => Store | Promise<Store>,
): void {
  const openRoom = async (limits: StoreLimits = SMALL): Promise<{ store: Store; room: RoomRef }> => {
    const store = await open(limits);
    const { ref } = await store.createRoom(id(1), DAY);
    return { store, room: ref };
  };
  const entry = (room: RoomRef, seq: number, more: Partial<NewEntry> = {}): NewEntry => ({
    room,
    deviceTag: tag(1),
    seq,
    bytes: new Uint8Array([seq, 1, 2, 3]),
    pinned: false,
    ...more,
  });
  const all = async (store: Store, room: RoomRef): Promise<readonly (readonly [number, number])[]> =>
    (await store.read(room, 0, 1000, 1e9)).entries.map((kept) => [kept.cursor, kept.entry[0] as number]);

  describe(`${name}: rooms`, () => {
    test("are not there until they are made, and are made once", async () => {
      const store = await open(SMALL);
      expect(await store.openRoom(id(1), DAY)).toBeNull();
      const made = await store.createRoom(id(1), DAY);
      expect(made).toMatchObject({ head: 0, snapshot: null, forward: null });
      expect(await store.createRoom(id(1), DAY)).toEqual(made);
      expect(await store.openRoom(id(1), DAY)).toEqual(made);
      expect((await store.createRoom(id(2), DAY)).ref).not.toBe(made.ref);
    });

    test("show their head when opened again", async () => {
      const { store, room } = await openRoom();
      await store.commit([entry(room, 1), entry(room, 2)], DAY);
      expect(await store.openRoom(id(1), DAY)).toMatchObject({ ref: room, head: 2 });
    });
  });

  describe(`${name}: entries`, () => {
    test("get rising cursors without gaps, each room its own", async () => {
      const { store, room } = await openRoom();
      const other = (await store.createRoom(id(2), DAY)).ref;
      const results = await store.commit([entry(room, 1), entry(other, 1), entry(room, 2)], DAY);
      expect(results).toEqual([
        { cursor: 1, fresh: true },
        { cursor: 1, fresh: true },
        { cursor: 2, fresh: true },
      ]);
      expect(await store.commit([entry(room, 3)], DAY)).toEqual([{ cursor: 3, fresh: true }]);
      expect(await all(store, room)).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
    });

    test("put twice keep their cursor, in one batch and across batches", async () => {
      const { store, room } = await openRoom();
      expect(await store.commit([entry(room, 1), entry(room, 1)], DAY)).toEqual([
        { cursor: 1, fresh: true },
        { cursor: 1, fresh: false },
      ]);
      expect(await store.commit([entry(room, 1)], DAY)).toEqual([{ cursor: 1, fresh: false }]);
      expect(await all(store, room)).toHaveLength(1);
    });

    test("with other bytes under one tag and seq are both kept", async () => {
      const { store, room } = await openRoom();
      const twin = entry(room, 1, { bytes: new Uint8Array([9]) });
      expect(await store.commit([entry(room, 1), twin, twin], DAY)).toEqual([
        { cursor: 1, fresh: true },
        { cursor: 2, fresh: true },
        { cursor: 2, fresh: false },
      ]);
    });

    test("of the same bytes in another room or under another tag are others", async () => {
      const { store, room } = await openRoom();
      const other = (await store.createRoom(id(2), DAY)).ref;
      const results = await store.commit(
        [entry(room, 1), entry(other, 1), entry(room, 1, { deviceTag: tag(2) }), entry(room, 2)],
        DAY,
      );
      expect(results.map((result) => "fresh" in result && result.fresh)).toEqual([true, true, true, true]);
    });

    test("come in pages that respect both bounds and hold one at least", async () => {
      const { store, room } = await openRoom();
      await store.commit(
        [1, 2, 3, 4].map((seq) => entry(room, seq, { bytes: bytesOf(100, seq) })),
        DAY,
      );
      const cursors = async (after: number, maxEntries: number, maxBytes: number) =>
        (await store.read(room, after, maxEntries, maxBytes)).entries.map(({ cursor }) => cursor);
      expect(await cursors(0, 2, 1000)).toEqual([1, 2]);
      expect(await cursors(1, 10, 200)).toEqual([2, 3]);
      expect(await cursors(1, 10, 299)).toEqual([2, 3]);
      expect(await cursors(1, 10, 1)).toEqual([2]);
      expect(await cursors(4, 10, 1000)).toEqual([]);
      expect((await store.read(room, 0, 1, 1)).head).toBe(4);
    });

    test("of a room that is gone are refused, and do not take the rest of the batch with them", async () => {
      const { store, room } = await openRoom();
      expect(await store.commit([entry(room, 1), entry(99, 1), entry(room, 2)], DAY)).toEqual([
        { cursor: 1, fresh: true },
        { code: "LK-RELAY-GONE" },
        { cursor: 2, fresh: true },
      ]);
      await store.touch([99, room], DAY + 1);
      expect(await all(store, room)).toHaveLength(2);
    });
  });

  describe(`${name}: quotas`, () => {
    const REFUSED = { code: "LK-RELAY-QUOTA" };

    test("bound the log by entries, and doubles still get their cursor", async () => {
      const { store, room } = await openRoom();
      const full = Array.from({ length: 20 }, (_, i) => entry(room, i));
      await store.commit(full, DAY);
      expect(await store.commit([entry(room, 30), entry(room, 3)], DAY)).toEqual([
        REFUSED,
        { cursor: 4, fresh: false },
      ]);
      expect((await store.read(room, 0, 100, 1e6)).head).toBe(20);
    });

    test("bound the log by bytes, to the byte", async () => {
      const { store, room } = await openRoom();
      const sized = (seq: number, size: number): NewEntry => entry(room, seq, { bytes: bytesOf(size, seq) });
      expect(await store.commit([sized(1, 3000), sized(2, 1001), sized(3, 1000), sized(4, 1)], DAY)).toEqual([
        { cursor: 1, fresh: true },
        REFUSED,
        { cursor: 2, fresh: true },
        REFUSED,
      ]);
    });

    test("keep a reserve for pins, bounded in number and bytes", async () => {
      const { store, room } = await openRoom();
      await store.commit(
        Array.from({ length: 20 }, (_, i) => entry(room, i)),
        DAY,
      );
      const pinned = (seq: number, size: number): NewEntry =>
        entry(room, seq, { bytes: bytesOf(size, seq), pinned: true });
      expect(
        await store.commit(
          [pinned(30, 600), pinned(31, 401), pinned(32, 300), pinned(33, 100), pinned(34, 1)],
          DAY,
        ),
      ).toEqual([
        { cursor: 21, fresh: true },
        REFUSED,
        { cursor: 22, fresh: true },
        { cursor: 23, fresh: true },
        REFUSED,
      ]);
    });

    test("count an entry that is pinned later among the pins, once", async () => {
      const { store, room } = await openRoom();
      await store.commit([entry(room, 1)], DAY);
      const again = entry(room, 1, { pinned: true });
      expect(await store.commit([again, again], DAY)).toEqual([
        { cursor: 1, fresh: false },
        { cursor: 1, fresh: false },
      ]);
      expect(await store.describe(room)).toMatchObject({ entries: 0, bytes: 0, pins: 1, pinBytes: 4 });
    });

    test("refuse to pin later what the reserve does not hold, and leave it as it was", async () => {
      const { store, room } = await openRoom();
      const pins = [2, 3, 4].map((seq) => entry(room, seq, { pinned: true }));
      await store.commit([entry(room, 1), ...pins], DAY);
      expect(await store.commit([entry(room, 1, { pinned: true })], DAY)).toEqual([REFUSED]);
      expect(await store.describe(room)).toMatchObject({ entries: 1, pins: 3 });
    });

    test("bound the device tags of a room at 32", async () => {
      const { store, room } = await openRoom({ ...SMALL, roomLogEntries: 100 });
      const tagged = Array.from({ length: 33 }, (_, i) => entry(room, 1, { deviceTag: tag(i) }));
      const results = await store.commit(tagged, DAY);
      expect(results.slice(0, 32).every((result) => "cursor" in result)).toBe(true);
      expect(results[32]).toEqual(REFUSED);
      expect(await store.commit([entry(room, 2, { deviceTag: tag(5) })], DAY)).toEqual([
        { cursor: 33, fresh: true },
      ]);
      expect((await store.describe(room)).tags).toHaveLength(32);
    });
  });

  describe(`${name}: the snapshot slot`, () => {
    const upload = async (store: Store, room: RoomRef, hash: number, chunks: readonly Uint8Array[]) => {
      const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      const staged = await store.stageSnapshot(room, bytesOf(32, hash), size);
      if (staged === null) throw new Error("no space");
      for (const [i, chunk] of chunks.entries()) await store.stageChunk(staged, i, chunk);
      return staged;
    };

    test("is swapped in only against what is expected, and read in chunks", async () => {
      const { store, room } = await openRoom();
      const staged = await upload(store, room, 1, [bytesOf(10, 1), bytesOf(10, 2), bytesOf(5, 3)]);
      expect(await store.readSnapshot(room, bytesOf(32, 1), 0, 16)).toBeNull();
      expect((await store.openRoom(id(1), DAY))?.snapshot).toBeNull();
      expect(await store.commitSnapshot(staged, null, DAY)).toEqual({ swapped: true });
      expect((await store.openRoom(id(1), DAY))?.snapshot).toEqual({ hash: bytesOf(32, 1), size: 25 });
      expect(await store.readSnapshot(room, bytesOf(32, 1), 0, 2)).toEqual({
        chunks: [bytesOf(10, 1), bytesOf(10, 2)],
        total: 3,
      });
      expect(await store.readSnapshot(room, bytesOf(32, 1), 2, 16)).toEqual({
        chunks: [bytesOf(5, 3)],
        total: 3,
      });
      expect(await store.readSnapshot(room, bytesOf(32, 9), 0, 16)).toBeNull();
    });

    test.for<[string, number | null]>([
      ["nothing", null],
      ["another one", 7],
    ])("is left alone by a swap that expects %s", async ([, expected]) => {
      const { store, room } = await openRoom();
      await store.commitSnapshot(await upload(store, room, 1, [bytesOf(10)]), null, DAY);
      const staged = await upload(store, room, 2, [bytesOf(20)]);
      const wanted = expected === null ? null : bytesOf(32, expected);
      expect(await store.commitSnapshot(staged, wanted, DAY)).toEqual({
        swapped: false,
        current: bytesOf(32, 1),
      });
      expect(await store.readSnapshot(room, bytesOf(32, 1), 0, 16)).toMatchObject({ total: 1 });
      await expect(store.commitSnapshot(staged, bytesOf(32, 1), DAY)).rejects.toThrow();
    });

    test("is replaced as a whole", async () => {
      const { store, room } = await openRoom();
      await store.commitSnapshot(await upload(store, room, 1, [bytesOf(10), bytesOf(10)]), null, DAY);
      await store.commitSnapshot(await upload(store, room, 2, [bytesOf(9, 2)]), bytesOf(32, 1), DAY);
      expect(await store.readSnapshot(room, bytesOf(32, 1), 0, 16)).toBeNull();
      expect(await store.readSnapshot(room, bytesOf(32, 2), 0, 16)).toEqual({
        chunks: [bytesOf(9, 2)],
        total: 1,
      });
    });

    test("goes to one of eight racing writers", async () => {
      const { store, room } = await openRoom();
      const staged = await Promise.all(
        Array.from({ length: 8 }, (_, i) => upload(store, room, i + 1, [bytesOf(10, i + 1)])),
      );
      const results = await Promise.all(staged.map((ref) => store.commitSnapshot(ref, null, DAY)));
      expect(results.filter((result) => result.swapped)).toHaveLength(1);
      const winner = results.findIndex((result) => result.swapped) + 1;
      expect(await store.readSnapshot(room, bytesOf(32, winner), 0, 16)).toEqual({
        chunks: [bytesOf(10, winner)],
        total: 1,
      });
    });

    test("has space for uploads of its size in all, which dropped ones give back", async () => {
      const { store, room } = await openRoom();
      const first = await store.stageSnapshot(room, bytesOf(32), 60_000);
      expect(await store.stageSnapshot(room, bytesOf(32), 40_001)).toBeNull();
      expect(await store.stageSnapshot(room, bytesOf(32), 40_000)).not.toBeNull();
      expect(await store.stageSnapshot(room, bytesOf(32), 1)).toBeNull();
      await store.dropStaged(first as number);
      expect(await store.stageSnapshot(room, bytesOf(32), 60_000)).not.toBeNull();
      await expect(store.commitSnapshot(first as number, null, DAY)).rejects.toThrow();
    });
  });

  describe(`${name}: the forward slot`, () => {
    test("is replaced by compare-and-swap", async () => {
      const { store, room } = await openRoom();
      const record = (value: number) => ({ hash: bytesOf(32, value), body: bytesOf(50, value) });
      expect(await store.readForward(room)).toBeNull();
      expect(await store.replaceForward(room, bytesOf(32, 9), record(1))).toEqual({
        swapped: false,
        current: null,
      });
      expect(await store.replaceForward(room, null, record(1))).toEqual({ swapped: true });
      expect(await store.replaceForward(room, null, record(2))).toEqual({
        swapped: false,
        current: bytesOf(32, 1),
      });
      expect(await store.replaceForward(room, bytesOf(32, 1), record(2))).toEqual({ swapped: true });
      expect(await store.readForward(room)).toEqual(record(2));
      expect((await store.openRoom(id(1), DAY))?.forward).toEqual({ hash: bytesOf(32, 2), size: 50 });
    });
  });

  describe(`${name}: purge`, () => {
    test("drops entries and snapshot, keeps pins, forward record and the counter", async () => {
      const { store, room } = await openRoom();
      const other = (await store.createRoom(id(2), DAY)).ref;
      await store.commit(
        [entry(room, 1), entry(room, 2, { pinned: true }), entry(room, 3), entry(other, 1)],
        DAY,
      );
      const staged = (await store.stageSnapshot(room, bytesOf(32), 5)) as number;
      await store.stageChunk(staged, 0, bytesOf(5));
      await store.commitSnapshot(staged, null, DAY);
      const record = { hash: bytesOf(32, 3), body: bytesOf(5) };
      await store.replaceForward(room, null, record);
      await store.purge(room);
      expect(await all(store, room)).toEqual([[2, 2]]);
      expect(await store.readSnapshot(room, bytesOf(32), 0, 16)).toBeNull();
      expect(await store.readForward(room)).toEqual(record);
      expect(await store.describe(room)).toMatchObject({
        head: 3,
        entries: 0,
        bytes: 0,
        pins: 1,
        snapshot: null,
      });
      expect(await store.commit([entry(room, 1)], DAY)).toEqual([{ cursor: 4, fresh: true }]);
      expect(await all(store, other)).toHaveLength(1);
    });
  });

  describe(`${name}: description`, () => {
    test("says everything that is held, by tag and day", async () => {
      const { store, room } = await openRoom();
      await store.commit(
        [entry(room, 1), entry(room, 2), entry(room, 7, { deviceTag: tag(2), pinned: true })],
        DAY,
      );
      await store.commit([entry(room, 3)], DAY + 5);
      await store.openRoom(id(1), DAY + 6);
      expect(await store.describe(room)).toEqual({
        createdDay: DAY,
        seenDay: DAY + 6,
        head: 4,
        entries: 3,
        bytes: 12,
        pins: 1,
        pinBytes: 4,
        tags: [
          { deviceTag: tag(1), entries: 3, bytes: 12, highestSeq: 3, firstDay: DAY, lastDay: DAY + 5 },
          { deviceTag: tag(2), entries: 1, bytes: 4, highestSeq: 7, firstDay: DAY, lastDay: DAY },
        ],
        snapshot: null,
        forward: null,
        invite: null,
      });
    });
  });

  describe(`${name}: expiry`, () => {
    test("takes a room after 400 days without a join, and not a day before", async () => {
      const { store, room } = await openRoom();
      await store.commit([entry(room, 1, { pinned: true }), entry(room, 2)], DAY);
      expect(await store.expire(DAY + 400)).toBe(0);
      expect(await all(store, room)).toHaveLength(2);
      expect(await store.expire(DAY + 401)).toBe(1);
      expect(await store.openRoom(id(1), DAY + 401)).toBeNull();
    });

    test("is put off by a join and by open sockets", async () => {
      const { store, room } = await openRoom();
      const other = (await store.createRoom(id(2), DAY)).ref;
      await store.commit([entry(room, 1), entry(other, 1)], DAY);
      await store.openRoom(id(1), DAY + 100);
      await store.touch([other], DAY + 200);
      expect(await store.expire(DAY + 401)).toBe(0);
      expect(await store.expire(DAY + 501)).toBe(1);
      expect(await store.openRoom(id(2), DAY + 501)).not.toBeNull();
    });

    test("takes a room that was never written after a day", async () => {
      const { store } = await openRoom();
      await store.createRoom(id(2), DAY);
      const third = (await store.createRoom(id(3), DAY)).ref;
      await store.replaceForward(third, null, { hash: bytesOf(32), body: bytesOf(1) });
      expect(await store.expire(DAY + 1)).toBe(0);
      expect(await store.expire(DAY + 2)).toBe(2);
      expect(await store.openRoom(id(3), DAY + 2)).not.toBeNull();
    });
  });
}

/** What a store owes that counts rooms by invitation. */
export function describeInviteContract(
  name: string,
  open: (limits: StoreLimits) => Store | Promise<Store>,
): void {
  const HASH = bytesOf(32, 7);
  const openInvited = async (bounds: { rooms?: number; untilDay?: number | null } = {}) => {
    const store = await open(SMALL);
    const { invites } = store;
    if (invites === null) throw new Error("the store has no invitations");
    await invites.put({ hash: HASH, rooms: 10, untilDay: null, ...bounds });
    const make = async (room: number, today = DAY, hash = HASH): Promise<boolean> =>
      (await invites.createRoom(id(room), today, hash)) !== null;
    return { store, invites, make };
  };

  describe(`${name}: invitations`, () => {
    test("make rooms for who knows the token, and find those that are there", async () => {
      const { store, invites, make } = await openInvited();
      expect(await make(1, DAY, bytesOf(32, 8))).toBe(false);
      expect(await store.openRoom(id(1), DAY)).toBeNull();
      const made = await invites.createRoom(id(1), DAY, HASH);
      expect(made).toMatchObject({ head: 0, snapshot: null, forward: null });
      expect(await invites.createRoom(id(1), DAY, bytesOf(32, 8))).toEqual(made);
      const [known] = await invites.list();
      expect((await store.describe(made!.ref)).invite).toBe(known!.ref);
      expect(await store.openRoom(id(1), DAY)).toEqual(made);
      expect(await invites.list()).toEqual([
        { ref: expect.any(Number), rooms: 10, alive: 1, untilDay: null },
      ]);
    });

    test("make so many in 30 days, and then again", async () => {
      const { make } = await openInvited();
      expect([await make(1), await make(2, DAY + 29), await make(3, DAY + 29)]).toEqual([true, true, true]);
      expect(await make(4, DAY + 29)).toBe(false);
      expect(await make(4, DAY + 30)).toBe(true);
    });

    test("keep so many alive at once, and get a place back with a room that expires", async () => {
      const { store, make } = await openInvited({ rooms: 1 });
      expect([await make(1), await make(2)]).toEqual([true, false]);
      await store.expire(DAY + 2);
      expect(await make(2, DAY + 2)).toBe(true);
    });

    test("end after their last day, are changed by putting them again, and make nothing when dropped", async () => {
      const { store, invites, make } = await openInvited({ untilDay: DAY });
      expect([await make(1), await make(2, DAY + 1)]).toEqual([true, false]);
      await invites.put({ hash: HASH, rooms: 5, untilDay: null });
      expect(await make(2, DAY + 1)).toBe(true);
      const [known] = await invites.list();
      expect(known).toMatchObject({ rooms: 5, alive: 2, untilDay: null });
      await invites.drop(known!.ref);
      expect(await make(3, DAY + 1)).toBe(false);
      expect(await invites.list()).toEqual([]);
      expect(await store.openRoom(id(2), DAY + 1)).not.toBeNull();
    });
  });
}

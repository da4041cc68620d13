/** Slow readers, failing stores and other trouble, on a relay without a host (relay.md § 4, § 13). */
import { describe, expect, test, vi } from "vitest";
import type { Store } from "../src/store/store.ts";
import { greetFake, joinFake, makeHost } from "./fake-host.ts";
import { bytesOf, makeEntry, makeRoom, type TestRoom } from "./rig.ts";

const SLOW = { code: 1013, reason: "LK-RELAY-SLOW" };

const putOf = (room: TestRoom, request: number, seqs: readonly number[], size = 100) =>
  ({
    op: "put",
    request,
    entries: seqs.map((seq) => ({ entry: makeEntry(room, seq, { size }), pin: null })),
  }) as const;

describe("a slow reader", () => {
  test("is pushed nothing above the first mark, whatever its credit", async () => {
    const host = makeHost();
    const room = makeRoom();
    const [a, b] = [await joinFake(host, room), await joinFake(host, room)];
    b.conn.unsent = 1_048_577;
    a.send(putOf(room, 1, [1]));
    await host.turn();
    expect(b.received()).toEqual([{ op: "lagging", head: 1 }]);
    b.conn.unsent = 1_048_576;
    b.send({ op: "credit", bytes: 0 });
    a.send(putOf(room, 2, [2]));
    await host.turn();
    expect(b.received()).toMatchObject([{ op: "event", cursor: 2 }]);
  });

  test("is closed above the second mark, as soon as more is sent", async () => {
    const host = makeHost();
    const { conn, send } = await joinFake(host, makeRoom());
    conn.unsent = 4_194_305;
    send({ op: "describe", request: 1 });
    await host.turn();
    expect(conn.ended).toEqual(SLOW);
  });

  test("is closed after 30 seconds above the first mark, counted anew when it catches up", async () => {
    const host = makeHost();
    const { conn } = await joinFake(host, makeRoom());
    const wait = async (seconds: number, unsent: number): Promise<void> => {
      conn.unsent = unsent;
      host.time.now += seconds * 1000;
      await host.relay.tick();
    };
    await wait(0, 2_000_000);
    await wait(29, 2_000_000);
    await wait(1, 0);
    await wait(0, 2_000_000);
    await wait(29, 2_000_000);
    expect(conn.ended).toBeNull();
    await wait(1, 2_000_000);
    expect(conn.ended).toEqual(SLOW);
  });

  test("is the one that goes when all together are too slow", async () => {
    const host = makeHost({ outboundTotalBytes: 1000 });
    const room = makeRoom();
    const members = [await joinFake(host, room), await joinFake(host, room), await joinFake(host, room)];
    for (const [i, unsent] of [400, 700, 300].entries())
      (members[i] as (typeof members)[0]).conn.unsent = unsent;
    await host.relay.tick();
    expect(members.map(({ conn }) => conn.ended)).toEqual([null, SLOW, null]);
  });

  test("is not guessed at where the host cannot tell", async () => {
    const host = makeHost();
    const room = makeRoom();
    const [a, b] = [await joinFake(host, room), await joinFake(host, room)];
    b.conn.unsent = null;
    a.send(putOf(room, 1, [1]));
    await host.turn();
    expect(b.received()).toMatchObject([{ op: "event" }]);
  });
});

describe("a store that fails", () => {
  const failing = (names: readonly (keyof Store)[], broken: { on: boolean }) => (store: Store) =>
    new Proxy(store, {
      get: (target, name: keyof Store) =>
        broken.on && names.includes(name) ? () => Promise.reject(new Error("disk")) : target[name],
    });

  test("in a commit acknowledges nothing, pushes nothing, and skips no cursor afterwards", async () => {
    const broken = { on: true };
    const host = makeHost({}, failing(["commit"], broken));
    const room = makeRoom();
    const [a, b] = [await joinFake(host, room), await joinFake(host, room)];
    a.send(putOf(room, 1, [1, 2]));
    await host.turn();
    expect(a.received()).toMatchObject([
      { op: "error", request: 1, code: "LK-RELAY-STORE", retryAfterMs: 5000 },
    ]);
    expect(b.received()).toEqual([]);
    broken.on = false;
    a.send(putOf(room, 2, [1, 2]));
    await host.turn();
    expect(a.received()).toMatchObject([{ op: "ack", outcomes: [{ cursor: 1 }, { cursor: 2 }] }]);
    expect(b.received()).toMatchObject([
      { op: "event", cursor: 1 },
      { op: "event", cursor: 2 },
    ]);
    expect(host.events).toEqual(["commit-failed"]);
  });

  test("three times in a row makes the relay not ready, until one commit works", async () => {
    const broken = { on: true };
    const host = makeHost({}, failing(["commit"], broken));
    const room = makeRoom();
    const a = await joinFake(host, room);
    const ready: boolean[] = [];
    for (let request = 1; request <= 4; request++) {
      broken.on = request < 4;
      a.send(putOf(room, request, [request]));
      await host.turn();
      ready.push(await host.relay.isReady());
    }
    expect(ready).toEqual([true, true, false, true]);
  });

  test("to answer a probe makes the relay not ready", async () => {
    const broken = { on: true };
    const host = makeHost({}, failing(["probe"], broken));
    expect(await host.relay.isReady()).toBe(false);
    broken.on = false;
    // Health is asked of the store once a second at most.
    expect(await host.relay.isReady()).toBe(false);
    host.time.now += 1000;
    expect(await host.relay.isReady()).toBe(true);
  });

  test.for([
    ["read", { op: "pull", request: 1, after: 0, maxEntries: 1, maxBytes: 1 }],
    ["describe", { op: "describe", request: 1 }],
    ["readForward", { op: "forwardGet", request: 1 }],
    ["stageSnapshot", { op: "snapshotBegin", request: 1, expected: null, hash: bytesOf(32), size: 5 }],
    ["readSnapshot", { op: "snapshotGet", request: 1, hash: bytesOf(32), from: 0, count: 1 }],
  ] as const)("in %s answers with one code and keeps the socket", async ([name, frame]) => {
    const host = makeHost({}, failing([name], { on: true }));
    const a = await joinFake(host, makeRoom());
    a.send(frame);
    await host.turn();
    expect(a.received()).toMatchObject([{ op: "error", request: 1, code: "LK-RELAY-STORE" }]);
    expect(a.conn.ended).toBeNull();
  });

  test("in a snapshot's chunk or commit says so once and frees the upload", async () => {
    for (const name of ["stageChunk", "commitSnapshot"] as const) {
      const broken = { on: true };
      const size = 65_546;
      const host = makeHost({ snapshotBytes: size }, failing([name], broken));
      const a = await joinFake(host, makeRoom());
      const upload = async (request: number): Promise<readonly string[]> => {
        a.send({ op: "snapshotBegin", request, expected: null, hash: bytesOf(32), size });
        await host.turn();
        a.send({ op: "snapshotChunk", request, index: 0, body: bytesOf(65_536) });
        a.send({ op: "snapshotChunk", request, index: 1, body: bytesOf(10) });
        a.send({ op: "snapshotCommit", request });
        await host.turn();
        return a.received().map(({ op }) => op);
      };
      expect(await upload(1)).toEqual(["ok", "error"]);
      broken.on = false;
      expect(await upload(2)).toEqual(["ok", "ok"]);
    }
  });

  test("in a join ends the socket with 1011", async () => {
    const host = makeHost({}, failing(["openRoom"], { on: true }));
    await expect(joinFake(host, makeRoom())).rejects.toThrow("no welcome");
    expect(host.events).toEqual(["session-failed"]);
  });
});

describe("group commit", () => {
  /** A host that notes how many entries each commit had. */
  function makeCounting() {
    const batches: number[] = [];
    const host = makeHost({}, (store) => ({
      ...store,
      commit(entries, today) {
        batches.push(entries.length);
        return store.commit(entries, today);
      },
    }));
    return { host, batches };
  }

  test("puts what came in one turn into one commit, 256 entries at most, and acknowledges after it", async () => {
    const { host, batches } = makeCounting();
    const rooms = Array.from({ length: 6 }, makeRoom);
    const members = await Promise.all(rooms.map((room) => joinFake(host, room)));
    const seqs = Array.from({ length: 50 }, (_, i) => i);
    for (const [i, member] of members.entries()) member.send(putOf(rooms[i] as TestRoom, 1, seqs));
    expect(members.flatMap((member) => member.received())).toEqual([]);
    await host.turn();
    expect(batches).toEqual([250, 50]);
    expect(members.map((member) => member.received().map(({ op }) => op))).toEqual(
      members.map(() => ["ack"]),
    );
  });

  test("takes 64 entries of a busy room at a time, in order, and lets the others pass", async () => {
    const { host, batches } = makeCounting();
    const [busy, quiet] = [makeRoom(), makeRoom()];
    const [a, b, c] = [await joinFake(host, busy), await joinFake(host, quiet), await joinFake(host, busy)];
    const seqs = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
    a.send(putOf(busy, 1, seqs(0, 60)));
    a.send(putOf(busy, 2, seqs(60, 60)));
    a.send(putOf(busy, 3, seqs(120, 2)));
    b.send(putOf(quiet, 4, [1]));
    await host.turn();
    expect(batches).toEqual([61, 62]);
    expect(a.received().map((frame) => frame.op === "ack" && frame.request)).toEqual([1, 2, 3]);
    expect(b.received()).toMatchObject([{ op: "ack", request: 4 }]);
    const events = c.received().map((frame) => frame.op === "event" && frame.cursor);
    expect(events).toEqual(seqs(1, 122));
  });

  test("refuses what would wait beyond its memory, and takes it later", async () => {
    const host = makeHost({ pendingPutBytes: 2000 });
    const room = makeRoom();
    const a = await joinFake(host, room);
    a.send(putOf(room, 1, [1], 1000));
    a.send(putOf(room, 2, [2], 1000));
    expect(a.received()).toMatchObject([{ op: "error", request: 2, code: "LK-RELAY-RATE" }]);
    await host.turn();
    a.send(putOf(room, 2, [2], 1000));
    await host.turn();
    expect(a.received()).toMatchObject([{ request: 1 }, { op: "ack", request: 2 }]);
  });

  test("acknowledges nothing to who left, and still stores and pushes", async () => {
    const host = makeHost();
    const room = makeRoom();
    const [a, b] = [await joinFake(host, room), await joinFake(host, room)];
    a.send(putOf(room, 1, [1]));
    a.session.closed();
    await host.turn();
    expect(a.received()).toEqual([]);
    expect(b.received()).toMatchObject([{ op: "event", cursor: 1 }]);
  });

  test("pushes to who joined between put and commit, and tells it a true head", async () => {
    const host = makeHost();
    const room = makeRoom();
    const a = await joinFake(host, room);
    a.send(putOf(room, 1, [1]));
    a.session.closed();
    const b = await joinFake(host, room);
    await host.turn();
    expect(b.received()).toMatchObject([{ op: "event", cursor: 1 }]);
  });
});

describe("one frame after the other", () => {
  test("what waits behind a slow one is handled in order, and a flood of it ends the socket", async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const host = makeHost({}, (store) => ({
      ...store,
      async readForward(room) {
        await gate;
        return store.readForward(room);
      },
    }));
    const room = makeRoom();
    const [a, b] = [await joinFake(host, room), await joinFake(host, room)];
    a.send({ op: "forwardGet", request: 1 });
    a.send({ op: "describe", request: 2 });
    a.send(putOf(room, 3, [1]));
    b.send({ op: "forwardGet", request: 1 });
    for (let i = 0; i < 17; i++) b.session.message(new Uint8Array(262_144));
    await host.turn();
    expect(a.received()).toEqual([]);
    expect(b.conn.ended).toEqual(SLOW);
    release();
    await host.turn();
    expect(a.received().map((frame) => "request" in frame && frame.request)).toEqual([1, 2, 3]);
  });

  test("nothing is done for a socket that ended, and its places are given back once", async () => {
    const host = makeHost({ socketsPerRoom: 2 });
    const room = makeRoom();
    const a = await joinFake(host, room);
    a.session.message("nonsense");
    a.send({ op: "describe", request: 1 });
    const b = await joinFake(host, room);
    // The host hears of the end only now, when others are in the room again.
    a.session.closed();
    a.session.tick();
    const c = await joinFake(host, room);
    await expect(joinFake(host, room)).rejects.toThrow("no welcome");
    c.send(putOf(room, 1, [1]));
    await host.turn();
    expect(b.received()).toMatchObject([{ op: "event", cursor: 1 }]);
    expect(a.received()).toEqual([]);
    expect(a.conn.ended).toEqual({ code: 1003, reason: "LK-RELAY-FRAME" });
  });

  test("a frame over 256 KiB ends the socket though the host let it through", async () => {
    const host = makeHost();
    const a = await joinFake(host, makeRoom());
    a.session.message(new Uint8Array(262_145));
    expect(a.conn.ended).toEqual({ code: 1009, reason: "LK-RELAY-FRAME" });
  });

  test("a socket that closes during its join is in no room", async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const host = makeHost({ socketsPerRoom: 1 }, (store) => ({
      ...store,
      async openRoom(id, today) {
        await gate;
        return store.openRoom(id, today);
      },
    }));
    const room = makeRoom();
    const left = greetFake(host, room);
    left.send(left.join);
    await host.turn();
    left.session.closed();
    release();
    await host.turn();
    await joinFake(host, room);
    expect(left.received()).toEqual([]);
  });
});

describe("a snapshot under way", () => {
  const begin = { op: "snapshotBegin", request: 1, expected: null, hash: bytesOf(32), size: 10 } as const;

  test("goes after ten minutes, and its space is free again", async () => {
    const host = makeHost({ snapshotBytes: 10 });
    const room = makeRoom();
    const [a, b] = [await joinFake(host, room), await joinFake(host, room)];
    const answer = async (): Promise<string | undefined> => {
      b.send(begin);
      await host.turn();
      return b.received()[0]?.op;
    };
    a.send(begin);
    await host.turn();
    for (let minute = 0; minute < 10; minute++) {
      host.time.now += 60_000;
      a.session.message("ping");
      b.session.message("ping");
      await host.relay.tick();
    }
    expect(await answer()).toBe("error");
    host.time.now += 1;
    await host.relay.tick();
    expect(await answer()).toBe("ok");
  });

  test("goes with a socket that closed while it began", async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const host = makeHost({ snapshotBytes: 10 }, (store) => ({
      ...store,
      async stageSnapshot(room, hash, size) {
        await gate;
        return store.stageSnapshot(room, hash, size);
      },
    }));
    const room = makeRoom();
    const [a, b] = [await joinFake(host, room), await joinFake(host, room)];
    a.send(begin);
    await host.turn();
    a.session.closed();
    release();
    await host.turn();
    b.send(begin);
    await host.turn();
    expect(b.received()).toEqual([{ op: "ok", request: 1 }]);
  });
});

describe("the places of an address", () => {
  test("are given back when a socket ends, by whomever", async () => {
    const host = makeHost({ socketsPerIpGroup: 1 });
    const a = await joinFake(host, makeRoom());
    expect(() => greetFake(host, makeRoom())).toThrow("no place");
    a.session.closed();
    const b = await joinFake(host, makeRoom());
    b.session.message("nonsense");
    await joinFake(host, makeRoom());
  });

  test("are forgotten with all of the socket", async () => {
    const host = makeHost();
    const a = await joinFake(host, makeRoom());
    const asked = vi.spyOn(a.conn, "buffered");
    await host.relay.tick();
    expect(asked).toHaveBeenCalled();
    a.session.closed();
    asked.mockClear();
    await host.relay.tick();
    expect(asked).not.toHaveBeenCalled();
  });

  test("for strangers are given back by a join", async () => {
    const host = makeHost({ halfOpenPerIpGroup: 1 });
    const a = greetFake(host, makeRoom());
    expect(() => greetFake(host, makeRoom())).toThrow("no place");
    a.session.closed();
    await joinFake(host, makeRoom());
    await joinFake(host, makeRoom());
  });
});

describe("days", () => {
  test("keep rooms with open sockets and take those without", async () => {
    const host = makeHost();
    const [open, left] = [makeRoom(), makeRoom()];
    const member = await joinFake(host, open);
    const gone = await joinFake(host, left);
    member.send(putOf(open, 1, [1]));
    gone.send(putOf(left, 1, [1]));
    await host.turn();
    await host.relay.tick();
    gone.session.closed();
    for (let day = 0; day < 402; day++) {
      host.time.now += 86_400_000;
      member.session.message("ping");
      await host.relay.tick();
    }
    expect(host.events).toContain("expired");
    const today = Math.floor(host.time.now / 86_400_000);
    expect(await host.store.openRoom(left.id, today)).toBeNull();
    expect(await host.store.openRoom(open.id, today)).toMatchObject({ head: 1 });
  });
});

/** What members of a room can do, over real sockets (relay.md § 5). */
import { encodeCbor } from "@latchkey/core/cbor/codec";
import {
  type AnyFrame,
  forwardOperands,
  pinOperands,
  purgeOperands,
  type RelayFrame,
} from "@latchkey/core/relay-protocol";
import { describe, expect, test } from "vitest";
import {
  bytesOf,
  joinRoom,
  makeEntry,
  makeRoom,
  type Member,
  nextRequest,
  signAs,
  startTestRelay,
  type TestRoom,
} from "./rig.ts";

const REFUSED = (code: string): unknown => expect.objectContaining({ op: "error", code });

async function twoMembers(
  limits = {},
): Promise<{ room: TestRoom; a: Member; b: Member; relay: Awaited<ReturnType<typeof startTestRelay>> }> {
  const relay = await startTestRelay(limits);
  const room = makeRoom();
  return { relay, room, a: await joinRoom(relay, room), b: await joinRoom(relay, room) };
}

describe("put", () => {
  test("is acknowledged with cursors, pushed to the others and pulled by who comes later", async () => {
    const { a, b, relay, room } = await twoMembers();
    const entries = [1, 2, 3].map((seq) => makeEntry(room, seq));
    expect(await a.put(...entries)).toEqual([1, 2, 3]);
    for (const [i, entry] of entries.entries()) {
      expect(await b.client.take("event")).toEqual({ op: "event", cursor: i + 1, entry });
    }
    expect(await (await joinRoom(relay, room)).pullAll()).toEqual(
      entries.map((entry, i) => ({ cursor: i + 1, entry })),
    );
    await a.client.settle();
    expect(a.client.pending()).toEqual([]);
  });

  test("of what is there gets the same cursor and disturbs nobody", async () => {
    const { a, b, room } = await twoMembers();
    const entry = makeEntry(room, 1);
    expect(await a.put(entry, entry)).toEqual([1, 1]);
    await b.client.take("event");
    expect(await b.put(entry)).toEqual([1]);
    expect(await a.put(makeEntry(room, 1, { salt: 9 }))).toEqual([2]);
    expect(await b.client.take("event")).toMatchObject({ cursor: 2 });
    expect(b.client.pending()).toEqual([]);
  });

  test("answers each entry for itself", async () => {
    const { a, room } = await twoMembers({ roomLogEntries: 2 });
    const foreign = makeEntry(makeRoom(), 1);
    const outcomes = await a.put(
      makeEntry(room, 1),
      foreign,
      bytesOf(10),
      makeEntry(room, 2),
      makeEntry(room, 3),
    );
    expect(outcomes).toEqual([1, "LK-ENTRY-MALFORMED", "LK-ENTRY-MALFORMED", 2, "LK-RELAY-QUOTA"]);
    expect(await a.put(foreign)).toEqual(["LK-ENTRY-MALFORMED"]);
  });

  test("from many sockets at once gives every receiver one order without gaps", async () => {
    const relay = await startTestRelay();
    const room = makeRoom();
    const watcher = await joinRoom(relay, room);
    const writers = await Promise.all(Array.from({ length: 6 }, () => joinRoom(relay, room)));
    const acked = await Promise.all(
      writers.map(async (writer, tag) => {
        const cursors: (string | number)[] = [];
        for (let seq = 1; seq <= 20; seq++)
          cursors.push(...(await writer.put(makeEntry(room, seq, { tag }))));
        return cursors;
      }),
    );
    const all = acked.flat().sort((x, y) => Number(x) - Number(y));
    expect(all).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
    for (let cursor = 1; cursor <= 120; cursor++)
      expect((await watcher.client.take("event")).cursor).toBe(cursor);
    expect((await watcher.pullAll()).map(({ cursor }) => cursor)).toEqual(all);
  });

  test("keeps rooms apart", async () => {
    const { a, b, relay } = await twoMembers();
    const otherRoom = makeRoom();
    const other = await joinRoom(relay, otherRoom);
    expect(await other.put(makeEntry(otherRoom, 1))).toEqual([1]);
    await b.client.settle();
    expect([...a.client.pending(), ...b.client.pending()]).toEqual([]);
    expect(await a.pullAll()).toEqual([]);
  });
});

describe("pull", () => {
  test("gives entries after a cursor, within its bounds, in frames of at most 256 KiB", async () => {
    const { a, room } = await twoMembers();
    for (let seq = 1; seq <= 8; seq++) await a.put(makeEntry(room, seq, { size: 60_000 }));
    a.client.send({ op: "pull", request: 900, after: 1, maxEntries: 6, maxBytes: 1_048_576 });
    const frames: Extract<RelayFrame, { op: "entries" }>[] = [];
    do frames.push(await a.client.take("entries"));
    while (frames.at(-1)?.done === false);
    expect(frames.map((frame) => frame.entries.map(({ cursor }) => cursor))).toEqual([
      [2, 3, 4, 5],
      [6, 7],
    ]);
    expect(frames.every((frame) => frame.request === 900 && frame.head === 8)).toBe(true);
    a.client.send({ op: "pull", request: 901, after: 8, maxEntries: 6, maxBytes: 1 });
    expect(await a.client.take("entries")).toEqual({
      op: "entries",
      request: 901,
      entries: [],
      head: 8,
      done: true,
    });
    a.client.send({ op: "pull", request: 902, after: 0, maxEntries: 500, maxBytes: 100_000 });
    expect((await a.client.take("entries")).entries).toHaveLength(1);
  });
});

describe("live push", () => {
  const size = 60_000;

  async function useUpCredit({ a, b, room }: { a: Member; b: Member; room: TestRoom }): Promise<number> {
    let pushed = 0;
    for (let seq = 1; ; seq++) {
      await a.put(makeEntry(room, seq, { size }));
      const frame = await b.client.take("event", "lagging");
      if (frame.op === "lagging") return seq;
      pushed += frame.entry.length;
      expect(pushed).toBeLessThanOrEqual(1_048_576);
    }
  }

  test("stops with one word when the credit is used up, and goes on with new credit", async () => {
    const members = await twoMembers();
    const { a, b, room } = members;
    const stopped = await useUpCredit(members);
    expect(stopped).toBe(18);
    await a.put(makeEntry(room, 100, { size }));
    await b.client.settle();
    expect(b.client.pending()).toEqual([]);
    b.client.send({ op: "credit", bytes: 100_000 });
    await b.client.settle();
    await a.put(makeEntry(room, 101, { size }));
    expect(await b.client.take("event")).toMatchObject({ cursor: 20 });
    await a.put(makeEntry(room, 102, { size }));
    await a.put(makeEntry(room, 103, { size }));
    expect(await b.client.take("event", "lagging")).toMatchObject({ cursor: 21 });
    expect(await b.client.take("lagging")).toEqual({ op: "lagging", head: 22 });
  });

  test("goes on without new credit for who has pulled to the head, as far as credit is left", async () => {
    const members = await twoMembers();
    const { a, b, room } = members;
    await useUpCredit(members);
    const small = makeEntry(room, 200);
    await a.put(small);
    await b.client.settle();
    expect(b.client.pending()).toEqual([]);
    expect((await b.pullAll(17)).map(({ cursor }) => cursor)).toEqual([18, 19]);
    await a.put(makeEntry(room, 201));
    expect(await b.client.take("event")).toMatchObject({ cursor: 20 });
  });

  test("does not go on for who has pulled a part only", async () => {
    const members = await twoMembers();
    const { a, b, room } = members;
    await useUpCredit(members);
    b.client.send({ op: "pull", request: 1, after: 0, maxEntries: 1, maxBytes: 1000 });
    await b.client.take("entries");
    await a.put(makeEntry(room, 201));
    await b.client.settle();
    expect(b.client.pending()).toEqual([]);
  });

  test("holds credit to 4 MiB however much is granted", async () => {
    const { a, b, room } = await twoMembers();
    for (let i = 0; i < 4; i++) b.client.send({ op: "credit", bytes: 4_194_304 });
    await b.client.settle();
    let pushed = 0;
    for (let seq = 1; seq <= 80; seq++) {
      await a.put(makeEntry(room, seq, { size }));
      const frame = await b.client.take("event", "lagging");
      if (frame.op === "lagging") break;
      pushed += frame.entry.length;
    }
    expect(pushed).toBeGreaterThan(4_000_000);
    expect(pushed).toBeLessThanOrEqual(4_194_304);
  });
});

describe("the snapshot", () => {
  const hash = bytesOf(32, 7);
  const begin = (size: number, expected: Uint8Array | null = null, name = hash) => ({
    op: "snapshotBegin" as const,
    request: nextRequest(),
    expected,
    hash: name,
    size,
  });
  const chunk = (request: number, index: number, length: number): AnyFrame => ({
    op: "snapshotChunk",
    request,
    index,
    body: bytesOf(length, index + 1),
  });

  async function upload(
    member: Member,
    size: number,
    expected: Uint8Array | null = null,
    name = hash,
  ): Promise<RelayFrame> {
    const frame = begin(size, expected, name);
    const answer = await member.ask(frame);
    if (answer.op !== "ok") return answer;
    for (let at = 0, i = 0; at < size; at += 65_536, i++) {
      member.client.send(chunk(frame.request, i, Math.min(65_536, size - at)));
    }
    return member.ask({ op: "snapshotCommit", request: frame.request });
  }

  test("goes up in chunks and comes down in chunks, a few at a time", async () => {
    const { a, b, relay, room } = await twoMembers();
    const size = 65_536 * 20 + 5;
    expect(await upload(a, size)).toMatchObject({ op: "ok" });
    expect((await joinRoom(relay, room)).welcome.snapshot).toEqual({ hash, size });
    const got: number[] = [];
    for (let from = 0; from < 21; from += 16) {
      b.client.send({ op: "snapshotGet", request: 5, hash, from, count: 16 });
      for (let i = from; i < Math.min(from + 16, 21); i++) {
        const part = await b.client.take("chunk");
        expect(part).toMatchObject({ request: 5, index: i, last: i === 20 });
        expect(part.body).toEqual(bytesOf(i === 20 ? 5 : 65_536, i + 1));
        got.push(part.index);
      }
    }
    expect(got).toHaveLength(21);
  });

  test("is replaced only by who names the present one", async () => {
    const { a, b } = await twoMembers();
    expect(await upload(a, 10)).toMatchObject({ op: "ok" });
    // Told at once, before any chunk is sent.
    expect(await b.ask(begin(10, null))).toMatchObject({ op: "conflict", current: hash });
    expect(await upload(b, 10, bytesOf(32, 9), bytesOf(32, 8))).toMatchObject({
      op: "conflict",
      current: hash,
    });
    expect(await upload(b, 10, hash, bytesOf(32, 8))).toMatchObject({ op: "ok" });
    expect(await b.ask({ op: "snapshotGet", request: 1, hash, from: 0, count: 1 })).toEqual(
      REFUSED("LK-RELAY-GONE"),
    );
  });

  test("of two uploads under way goes to the quicker", async () => {
    const { a, b } = await twoMembers();
    const [first, second] = [begin(10), begin(10, null, bytesOf(32, 8))];
    await a.ask(first);
    await b.ask(second);
    a.client.send(chunk(first.request, 0, 10));
    b.client.send(chunk(second.request, 0, 10));
    expect(await b.ask({ op: "snapshotCommit", request: second.request })).toMatchObject({ op: "ok" });
    expect(await a.ask({ op: "snapshotCommit", request: first.request })).toMatchObject({
      op: "conflict",
      current: bytesOf(32, 8),
    });
  });

  test.for<[string, number[], number[]]>([
    ["a chunk too few", [65_536], [0]],
    ["a chunk out of order", [65_536, 10], [1, 0]],
    ["a chunk twice", [65_536, 65_536], [0, 0]],
    ["a short chunk in the middle", [60_000, 5546], [0, 1]],
    ["a last chunk that is too long", [65_536, 11], [0, 1]],
    ["a chunk too many", [65_536, 10, 1], [0, 1, 2]],
  ])("is not taken with %s, and says so once", async ([, lengths, indexes]) => {
    const { a } = await twoMembers();
    const frame = begin(65_546);
    expect(await a.ask(frame)).toMatchObject({ op: "ok" });
    for (const [i, length] of lengths.entries()) {
      a.client.send(chunk(frame.request, indexes[i] as number, length));
    }
    a.client.send({ op: "snapshotCommit", request: frame.request });
    expect(await a.client.take("error")).toMatchObject({ request: frame.request, code: "LK-RELAY-PROTOCOL" });
    await a.client.settle();
    expect(a.client.pending()).toEqual([]);
    expect(await a.ask({ op: "snapshotGet", request: 1, hash, from: 0, count: 1 })).toEqual(
      REFUSED("LK-RELAY-GONE"),
    );
    expect(await upload(a, 10)).toMatchObject({ op: "ok" });
  });

  test("is refused over its quota, and empty", async () => {
    const { a } = await twoMembers({ snapshotBytes: 1000 });
    expect(await a.ask(begin(1001))).toEqual(REFUSED("LK-RELAY-QUOTA"));
    expect(await a.ask(begin(0))).toEqual(REFUSED("LK-RELAY-QUOTA"));
    expect(await a.ask(begin(2 ** 40))).toEqual(REFUSED("LK-RELAY-QUOTA"));
    expect(await upload(a, 1000)).toMatchObject({ op: "ok" });
  });

  test("under way goes with its socket and with a new begin", async () => {
    const { a, b } = await twoMembers({ snapshotBytes: 1000 });
    expect(await a.ask(begin(900))).toMatchObject({ op: "ok" });
    expect(await b.ask(begin(900))).toEqual(REFUSED("LK-RELAY-QUOTA"));
    expect(await a.ask(begin(900))).toMatchObject({ op: "ok" });
    a.client.close();
    await a.client.closed;
    await expect.poll(async () => (await b.ask(begin(900))).op).toBe("ok");
  });

  test("upload of another request is refused", async () => {
    const { a } = await twoMembers();
    a.client.send(chunk(77, 0, 10));
    expect(await a.client.take("error")).toMatchObject({ request: 77, code: "LK-RELAY-PROTOCOL" });
    expect(await a.ask({ op: "snapshotCommit", request: 78 })).toEqual(REFUSED("LK-RELAY-PROTOCOL"));
  });
});

describe("the authority", () => {
  test("pins an entry, which then outlives a purge", async () => {
    const { a, b, room } = await twoMembers();
    const entry = makeEntry(room, 1);
    const pin = signAs(room.authority, pinOperands(room.id, entry));
    await a.put(makeEntry(room, 2));
    expect(await a.ask({ op: "put", request: 1, entries: [{ entry, pin }] })).toMatchObject({
      outcomes: [{ cursor: 2 }],
    });
    expect(await b.client.take("event")).toMatchObject({ cursor: 1 });
    expect(await b.client.take("event")).toMatchObject({ cursor: 2, entry });
    const signature = signAs(room.authority, purgeOperands(a.challenge));
    expect(await a.ask({ op: "purge", request: 2, signature })).toMatchObject({ op: "ok" });
    expect(await a.pullAll()).toEqual([{ cursor: 2, entry }]);
    expect(await b.client.closed).toEqual({ code: 4410, reason: "LK-RELAY-GONE" });
    expect(await a.put(makeEntry(room, 3))).toEqual([3]);
  });

  test.for<[string, (room: TestRoom, entry: Uint8Array) => Uint8Array]>([
    ["the auth key", (room, entry) => signAs(room.auth, pinOperands(room.id, entry))],
    [
      "the authority of another room",
      (room, entry) => signAs(makeRoom().authority, pinOperands(room.id, entry)),
    ],
    ["it over another entry", (room) => signAs(room.authority, pinOperands(room.id, makeEntry(room, 9)))],
    ["it over a purge", (room) => signAs(room.authority, ["latchkey/relay-purge/1", room.id])],
    ["nobody", () => bytesOf(64)],
  ])("a pin signed by %s is not taken, and its entry neither", async ([, sign]) => {
    const { a, room } = await twoMembers();
    const entry = makeEntry(room, 1);
    const put = { op: "put", request: 1, entries: [{ entry, pin: sign(room, entry) }] } as const;
    expect(await a.ask(put)).toMatchObject({ outcomes: [{ code: "LK-RELAY-AUTH" }] });
    expect(await a.pullAll()).toEqual([]);
  });

  test("leaves the order of puts alone", async () => {
    const { a, room } = await twoMembers();
    const pinned = makeEntry(room, 1);
    const pin = signAs(room.authority, pinOperands(room.id, pinned));
    a.client.send({ op: "put", request: 1, entries: [{ entry: pinned, pin }] });
    a.client.send({ op: "put", request: 2, entries: [{ entry: makeEntry(room, 2), pin: null }] });
    expect(await a.client.take("ack")).toMatchObject({ request: 1, outcomes: [{ cursor: 1 }] });
    expect(await a.client.take("ack")).toMatchObject({ request: 2, outcomes: [{ cursor: 2 }] });
  });

  test.for<[string, (room: TestRoom, a: Member, b: Member) => Uint8Array]>([
    ["the auth key", (room, a) => signAs(room.auth, purgeOperands(a.challenge))],
    ["the authority on another socket", (room, _, b) => signAs(room.authority, purgeOperands(b.challenge))],
    ["the authority of another room", (_, a) => signAs(makeRoom().authority, purgeOperands(a.challenge))],
  ])("a purge signed by %s is refused", async ([, sign]) => {
    const { a, b, room } = await twoMembers();
    await a.put(makeEntry(room, 1));
    expect(await a.ask({ op: "purge", request: 1, signature: sign(room, a, b) })).toEqual(
      REFUSED("LK-RELAY-AUTH"),
    );
    expect(await a.pullAll()).toHaveLength(1);
  });

  test("replaces the forward record by compare-and-swap, and it outlives a purge", async () => {
    const { a, b, relay, room } = await twoMembers();
    const forward = (member: Member, expected: Uint8Array | null, value: number, key = room.authority) => {
      const [hash, body] = [bytesOf(32, value), bytesOf(70, value)];
      const signature = signAs(key, forwardOperands(member.challenge, expected, hash, body));
      return member.ask({ op: "forwardPut", request: nextRequest(), expected, hash, body, signature });
    };
    expect(await a.ask({ op: "forwardGet", request: 1 })).toMatchObject({ op: "forward", record: null });
    expect(await forward(a, null, 1)).toMatchObject({ op: "ok" });
    expect(await forward(b, null, 2)).toMatchObject({ op: "conflict", current: bytesOf(32, 1) });
    expect(await forward(b, bytesOf(32, 1), 2, room.auth)).toEqual(REFUSED("LK-RELAY-AUTH"));
    expect(await forward({ ...b, challenge: a.challenge }, bytesOf(32, 1), 2)).toEqual(
      REFUSED("LK-RELAY-AUTH"),
    );
    expect(await forward(b, bytesOf(32, 1), 2)).toMatchObject({ op: "ok" });
    await a.ask({ op: "purge", request: 2, signature: signAs(room.authority, purgeOperands(a.challenge)) });
    expect(await a.ask({ op: "forwardGet", request: 3 })).toMatchObject({
      record: { hash: bytesOf(32, 2), body: bytesOf(70, 2) },
    });
    expect((await joinRoom(relay, room)).welcome.forward).toEqual({ hash: bytesOf(32, 2), size: 70 });
  });
});

describe("a member", () => {
  test("is told everything that is held of its room", async () => {
    const { a, room } = await twoMembers();
    await a.put(
      makeEntry(room, 1, { tag: 4 }),
      makeEntry(room, 2, { tag: 4 }),
      makeEntry(room, 1, { tag: 5 }),
    );
    const length = makeEntry(room, 1).length;
    const today = Math.floor(Date.now() / 86_400_000);
    const days = { firstDay: today, lastDay: today };
    expect(await a.ask({ op: "describe", request: 4 })).toEqual({
      op: "description",
      request: 4,
      description: {
        createdDay: today,
        seenDay: today,
        head: 3,
        entries: 3,
        bytes: 3 * length,
        pins: 0,
        pinBytes: 0,
        tags: [
          { deviceTag: bytesOf(8, 4), entries: 2, bytes: 2 * length, highestSeq: 2, ...days },
          { deviceTag: bytesOf(8, 5), entries: 1, bytes: length, highestSeq: 1, ...days },
        ],
        snapshot: null,
        forward: null,
        invite: null,
      },
    });
  });

  test("is heard by ping and pong, and ended after two silent intervals", async () => {
    const { a, relay } = await twoMembers();
    relay.advance(60_000);
    await a.client.settle();
    relay.advance(60_000);
    await a.client.settle();
    relay.advance(91_000);
    expect(await a.client.closed).toEqual({ code: 1013, reason: "LK-RELAY-SLOW" });
  });

  test.for<[string, Uint8Array | string, number]>([
    ["text", "hello", 1003],
    ["an empty frame", new Uint8Array(0), 1002],
    ["no CBOR", bytesOf(10, 255), 1002],
    ["an unknown op", encodeCbor([13, 1]), 1002],
    ["a frame of the relay's", encodeCbor([70, 1]), 1002],
    ["a frame over 256 KiB", new Uint8Array(262_145), 1009],
  ])("that sends %s is ended", async ([, message, code]) => {
    const { a, b } = await twoMembers();
    a.client.socket.send(message);
    expect((await a.client.closed).code).toBe(code);
    await b.client.settle();
  });
});

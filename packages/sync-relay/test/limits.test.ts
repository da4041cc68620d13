/** What an impolite client meets: rates, caps, groups of addresses, configuration (relay.md § 10). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { roomSocketUrl } from "@latchkey/core/relay-protocol";
import { readConfig, variableOf } from "../src/config.ts";
import { startRelay } from "../src/hosts/node.ts";
import { groupOf, type IpGroup } from "../src/address.ts";
import { DEFAULT_LIMITS, type LimitName, type RelayLimits } from "../src/limits.ts";
import { createMetrics } from "../src/metrics.ts";
import { createBuckets, createBudgets } from "../src/rate.ts";
import { createSocketGate } from "../src/socket-gate.ts";
import {
  dialRoom,
  joinRoom,
  makeEntry,
  makeJoin,
  makeRoom,
  startTestRelay,
  temporaryFolder,
  type TestRelay,
} from "./rig.ts";

const A: IpGroup = [{ key: "a", factor: 1 }];
const B: IpGroup = [{ key: "b", factor: 1 }];

describe("a rate bucket", () => {
  test("gives its burst, then what time brings, and says how long to wait", () => {
    let now = 0;
    const buckets = createBuckets(3, 0.5, { now: () => now });
    expect([1, 2, 3].map(() => buckets.take(A))).toEqual([0, 0, 0]);
    expect(buckets.take(A)).toBe(2000);
    expect(buckets.take(B)).toBe(0);
    now = 1999;
    expect(buckets.take(A)).toBe(1);
    now = 2000;
    expect(buckets.take(A)).toBe(0);
    expect(buckets.take(A, 3)).toBe(6000);
  });

  test("drains into debt what is known only afterwards", () => {
    let now = 0;
    const buckets = createBuckets(10, 1, { now: () => now });
    expect(buckets.take(A, 25, 1)).toBe(0);
    expect(buckets.take(A, 1)).toBe(16_000);
    now = 16_000;
    expect(buckets.take(A, 1)).toBe(0);
  });

  test("never gives more than burst and time allow, whatever is asked and however the clock jumps", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -5000, max: 5000 }), fc.nat({ max: 6 }))), (steps) => {
        let now = 0;
        let forward = 0;
        let given = 0;
        const buckets = createBuckets(5, 1, { now: () => now });
        for (const [step, amount] of steps) {
          now += step;
          forward += Math.max(0, step);
          if (buckets.take(A, amount) === 0) given += amount;
          buckets.prune();
        }
        expect(given).toBeLessThanOrEqual(5 + forward / 1000);
      }),
      { numRuns: process.env["SLOW"] ? 5000 : 100 },
    );
  });
});

describe("the budget of IP groups", () => {
  test("gives a /48 four times what a /64 gets, and an IPv4 address its own", () => {
    const buckets = createBuckets(2, 0, { now: () => 0 });
    const take = (address: string): boolean => buckets.take(groupOf(address)) === 0;
    const taken = [1, 1, 1, 2, 2, 3, 3, 4, 4, 5].map((subnet) => take(`2001:db8:1:${subnet}::1`));
    expect(taken).toEqual([true, true, false, true, true, true, true, true, true, false]);
    expect(take("2001:db8:2::1")).toBe(true);
    expect(["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"].map(take)).toEqual([true, true, false, true]);
    expect(buckets.take(groupOf("2001:db8:1:9::1"), 5, 1)).toBeGreaterThan(0);
  });
});

describe("an address", () => {
  test.for<[string, string, string | null]>([
    ["192.0.2.7", "c0000207/32", null],
    ["::ffff:192.0.2.7", "c0000207/32", null],
    ["2001:db8:1:2:3:4:5:6", "20010db800010002/64", "20010db80001/48"],
    ["2001:0DB8:0001:0002::9", "20010db800010002/64", "20010db80001/48"],
    ["2001:db8:1:3::", "20010db800010003/64", "20010db80001/48"],
    ["::1", "0/64", "0/48"],
    ["fe80::1%eth0", "fe80000000000000/64", "fe8000000000/48"],
    ["", "unknown", null],
    ["a:b", "unknown", null],
    ["1:2:3:4:5:6:7:8:9", "unknown", null],
    ["1::2::3", "unknown", null],
    ["12345::", "unknown", null],
  ])("%s is of the group %s", ([address, narrow, wide]) => {
    const shares = [{ key: narrow, factor: 1 }];
    expect(groupOf(address)).toEqual(wide === null ? shares : [...shares, { key: wide, factor: 4 }]);
  });
});

describe("the socket gate", () => {
  const from = (subnet: number) => groupOf(`2001:db8:1:${subnet}::1`);
  const [one, other, third] = [1, 2, 3].map((last) => groupOf(`192.0.2.${last}`)) as [
    IpGroup,
    IpGroup,
    IpGroup,
  ];
  const gateOf = (limits: Partial<RelayLimits>) => createSocketGate({ ...DEFAULT_LIMITS, ...limits });

  test("counts half-open sockets and all sockets apart, and takes places back", () => {
    const gate = gateOf({ halfOpenPerIpGroup: 2, socketsPerIpGroup: 3 });
    expect([gate.enter(one), gate.enter(one), gate.enter(one)]).toEqual([true, true, false]);
    expect([gate.hasRoom(one), gate.enter(other)]).toEqual([false, true]);
    gate.joined(one);
    expect(gate.enter(one)).toBe(true);
    gate.joined(one);
    expect(gate.enter(one)).toBe(false);
    gate.leave(one, true);
    gate.leave(one, false);
    expect([gate.sockets(), gate.halfOpen()]).toEqual([2, 1]);
  });

  test("gives a /48 four times what a /64 gets", () => {
    const gate = gateOf({ socketsPerIpGroup: 2 });
    const entered = [1, 1, 1, 2, 2, 3, 3, 4, 4, 5].map((subnet) => gate.enter(from(subnet)));
    expect(entered).toEqual([true, true, false, true, true, true, true, true, true, false]);
    expect(gate.enter(groupOf("2001:db8:2:1::1"))).toBe(true);
  });

  test("lets so many upgrades through from a /64, and four times as many from a /48", () => {
    const limits = { ...DEFAULT_LIMITS, upgradeBurst: 2, upgradesPerMinute: 0 };
    const budgets = createBudgets(limits, { now: () => 0 }, createMetrics());
    const refused = [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5].map(
      (subnet) => budgets.spend("upgrades", from(subnet)) > 0,
    );
    expect(refused).toEqual([false, false, true, true, false, false, false, false, false, false, true]);
    const elsewhere = [1, 2, 3].map(
      (host) => budgets.spend("upgrades", groupOf(`2001:db8:2:1::${host}`)) > 0,
    );
    expect(elsewhere).toEqual([false, false, true]);
  });

  test("holds the totals", () => {
    const gate = gateOf({ socketsTotal: 2, halfOpenTotal: 1 });
    expect([gate.enter(one), gate.enter(other)]).toEqual([true, false]);
    gate.joined(one);
    expect(gate.enter(other)).toBe(true);
    gate.joined(other);
    expect(gate.enter(third)).toBe(false);
  });
});

describe("over the wire", () => {
  const dial = (relay: TestRelay): Promise<{ status: number; retryAfter: string | undefined } | "open"> =>
    new Promise((resolve) => {
      const socket = new WebSocket(roomSocketUrl(relay.address, makeRoom().id));
      socket.on("unexpected-response", (request, response) => {
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"] });
        request.destroy();
      });
      socket.on("open", () => {
        resolve("open");
        socket.terminate();
      });
      socket.on("error", () => undefined);
    });

  test("upgrades over the rate get 429 and when to come again", async () => {
    const relay = await startTestRelay({ upgradeBurst: 2, upgradesPerMinute: 12 });
    expect([await dial(relay), await dial(relay)]).toEqual(["open", "open"]);
    expect(await dial(relay)).toEqual({ status: 429, retryAfter: "5" });
    relay.advance(5000);
    expect(await dial(relay)).toBe("open");
    expect((await fetch(`${relay.address}/livez`)).status).toBe(200);
  });

  test("a new room over the day's number is refused, an old one is not", async () => {
    const relay = await startTestRelay({ roomsCreatedPerIpGroupPerDay: 1 });
    const room = makeRoom();
    await joinRoom(relay, room);
    await joinRoom(relay, room);
    const other = makeRoom();
    const client = dialRoom(relay, other.id);
    const hello = await client.take("hello");
    client.send(makeJoin(other, hello));
    const refusal = await client.take("error");
    expect(refusal).toMatchObject({ code: "LK-RELAY-RATE", request: null });
    expect(refusal.retryAfterMs).toBeGreaterThan(86_000_000);
    expect(await client.closed).toEqual({ code: 4429, reason: "LK-RELAY-RATE" });
  });

  test("a room takes so many sockets", async () => {
    const relay = await startTestRelay({ socketsPerRoom: 2 });
    const room = makeRoom();
    const first = await joinRoom(relay, room);
    await joinRoom(relay, room);
    const client = dialRoom(relay, room.id);
    client.send(makeJoin(room, await client.take("hello")));
    expect(await client.closed).toEqual({ code: 4429, reason: "LK-RELAY-RATE" });
    first.client.close();
    await first.client.closed;
    await expect
      .poll(() =>
        joinRoom(relay, room).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });

  test.for<[string, Record<string, number>, number]>([
    ["frames", { roomPutBurstFrames: 2, roomPutFramesPerSecond: 1 }, 1000],
    ["bytes", { roomPutBurstBytes: 520, roomPutBytesPerSecond: 259 }, 1000],
  ])(
    "puts over a room's %s are told when to come again, and nothing is lost by coming",
    async ([, limits, wait]) => {
      const relay = await startTestRelay(limits);
      const room = makeRoom();
      const [a, b] = [await joinRoom(relay, room), await joinRoom(relay, room)];
      await a.put(makeEntry(room, 1));
      await b.put(makeEntry(room, 2));
      const put = { op: "put", request: 7, entries: [{ entry: makeEntry(room, 3), pin: null }] } as const;
      const refusal = await a.ask(put);
      expect(refusal).toMatchObject({ op: "error", request: 7, code: "LK-RELAY-RATE" });
      expect(refusal.op === "error" && refusal.retryAfterMs).toBeGreaterThan(wait - 500);
      relay.advance(2000);
      expect(await a.ask(put)).toMatchObject({ outcomes: [{ cursor: 3 }] });
    },
  );

  test("a snapshot over the room's rate is told when to come again", async () => {
    const relay = await startTestRelay({ roomSnapshotBurstBytes: 1000, roomSnapshotBytesPerSecond: 100 });
    const a = await joinRoom(relay, makeRoom());
    const begin = {
      op: "snapshotBegin",
      request: 1,
      expected: null,
      hash: new Uint8Array(32),
      size: 1000,
    } as const;
    expect(await a.ask(begin)).toMatchObject({ op: "ok" });
    expect(await a.ask(begin)).toMatchObject({ code: "LK-RELAY-RATE", request: 1 });
    relay.advance(10_000);
    expect(await a.ask(begin)).toMatchObject({ op: "ok" });
  });

  test("an address over its day's egress is pushed and served nothing more", async () => {
    const relay = await startTestRelay({ egressBytesPerIpGroupPerDay: 600 });
    const room = makeRoom();
    const [a, b] = [await joinRoom(relay, room), await joinRoom(relay, room)];
    for (let seq = 1; seq <= 3; seq++) await a.put(makeEntry(room, seq));
    await b.client.take("event");
    await b.client.take("event");
    await b.client.take("event");
    await a.put(makeEntry(room, 4));
    expect(await b.client.take("lagging")).toMatchObject({ head: 4 });
    const pull = { op: "pull", request: 3, after: 0, maxEntries: 10, maxBytes: 1000 } as const;
    expect(await b.ask(pull)).toMatchObject({ op: "error", request: 3, code: "LK-RELAY-RATE" });
    relay.advance(86_400_000 / 2);
    b.client.socket.terminate();
    const again = await joinRoom(relay, room);
    expect(await again.ask(pull)).toMatchObject({ op: "entries" });
  });

  test("a full disk refuses new rooms, then puts, and still serves", async () => {
    const folder = temporaryFolder();
    const room = makeRoom();
    const before = await startTestRelay({}, { file: `${folder}/relay.db` });
    await (await joinRoom(before, room)).put(makeEntry(room, 1));
    await before.close();
    const relay = await startTestRelay(
      { diskFloorBytes: Number.MAX_SAFE_INTEGER },
      { file: `${folder}/relay.db` },
    );
    expect((await fetch(`${relay.address}/readyz`)).status).toBe(503);
    const member = await joinRoom(relay, room);
    const put = { op: "put", request: 1, entries: [{ entry: makeEntry(room, 2), pin: null }] } as const;
    const hash = new Uint8Array(32);
    const signature = new Uint8Array(64);
    const writes = [
      put,
      { op: "snapshotBegin", request: 2, expected: null, hash, size: 10 },
      { op: "forwardPut", request: 3, expected: null, hash, body: hash, signature },
    ] as const;
    for (const write of writes) {
      expect(await member.ask(write)).toMatchObject({ op: "error", code: "LK-RELAY-STORE" });
    }
    expect(await member.pullAll()).toHaveLength(1);
    const stranger = makeRoom();
    const client = dialRoom(relay, stranger.id);
    client.send(makeJoin(stranger, await client.take("hello")));
    expect(await client.closed).toEqual({ code: 1011, reason: "LK-RELAY-STORE" });
  });
});

describe("the configuration", () => {
  test("is the documented default without a variable", () => {
    expect(readConfig({ PATH: "/bin", LATCHKEY_HOME: "x" })).toEqual({
      origins: [],
      contact: null,
      limits: DEFAULT_LIMITS,
      admission: { mode: "invite" },
      proxies: { trusted: [], header: null },
      metrics: null,
      databaseFile: null,
    });
  });

  test("takes every limit from the environment", () => {
    for (const name of Object.keys(DEFAULT_LIMITS) as LimitName[]) {
      expect(readConfig({ [variableOf(name)]: "123" }).limits).toEqual({ ...DEFAULT_LIMITS, [name]: 123 });
    }
    expect(variableOf("roomPutFramesPerSecond")).toBe("LATCHKEY_RELAY_ROOM_PUT_FRAMES_PER_SECOND");
  });

  test("takes origins in their one spelling", () => {
    const origins = "https://relay.example:443/, wss://relay.local:8080";
    expect(readConfig({ LATCHKEY_RELAY_ORIGINS: origins }).origins).toEqual([
      "https://relay.example",
      "https://relay.local:8080",
    ]);
  });

  test.for<[string, string]>([
    ["LATCHKEY_RELAY_SOCKETS_PER_ROOM", "many"],
    ["LATCHKEY_RELAY_SOCKETS_PER_ROOM", "-1"],
    ["LATCHKEY_RELAY_SOCKETS_PER_ROOM", "1.5"],
    ["LATCHKEY_RELAY_SOCKETS_PER_ROOM", ""],
    ["LATCHKEY_RELAY_SOCKETS_PER_ROOM", "9999999999999999"],
    ["LATCHKEY_RELAY_SOCKETS_PER_ROOMS", "5"],
    ["LATCHKEY_RELAY_ORIGINS", "relay.example"],
    ["LATCHKEY_RELAY_ORIGINS", "https://relay.example/path"],
    ["LATCHKEY_RELAY_ORIGINS", "https://relay.example/#AQEBAQEBAQEBAQEBAQEBAQ"],
    ["LATCHKEY_RELAY_CONTACT", "x".repeat(201)],
  ])("refuses %s=%s", ([name, value]) => {
    expect(() => readConfig({ [name]: value })).toThrow(expect.objectContaining({ code: "LK-RELAY-CONFIG" }));
  });

  test("that cannot work stops the start", async () => {
    const relay = await startTestRelay();
    const port = Number(new URL(relay.address).port);
    const file = `${temporaryFolder()}/relay.db`;
    const refused = expect.objectContaining({ code: "LK-RELAY-CONFIG" });
    await expect(startRelay({ admission: { mode: "open" }, file, port })).rejects.toThrow(refused);
    await expect(startRelay({ admission: { mode: "open" }, file, host: "0.0.0.0" })).rejects.toThrow(refused);
    await expect(startRelay({ admission: { mode: "open" }, file, host: "::" })).rejects.toThrow(refused);
    await expect(startRelay({ admission: { mode: "open" }, file, origins: ["nonsense"] })).rejects.toThrow(
      refused,
    );
    await expect(startRelay({ admission: { mode: "open" }, file: `${file}/in-a-file.db` })).rejects.toThrow(
      refused,
    );
  });
});

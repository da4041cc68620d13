/** A relay that breaks the protocol, pretends to be another, or says nothing: work goes on, the other relays go on, nothing is signed away. */
import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { isVaultError } from "@latchkey/core/errors";
import { encodeFrame, type RelayFrame, type RoomId } from "@latchkey/core/relay-protocol";
import { systemRandom } from "@latchkey/desktop/host/vault-host";
import { fetchSnapshot } from "@latchkey/device-host/relay-client/fetch-snapshot";
import { inspectRelayFile } from "@latchkey/sync-relay/store/inspect";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { makeFolder, until } from "@latchkey/desktop/test/hosts";
import { LiveDevice } from "../scenario/live-device.ts";
import { type Lie, LyingRelay } from "./lying-relay.ts";
import { expectHealed, makeWorld, sizeOf, sync, type World } from "./world.ts";

const HUGE = 2 ** 52;
const framesOf = ({ relay }: World, op: string): number =>
  relay.heard.filter((frame) => frame.op === op).length;
const problemOf = (device: LiveDevice): string | null => device.statuses[0]?.problem ?? null;

describe("a relay that lies about cursors", () => {
  const pages = (change: (page: Extract<RelayFrame, { op: "entries" }>) => RelayFrame): Lie => ({
    toDevice: (frame) => [frame.op === "entries" ? change(frame) : frame],
  });

  test.for<[string, Lie]>([
    [
      "that stand still",
      pages((page) => ({ ...page, entries: page.entries.map((placed) => ({ ...placed, cursor: 0 })) })),
    ],
    [
      "that run backwards",
      pages((page) => {
        const cursors = page.entries.map(({ cursor }) => cursor).toReversed();
        return { ...page, entries: page.entries.map(({ entry }, i) => ({ entry, cursor: cursors[i]! })) };
      }),
    ],
    [
      "that repeat",
      pages((page) => ({ ...page, entries: page.entries.map((placed) => ({ ...placed, cursor: HUGE })) })),
    ],
  ])("%s is hung up on, not asked for ever", async ([, lie]) => {
    const world = await makeWorld();
    const { desk, laptop, relay, write } = world;
    await sync(desk);
    await write();
    await write();
    await desk.settled();
    relay.lie = lie;
    relay.heard.length = 0;
    laptop.connect();
    await until(() => problemOf(laptop) === "LK-RELAY-PROTOCOL");
    expect(framesOf(world, "pull")).toBe(1);
    await expectHealed(world);
  });

  test("and promises more than it has is asked once a session, and healed when its numbers shrink", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay, write, notes } = world;
    await sync(desk);
    const note = await write();
    await desk.settled();
    relay.lie = {
      toDevice(frame) {
        if (frame.op === "welcome") return [{ ...frame, head: HUGE }];
        if (frame.op !== "entries") return [frame];
        return [
          {
            ...frame,
            head: HUGE,
            entries: frame.entries.map((one) => ({ ...one, cursor: one.cursor + HUGE })),
          },
        ];
      },
    };
    relay.heard.length = 0;
    await sync(laptop);
    expect(notes(laptop)).toEqual([note]);
    expect(framesOf(world, "pull")).toBeLessThanOrEqual(2);
    await expectHealed(world);
  });
});

describe("a relay that breaks the protocol", () => {
  const frame = (first: RelayFrame): Uint8Array => encodeFrame(first);

  test.for<[string, string, NonNullable<Lie["onSocket"]>]>([
    ["a frame over the limit", "LK-RELAY-PROTOCOL", (socket) => socket.send(new Uint8Array(300_000))],
    ["a text", "LK-RELAY-PROTOCOL", (socket) => socket.send("hello")],
    ["a frame that is none", "LK-RELAY-FRAME", (socket) => socket.send(new Uint8Array([0x83, 1, 2, 3]))],
    ["an empty frame", "LK-RELAY-FRAME", (socket) => socket.send(new Uint8Array())],
    [
      "an answer before the greeting",
      "LK-RELAY-PROTOCOL",
      (socket) => socket.send(frame({ op: "ok", request: 1 })),
    ],
    [
      "an entry before the greeting",
      "LK-RELAY-PROTOCOL",
      (socket) => socket.send(frame({ op: "event", cursor: 1, entry: new Uint8Array(2_048) })),
    ],
    ["nothing but its end", "LK-RELAY-UNREACHABLE", (socket) => socket.terminate()],
  ])("with %s is hung up on, and work goes on", async ([, problem, onSocket]) => {
    const world = await makeWorld();
    const { desk, relay, write, notes } = world;
    relay.lie = { onSocket };
    desk.connect();
    await until(() => problemOf(desk) !== null);
    expect(problemOf(desk)).toBe(problem);
    const note = await write();
    expect(notes(desk)).toEqual([note]);
    await expectHealed(world);
  });

  test.for<[string, RelayFrame]>([
    ["an acknowledgement of what was not put", { op: "ack", request: 9, outcomes: [{ cursor: 1 }] }],
    ["a page that was not asked for", { op: "entries", request: 99, entries: [], head: 5, done: true }],
    ["a second welcome", { op: "welcome", head: 0, snapshot: null, forward: null, expiresDay: 1, credit: 1 }],
    ["a chunk of nothing", { op: "chunk", request: 1, index: 0, body: new Uint8Array(1), last: true }],
  ])("with %s is hung up on", async ([, said]) => {
    const world = await makeWorld();
    const { desk, relay } = world;
    let told = false;
    relay.lie = {
      toDevice(frame) {
        if (frame.op !== "welcome" || told) return [frame];
        told = true;
        return [frame, said];
      },
    };
    desk.connect();
    await until(() => problemOf(desk) === "LK-RELAY-PROTOCOL");
    await expectHealed(world);
  });

  test.for([
    ["at once", 0],
    ["never", 2 ** 50],
  ] as const)("by sending devices away and wanting them back %s is not obeyed", async ([, retryAfterMs]) => {
    const { desk, relay } = await makeWorld();
    relay.lie = {
      onSocket(socket) {
        socket.send(encodeFrame({ op: "goaway", retryAfterMs, jitterMs: 0 }));
        socket.on("message", () => {});
        // When the ping comes back, the device has read what came before it.
        socket.ping();
        socket.on("pong", () => socket.close(1012));
      },
    };
    const timers = vi.spyOn(globalThis, "setTimeout");
    onTestFinished(() => timers.mockRestore());
    desk.connect();
    const waits = (): number[] =>
      timers.mock.calls.filter(([then]) => then.name === "connect").map(([, ms]) => ms as number);
    await until(() => waits().length > 0);
    desk.disconnect();
    for (const wait of waits()) {
      expect(wait).toBeGreaterThanOrEqual(400);
      expect(wait).toBeLessThanOrEqual(72_000);
    }
    if (retryAfterMs > 0) expect(Math.max(...waits())).toBeGreaterThan(40_000);
  });
});

describe("a relay that pretends", () => {
  test("to be another one gets no signature", async () => {
    const world = await makeWorld();
    const { desk, relay } = world;
    relay.lie = {
      toDevice: (frame) => [frame.op === "hello" ? { ...frame, origin: "https://relay.example" } : frame],
    };
    relay.heard.length = 0;
    desk.connect();
    await until(() => problemOf(desk) === "LK-RELAY-ORIGIN");
    expect(relay.heard).toEqual([]);
    await expectHealed(world);
  });

  test.for(["as it is", "as its own"] as const)(
    "and passes another relay's challenge on %s does not get into the room there",
    async (how) => {
      const folder = makeFolder();
      onTestFinished(() => folder.remove());
      const victim = "https://relay.example";
      const rogue = await LyingRelay.start(join(folder.path, "victim.db"), victim);
      onTestFinished(() => rogue.close());
      const desk = await LiveDevice.found(join(folder.path, "desk.latchkey"), "Desk", [rogue.origin]);
      onTestFinished(() => desk.close());
      if (how === "as its own") {
        rogue.lie = {
          toDevice: (frame) => [frame.op === "hello" ? { ...frame, origin: rogue.origin } : frame],
        };
      }
      desk.connect();
      await until(() => desk.statuses[0]?.problem != null);
      expect(problemOf(desk)).toBe(how === "as it is" ? "LK-RELAY-ORIGIN" : "LK-RELAY-AUTH");
      expect(rogue.heard.filter(({ op }) => op === "join")).toHaveLength(how === "as it is" ? 0 : 1);
      expect(inspectRelayFile(rogue.file).rooms).toEqual([]);
    },
  );
});

describe("a relay that says nothing", () => {
  const silences: Record<string, Lie> = {
    "from the start": { onSocket: () => {} },
    "after the greeting": { toDevice: (frame) => (frame.op === "hello" ? [frame] : []) },
    "to a pull": { toDevice: (frame) => (frame.op === "entries" ? [] : [frame]) },
    "to a put": { toDevice: (frame) => (frame.op === "ack" ? [] : [frame]) },
  };

  test.for(Object.keys(silences))(
    "%s holds nobody up: work goes on, and the other relay has it all",
    async (when) => {
      const other = await startOther();
      const world = await makeWorld([other.origin]);
      const { desk, laptop, relay, write, notes } = world;
      relay.lie = silences[when]!;
      desk.connect();
      laptop.connect();
      const note = await write();
      await until(() => notes(laptop)[0] === note);
      const states = new Map(desk.statuses.map(({ origin, state }) => [origin, state]));
      expect(states.get(relay.origin)).not.toBe("settled");
      await until(() =>
        desk.statuses.some(({ origin, state }) => origin === other.origin && state === "settled"),
      );
      expect(inspectRelayFile(other.file).rooms[0]?.description.entries).toBe(sizeOf(desk));
      await expectHealed(world);
    },
  );

  test("does not hold up a device that joins longer than it wants to wait", async () => {
    const world = await makeWorld();
    world.relay.lie = silences["from the start"]!;
    const fetching = fetchFrom(world, [world.relay.origin], 300);
    await expect(fetching).rejects.toSatisfy((error) => isVaultError(error, "LK-RELAY-UNREACHABLE"));
  });

  test("not even a greeting of TCP is no relay", async () => {
    const server = createServer(() => {}).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const dead = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const world = await makeWorld();
    await expect(fetchFrom(world, [dead], 300)).rejects.toSatisfy((error) =>
      isVaultError(error, "LK-RELAY-UNREACHABLE"),
    );
  });
});

describe("a relay that gives another snapshot", () => {
  test("does not keep a joining device from the true one at another relay", async () => {
    const other = await startOther();
    const world = await makeWorld([other.origin]);
    world.relay.lie = {
      toDevice: (frame) => [
        frame.op === "chunk" ? { ...frame, body: systemRandom(frame.body.length) } : frame,
      ],
    };
    await until(() => inspectRelayFile(other.file).rooms[0]?.description.snapshot != null);
    const snapshot = await fetchFrom(world, [world.relay.origin, other.origin], 10_000);
    expect(snapshot).toEqual(await world.desk.device.readSnapshot());
    await expect(fetchFrom(world, [world.relay.origin], 300)).rejects.toSatisfy((error) =>
      isVaultError(error, "LK-EPOCH-SNAPSHOT"),
    );
  });
});

/** Asks relays for the vault's snapshot as a joining device does. */
function fetchFrom({ desk }: World, relays: readonly string[], ms: number): Promise<Uint8Array> {
  const { context, epoch } = desk.device;
  const room = {
    id: context.epoch.logId as RoomId,
    auth: context.epoch.keys.roomAuth,
    authorityPublicKey: epoch.record.roomAuthorityPublicKey,
  };
  return fetchSnapshot(
    relays.map((origin) => ({ origin, token: null })),
    room,
    epoch.record.snapshotHash,
    { random: systemRandom, signal: AbortSignal.timeout(ms) },
  );
}

/** A second relay of the vault, an honest one. */
async function startOther(): Promise<LyingRelay> {
  const folder = makeFolder();
  onTestFinished(() => folder.remove());
  const other = await LyingRelay.start(join(folder.path, "other.db"));
  onTestFinished(() => other.close());
  return other;
}

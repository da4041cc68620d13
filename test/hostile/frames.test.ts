/** A relay whose frames are huge, tiny or slow, and one that offers an older protocol: work goes on, nothing is agreed to, nothing waits for it. */
import { join } from "node:path";
import { type CborValue, decodeCbor, encodeCbor } from "@latchkey/core/cbor/codec";
import { systemRandom } from "@latchkey/desktop/host/vault-host";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeFolder, until } from "@latchkey/desktop/test/hosts";
import { type LiveDevice, viewOf } from "../scenario/live-device.ts";
import { insert } from "./insert.ts";
import { LyingRelay, sendInFragments } from "./lying-relay.ts";
import { expectHealed, makeWorld, sizeOf, sync } from "./world.ts";

const problemOf = (device: LiveDevice): string | null => device.statuses[0]?.problem ?? null;

describe("frames of a relay", () => {
  test("in many small pieces are frames all the same", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay, write, notes } = world;
    relay.lie = { fragmentBytes: 16 };
    const note = await write();
    await sync(desk, laptop);
    await until(() => notes(laptop)[0] === note);
    await expectHealed(world);
  });

  test.for([
    ["huge", 16_384],
    ["of one byte each", 1],
  ] as const)("without an end are hung up on at the limit, with pieces that are %s", async ([, bytes]) => {
    const world = await makeWorld();
    const { desk, relay, write, notes } = world;
    relay.lie = {
      onSocket(socket) {
        socket.on("error", () => {});
        const more = (): void => {
          if (socket.readyState !== socket.OPEN) return;
          for (let i = 0; i < 64; i++) sendInFragments(socket, systemRandom(bytes), Infinity, false);
          setImmediate(more);
        };
        more();
      },
    };
    desk.connect();
    await until(() => problemOf(desk) !== null);
    expect(problemOf(desk)).toBe("LK-RELAY-PROTOCOL");
    const note = await write();
    expect(notes(desk)).toEqual([note]);
    await expectHealed(world);
  });

  test("that trickle hold nobody up: work goes on, and the other relay has it all", async () => {
    const folder = makeFolder();
    onTestFinished(() => folder.remove());
    const other = await LyingRelay.start(join(folder.path, "other.db"));
    onTestFinished(() => other.close());
    const world = await makeWorld([other.origin]);
    const { desk, laptop, relay, write, notes } = world;
    let trickled = 0;
    relay.lie = {
      onSocket(socket) {
        const timer = setInterval(() => {
          trickled++;
          sendInFragments(socket, new Uint8Array(1), Infinity, false);
        }, 20);
        socket.on("error", () => {});
        socket.on("close", () => clearInterval(timer));
      },
    };
    desk.connect();
    laptop.connect();
    const note = await write();
    await until(() => notes(laptop)[0] === note && trickled > 10);
    expect(desk.statuses.find(({ origin }) => origin === relay.origin)?.state).not.toBe("settled");
    await expectHealed(world);
  });
});

describe("a downgrade", () => {
  test.for<[string, readonly number[]]>([
    ["none", []],
    ["an older one", [0]],
    ["one that is not there yet", [99]],
  ])(
    "to %s of the versions of the protocol is not agreed to, and nothing is signed",
    async ([, versions]) => {
      const world = await makeWorld();
      const { desk, relay } = world;
      relay.lie = { toDevice: (frame) => [frame.op === "hello" ? { ...frame, versions } : frame] };
      relay.heard.length = 0;
      desk.connect();
      await until(() => problemOf(desk) === "LK-RELAY-VERSION");
      expect(relay.heard).toEqual([]);
      await expectHealed(world);
    },
  );

  test("in a choice of versions does not come about: the known one is taken", async () => {
    const world = await makeWorld();
    const { desk, relay } = world;
    relay.lie = {
      toDevice: (frame) => [
        frame.op === "hello" ? { ...frame, versions: [0, 99, ...frame.versions] } : frame,
      ],
    };
    relay.heard.length = 0;
    await sync(desk);
    expect(relay.heard.find(({ op }) => op === "join")).toMatchObject({ version: 1 });
    await expectHealed(world);
  });

  test("of the suite of an entry is refused: entries under suites 0 and 2 change nothing", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay, write, notes } = world;
    const underSuite = (entry: Uint8Array, suite: number): Uint8Array => {
      const [header, ...rest] = decodeCbor(entry) as [CborValue[], ...CborValue[]];
      return encodeCbor([header.with(1, suite), ...rest]);
    };
    await sync(desk);
    const note = await write();
    await desk.settled();
    relay.lie = insert((entry) => [underSuite(entry, 0), underSuite(entry, 2), entry]);
    await sync(laptop);
    expect(notes(laptop)).toEqual([note]);
    expect(sizeOf(laptop)).toBe(sizeOf(desk));
    // With these alone nothing comes.
    laptop.disconnect();
    relay.lie = {};
    await write();
    await desk.settled();
    relay.lie = insert((entry) => [underSuite(entry, 2)]);
    await sync(laptop);
    expect(notes(laptop)).toEqual([note]);
    await expectHealed(world);
    expect(await viewOf(laptop)).toEqual(await viewOf(desk));
  });
});

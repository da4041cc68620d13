/** sync-protocol.md § 5: a relay that loses what it had, goes back to an old disk, or only says that it stored something. */
import { copyFileSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { RelayFrame, RoomId } from "@latchkey/core/relay-protocol";
import { systemRandom } from "@latchkey/desktop/host/vault-host";
import { fetchSnapshot } from "@latchkey/device-host/relay-client/fetch-snapshot";
import { inspectRelayFile } from "@latchkey/sync-relay/store/inspect";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "@latchkey/desktop/test/hosts";
import type { LiveDevice } from "../scenario/live-device.ts";
import type { Lie, LyingRelay } from "./lying-relay.ts";
import { agree, expectHealed, makeWorld, sizeOf, sync, type World } from "./world.ts";

const healed = (device: LiveDevice): number => device.statuses[0]!.healed;

/** The entries that a relay was asked to store. */
const putsIn = ({ heard }: LyingRelay): number =>
  heard.reduce((sum, frame) => sum + (frame.op === "put" ? frame.entries.length : 0), 0);

/** Copies the relay's file and what lies beside it; with `withMark` also the count of commits by which it would notice. */
function copyDisk(from: string, to: string, withMark: boolean): void {
  for (const name of readdirSync(dirname(from))) {
    if (!name.startsWith(basename(from)) || (name.endsWith(".mark") && !withMark)) continue;
    copyFileSync(join(dirname(from), name), join(dirname(to), name.replace(basename(from), basename(to))));
  }
}

const wipeDisk = (file: string): void => {
  for (const suffix of ["", "-wal", "-shm", ".mark"]) rmSync(file + suffix, { force: true });
};

describe("a relay that was wiped", () => {
  test("promise 3: is filled again by any one device, with the others' entries and the snapshot too", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay, write } = world;
    await write(desk);
    await write(laptop);
    await sync(desk, laptop);
    await agree(desk, laptop);
    for (const device of [desk, laptop]) device.disconnect();
    await relay.restart(() => wipeDisk(relay.file));
    expect(inspectRelayFile(relay.file).rooms).toEqual([]);
    await sync(laptop);
    expect(healed(laptop)).toBe(1);
    laptop.disconnect();

    const [room] = inspectRelayFile(relay.file).rooms;
    expect(room?.description).toMatchObject({ entries: sizeOf(desk), tags: [{}, {}] });
    const { context, epoch } = laptop.device;
    const { snapshotHash } = epoch.record;
    const keys = {
      id: context.epoch.logId as RoomId,
      auth: context.epoch.keys.roomAuth,
      authorityPublicKey: epoch.record.roomAuthorityPublicKey,
    };
    const signal = AbortSignal.timeout(10_000);
    const snapshot = await fetchSnapshot(desk.device.relays(), keys, snapshotHash, {
      random: systemRandom,
      signal,
    });
    expect(snapshot).toEqual(await desk.device.readSnapshot());
    await expectHealed(world);
  });
});

describe("a relay that is rolled back", () => {
  /** Remembers the disk, lets both devices go on, and brings the old disk back. */
  async function rollBack({ relay, desk, laptop, write }: World, withMark: boolean): Promise<void> {
    const old = `${relay.file}-old`;
    await relay.restart(() => copyDisk(relay.file, old, withMark));
    await write(desk);
    await write(laptop);
    await sync(desk, laptop);
    await agree(desk, laptop);
    for (const device of [desk, laptop]) device.disconnect();
    await relay.restart(() => {
      if (withMark) wipeDisk(relay.file);
      copyDisk(old, relay.file, withMark);
    });
  }

  test.for([
    ["is seen by its own mark", false],
    ["with its mark is seen by its head", true],
  ] as const)("%s, and brought up to date by any device", async ([, withMark]) => {
    const world = await makeWorld();
    await rollBack(world, withMark);
    await sync(world.laptop);
    expect(healed(world.laptop)).toBe(1);
    expect(inspectRelayFile(world.relay.file).rooms[0]?.description.entries).toBe(sizeOf(world.desk));
    await expectHealed(world);
  });

  test("and then written to by a device that had been away is brought up to date all the same", async () => {
    const world = await makeWorld();
    const { desk, laptop } = world;
    const phone = await desk.pair(join(world.folder, "phone.latchkey"), "Phone");
    onTestFinished(() => phone.close());
    await sync(desk, laptop, phone);
    await agree(laptop, desk);
    for (const device of [desk, laptop, phone]) device.disconnect();
    await rollBack(world, true);
    // Past the place that the others remember: the relay's head alone no longer gives it away.
    for (let i = 0; i < 6; i++) await world.write(phone);
    await sync(phone);
    phone.disconnect();
    await sync(desk);
    await until(() => sizeOf(desk) > sizeOf(phone));
    await expectHealed(world, phone);
  });
});

describe("a relay that acknowledges without storing", () => {
  /** Says yes to every put and forgets it. `place` invents where the entry is said to be. */
  const forget = (place: (head: number) => number): Lie => {
    let head = 0;
    return {
      toDevice(frame) {
        if (frame.op === "welcome") head = frame.head;
        return [frame];
      },
      toRelay(frame, answer) {
        if (frame.op !== "put") return [frame];
        const outcomes = frame.entries.map(() => ({ cursor: place(++head) }));
        answer({ op: "ack", request: frame.request, outcomes });
        return [];
      },
    };
  };

  test.for<[string, (head: number) => number]>([
    ["where they would be", (head) => head],
    ["out of reach", () => Number.MAX_SAFE_INTEGER - 1],
    ["where others are", () => 1],
  ])("and says that entries are %s gets them again on the next connection", async ([, place]) => {
    const world = await makeWorld();
    const { desk, laptop, relay, write, notes } = world;
    relay.lie = forget(place);
    await sync(desk);
    await write();
    const last = await write();
    await desk.settled();
    await sync(laptop);
    expect(notes(laptop)).not.toContain(last);
    relay.lie = {};
    await sync(desk);
    expect(healed(desk)).toBe(1);
    await expectHealed(world);
    expect(notes(laptop)).toEqual([last]);
  });
});

describe("a relay that acknowledged without storing and does not own up to it", () => {
  test("gets the entries again, though its head is as high as it said", async () => {
    const world = await makeWorld();
    const { desk, relay, write } = world;
    const ahead = 100;
    // Says that it stored them where the next ones would be, and has a head that suits that.
    relay.lie = {
      toRelay(frame, answer) {
        if (frame.op !== "put") return [frame];
        answer({
          op: "ack",
          request: frame.request,
          outcomes: frame.entries.map((_, i) => ({ cursor: ahead - i })),
        });
        return [];
      },
    };
    await sync(desk);
    await write();
    await desk.settled();
    relay.lie = {
      toDevice: (frame) =>
        frame.op === "welcome" || frame.op === "entries" ? [{ ...frame, head: ahead }] : [frame],
    };
    await sync(desk);
    expect(healed(desk)).toBe(1);
    expect(inspectRelayFile(relay.file).rooms[0]?.description.entries).toBe(sizeOf(desk));
    await expectHealed(world);
  });
});

describe("a relay that is another one every time", () => {
  test.for(["with all that it had", "and empty"] as const)(
    "%s is healed each time, at the price of one time",
    async (how) => {
      const world = await makeWorld();
      const { desk, relay, write } = world;
      await write();
      await sync(desk);
      for (let time = 1; time <= 4; time++) {
        desk.disconnect();
        await relay.restart(() =>
          how === "and empty" ? wipeDisk(relay.file) : rmSync(`${relay.file}.mark`),
        );
        relay.heard.length = 0;
        await sync(desk);
        expect(healed(desk)).toBe(1);
        expect(putsIn(relay)).toBe(how === "and empty" ? sizeOf(desk) : 0);
        expect(relay.heard.filter(({ op }) => op === "join")).toHaveLength(1);
        expect(inspectRelayFile(relay.file).rooms[0]?.description.entries).toBe(sizeOf(desk));
      }
      await expectHealed(world);
    },
  );

  test("in mid-session cannot be: one hello a socket", async () => {
    const world = await makeWorld();
    const { desk, relay } = world;
    let hello: RelayFrame | null = null;
    relay.lie = {
      toDevice(frame) {
        if (frame.op === "hello") hello = frame;
        return frame.op === "welcome" && hello !== null ? [frame, hello] : [frame];
      },
    };
    desk.disconnect();
    desk.connect();
    await until(() => desk.statuses[0]?.problem === "LK-RELAY-PROTOCOL");
    await expectHealed(world);
  });
});

/** sync-protocol.md § 5, rows 1 and 2: a relay that keeps something back. */
import { encodeHex } from "@latchkey/core/bytes/text";
import { type PlacedEntry, readEntryHeader, type RoomId } from "@latchkey/core/relay-protocol";
import { describeOpenVault } from "@latchkey/device-host/describe-vault";
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeFolder, until } from "@latchkey/desktop/test/hosts";
import { exchange, type LiveDevice, viewOf } from "../scenario/live-device.ts";
import type { Lie } from "./lying-relay.ts";
import { agree, expectHealed, makeWorld, sync } from "./world.ts";

/** Says nothing of the entries that `isKept` names: device tag in hex, sequence number. */
function withhold(logId: Uint8Array, isKept: (tag: string, seq: number) => boolean): Lie {
  const passes = ({ entry }: PlacedEntry): boolean => {
    const { deviceTag, seq } = readEntryHeader(entry, logId as RoomId);
    return !isKept(encodeHex(deviceTag), seq);
  };
  return {
    toDevice: (frame) => {
      if (frame.op === "entries") return [{ ...frame, entries: frame.entries.filter(passes) }];
      return frame.op === "event" && !passes(frame) ? [] : [frame];
    },
  };
}

const tagOf = ({ device }: LiveDevice): string => encodeHex(device.context.self.deviceTag);
const seqOf = (device: LiveDevice): number => device.device.state.tips.get(tagOf(device))!.seq;
const logOf = ({ device }: LiveDevice): Uint8Array => device.context.epoch.logId;

describe("a relay that withholds an entry in the middle", () => {
  test.for(["while both are away", "live"] as const)(
    "is caught by the gap, %s, and asked again until it gives it",
    async (when) => {
      const world = await makeWorld();
      const { desk, laptop, relay, write, notes } = world;
      const kept = seqOf(desk) + 2;
      relay.lie = withhold(logOf(desk), (tag, seq) => tag === tagOf(desk) && seq === kept);
      if (when === "live") await sync(laptop);
      await write();
      await write();
      const last = await write();
      await sync(desk);
      if (when !== "live") await sync(laptop);
      await until(() => laptop.device.state.held.size > 0);
      expect(notes(laptop)).toEqual([expect.stringContaining("note 1 ")]);
      expect(await describeOpenVault(laptop.device)).toMatchObject({ waiting: 1, missing: 1, refused: 0 });
      // The person is told so after a restart, too.
      await laptop.restart();
      expect(await describeOpenVault(laptop.device)).toMatchObject({ waiting: 1, missing: 1 });
      await expectHealed(world);
      expect(notes(laptop)).toEqual([last]);
    },
  );

  test("is made up for by another relay, or by the device itself", async () => {
    const folder = makeFolder();
    onTestFinished(() => folder.remove());
    const honest = await startRelay({
      admission: { mode: "open" },
      file: join(folder.path, "other.db"),
      log: () => {},
    });
    onTestFinished(() => honest.close());
    const { desk, laptop, relay, write, notes } = await makeWorld([honest.origin]);
    const kept = seqOf(desk) + 1;
    relay.lie = withhold(logOf(desk), (tag, seq) => tag === tagOf(desk) && seq === kept);
    await write();
    const last = await write();
    await sync(desk);
    await sync(laptop);
    expect(notes(laptop)).toEqual([last]);
    for (const device of [desk, laptop]) device.disconnect();
    relay.lie = withhold(logOf(desk), (tag) => tag === tagOf(desk));
    const later = await write();
    await exchange(desk, laptop);
    expect(notes(laptop)).toEqual([later]);
  });
});

describe("a relay that withholds the newest", () => {
  test("is caught as soon as a beacon names it", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay, write } = world;
    const kept = seqOf(desk) + 1;
    relay.lie = withhold(logOf(desk), (tag, seq) => tag === tagOf(desk) && seq === kept);
    await write();
    await sync(desk);
    await sync(laptop);
    // On the published list: nothing here says that there is more.
    expect(await describeOpenVault(laptop.device)).toMatchObject({ waiting: 0, missing: 0 });
    await desk.device.writeBeacon();
    await until(async () => (await describeOpenVault(laptop.device))["missing"] === 1);
    await expectHealed(world);
  });

  test("is caught as soon as an entry of any third device names it", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay, write } = world;
    const phone = await desk.pair(join(world.folder, "phone.latchkey"), "Phone");
    onTestFinished(() => phone.close());
    await sync(desk, laptop, phone);
    await agree(laptop, desk);
    const from = seqOf(desk);
    laptop.disconnect();
    await write();
    await agree(phone, desk);
    await write(phone);
    await agree(phone, desk);
    desk.disconnect();
    relay.lie = withhold(logOf(desk), (tag, seq) => tag === tagOf(desk) && seq > from);
    await sync(laptop);
    expect(await describeOpenVault(laptop.device)).toMatchObject({ missing: 1 });
    await expectHealed(world, phone);
  });
});

describe("a relay that shows two groups two histories", () => {
  test("shows in the fingerprint that people compare, and ends with any direct contact", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay, write } = world;
    const from = { [tagOf(desk)]: seqOf(desk), [tagOf(laptop)]: seqOf(laptop) };
    relay.lie = withhold(logOf(desk), (tag, seq) => seq > from[tag]!);
    await sync(desk, laptop);
    await write(desk);
    await write(laptop);
    await desk.settled();
    await laptop.settled();
    expect((await viewOf(desk)).fingerprint).not.toBe((await viewOf(laptop)).fingerprint);
    await exchange(desk, laptop);
    expect(await viewOf(desk)).toEqual(await viewOf(laptop));
    await expectHealed(world);
  });
});

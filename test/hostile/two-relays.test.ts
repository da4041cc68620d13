/** A vault with two relays (sync-protocol.md § 7): what is written goes to both, what is read comes from either, and a lie is the liar's alone. */
import { join } from "node:path";
import { encodeHex } from "@latchkey/core/bytes/text";
import { exportEvidence } from "@latchkey/core/device/relay-evidence";
import { verifyEvidence } from "@latchkey/core/device/verify-evidence";
import { type PlacedEntry, readEntryHeader, type RoomId } from "@latchkey/core/relay-protocol";
import { listGaps } from "@latchkey/core/sync/replica-state";
import { until } from "@latchkey/desktop/test/hosts";
import { inspectRelayFile } from "@latchkey/sync-relay/store/inspect";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeFolder } from "@latchkey/desktop/test/hosts";
import { LyingRelay } from "./lying-relay.ts";
import { agree, expectHealed, makeWorld, sizeOf, sync, type World } from "./world.ts";

interface TwoRelays extends World {
  readonly other: LyingRelay;
}

async function makeTwo(): Promise<TwoRelays> {
  const folder = makeFolder();
  onTestFinished(() => folder.remove());
  const other = await LyingRelay.start(join(folder.path, "other.db"));
  onTestFinished(() => other.close());
  return { ...(await makeWorld([other.origin])), other };
}

const evidenceOf = async ({ desk }: World) => verifyEvidence(await exportEvidence(desk.device));

/** Nothing is lost: both devices and both relays have all of it. */
async function expectAll(world: TwoRelays): Promise<void> {
  world.other.lie = {};
  await expectHealed(world);
  const [room] = inspectRelayFile(world.other.file).rooms;
  expect(room?.description.entries).toBe(sizeOf(world.desk));
}

describe("one of two relays lies", () => {
  test("by acknowledging without storing: the other one has it, and the evidence names the liar alone", async () => {
    const world = await makeTwo();
    const { desk, laptop, relay, other, write, notes } = world;
    relay.lie = {
      toRelay(frame, answer) {
        if (frame.op !== "put") return [frame];
        answer({ op: "ack", request: frame.request, outcomes: frame.entries.map(() => ({ cursor: 1 })) });
        return [];
      },
    };
    await sync(desk);
    const last = await write();
    await desk.settled();
    await sync(laptop);
    await until(() => notes(laptop).includes(last));
    relay.lie = {};
    await sync(desk);
    await until(async () => (await evidenceOf(world)).length > 0);
    const evidence = await evidenceOf(world);
    expect(evidence.map(({ kind, origin }) => [kind, origin])).toEqual([
      ["acknowledged-without-storing", relay.origin],
    ]);
    expect(evidence.some(({ origin }) => origin === other.origin)).toBe(false);
    await expectAll(world);
    expect(notes(laptop)).toEqual([last]);
  });

  test("by giving nothing at all of what it has: what the other one gives is enough", async () => {
    const world = await makeTwo();
    const { desk, laptop, relay, write, notes } = world;
    relay.lie = {
      toDevice: (frame) =>
        frame.op === "entries" ? [{ ...frame, entries: [] }] : frame.op === "event" ? [] : [frame],
    };
    await write();
    const last = await write();
    await sync(desk, laptop);
    await until(() => notes(laptop).includes(last));
    expect(listGaps(laptop.device.state)).toEqual([]);
    await expectAll(world);
  });
});

test("each of two relays keeps back what the other one gives: together they are whole", async () => {
  const world = await makeTwo();
  const { desk, laptop, relay, other, write, notes } = world;
  const logId = desk.device.context.epoch.logId as RoomId;
  const tag = encodeHex(desk.device.context.self.deviceTag);
  const before = desk.device.state.tips.get(tag)!.seq;
  const gives =
    (parity: number) =>
    ({ entry }: PlacedEntry): boolean => {
      const { deviceTag, seq } = readEntryHeader(entry, logId);
      return encodeHex(deviceTag) !== tag || seq <= before || seq % 2 === parity;
    };
  for (const [parity, liar] of [relay, other].entries()) {
    const passes = gives(parity);
    liar.lie = {
      toDevice(frame) {
        if (frame.op === "entries") return [{ ...frame, entries: frame.entries.filter(passes) }];
        return frame.op === "event" && !passes(frame) ? [] : [frame];
      },
    };
  }
  for (let i = 0; i < 4; i++) await write();
  const last = await write();
  await sync(desk);
  laptop.connect();
  await until(() => notes(laptop).includes(last));
  await agree(desk, laptop);
  expect(listGaps(laptop.device.state)).toEqual([]);
  await expectAll(world);
});

/** sync-protocol.md § 5: a relay that reorders, repeats, damages, splices and invents. Promise 5: nothing of it reaches the vault. */
import { join } from "node:path";
import { type CborValue, decodeCbor, encodeCbor } from "@latchkey/core/cbor/codec";
import { deriveSigningKeyPair, type SigningKeyPair } from "@latchkey/core/crypto/signature";
import { makeEntry } from "@latchkey/core/log/entry";
import type { RelayFrame } from "@latchkey/core/relay-protocol";
import { systemRandom } from "@latchkey/desktop/host/vault-host";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "@latchkey/desktop/test/hosts";
import { LiveDevice, viewOf } from "../scenario/live-device.ts";
import { insert } from "./insert.ts";
import type { Lie } from "./lying-relay.ts";
import { expectHealed, makeWorld, sizeOf, sync, type World } from "./world.ts";

const reasonsOf = ({ device }: LiveDevice): string[] =>
  [...device.state.held.values()]
    .map(({ reason }) => ("refused" in reason ? reason.refused : reason.waitsFor))
    .sort();

/** Laptop is away while Desk writes four times, then comes back to a relay with this lie. */
async function comeBackTo(world: World, lie: Lie): Promise<string> {
  const { desk, laptop, relay, write } = world;
  await sync(desk);
  for (let i = 0; i < 3; i++) await write();
  const last = await write();
  await desk.settled();
  relay.lie = lie;
  await sync(laptop);
  return last;
}

const flip = (bytes: Uint8Array, at: number): Uint8Array => {
  const flipped = bytes.slice();
  flipped[at] = flipped[at]! ^ 1;
  return flipped;
};

describe("a relay that reorders", () => {
  test("changes nothing: what comes too early waits", async () => {
    const world = await makeWorld();
    const last = await comeBackTo(world, {
      toDevice(frame) {
        if (frame.op !== "entries") return [frame];
        const backwards = frame.entries.map(({ entry }) => entry).toReversed();
        return [
          { ...frame, entries: frame.entries.map(({ cursor }, i) => ({ cursor, entry: backwards[i]! })) },
        ];
      },
    });
    expect(world.notes(world.laptop)).toEqual([last]);
    expect(reasonsOf(world.laptop)).toEqual([]);
    await expectHealed(world);
  });

  test("changes nothing live", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay, write, notes } = world;
    let early: RelayFrame | null = null;
    relay.lie = {
      // Every second event overtakes the one before it.
      toDevice(frame) {
        if (frame.op !== "event") return [frame];
        const before = early;
        early = before === null ? frame : null;
        return before === null ? [] : [frame, before];
      },
    };
    await sync(laptop, desk);
    for (let i = 0; i < 3; i++) await write();
    const last = await write();
    await until(() => notes(laptop)[0] === last);
    expect(reasonsOf(laptop)).toEqual([]);
    await expectHealed(world);
  });
});

describe("a relay that replays", () => {
  test("changes nothing: every entry counts once, and is stored once", async () => {
    const world = await makeWorld();
    const { desk, laptop, notes } = world;
    const last = await comeBackTo(
      world,
      insert((entry) => [entry, entry, entry]),
    );
    expect(notes(laptop)).toEqual([last]);
    expect(sizeOf(laptop)).toBe(sizeOf(desk));
    // All of it once more, long after.
    for (const entry of await desk.readEntries()) await laptop.device.receive([entry, entry]);
    expect(sizeOf(laptop)).toBe(sizeOf(desk));
    await expectHealed(world);
  });
});

describe("a relay that puts a damaged copy first", () => {
  test("does not keep the true one out, whatever it damaged", async () => {
    const world = await makeWorld();
    const { desk, laptop, notes } = world;
    // In the header (log, tag, number, predecessor), the ciphertext, the signature.
    const places = [8, 24, 33, 50, 700, 1_900, 2_040];
    const last = await comeBackTo(
      world,
      insert((entry) => [...places.map((at) => flip(entry, at % entry.length)), entry]),
    );
    expect(notes(laptop)).toEqual([last]);
    expect(sizeOf(laptop)).toBe(sizeOf(desk));
    expect(reasonsOf(laptop)).toContain("LK-ENTRY-SIGNATURE");
    await expectHealed(world);
  });
});

describe("a relay that splices", () => {
  /** Every entry of a vault that has nothing to do with this one. */
  async function readForeign(folder: string): Promise<Uint8Array[]> {
    const stranger = await LiveDevice.found(join(folder, "stranger.latchkey"), "Stranger", []);
    for (let i = 0; i < 3; i++) await stranger.device.writeBeacon();
    const entries = await stranger.readEntries();
    await stranger.close();
    return entries.slice(-3);
  }

  test("another vault's entries in is ignored, and refused when it rewrites their headers", async () => {
    const world = await makeWorld();
    const { desk, laptop, notes } = world;
    const foreign = await readForeign(world.folder);
    const { logId } = desk.device.context.epoch;
    const { deviceTag } = desk.device.context.self;
    const rewrite = (entry: Uint8Array, tag?: Uint8Array): Uint8Array => {
      const [header, ...rest] = decodeCbor(entry) as [CborValue[], ...CborValue[]];
      return encodeCbor([
        [header[0]!, header[1]!, logId, tag ?? header[3]!, header[4]!, header[5]!],
        ...rest,
      ]);
    };
    const last = await comeBackTo(
      world,
      insert((entry) => [
        ...foreign,
        ...foreign.map((each) => rewrite(each)),
        ...foreign.map((each) => rewrite(each, deviceTag)),
        entry,
      ]),
    );
    expect(notes(laptop)).toEqual([last]);
    expect(sizeOf(laptop)).toBe(sizeOf(desk));
    expect(new Set(reasonsOf(laptop))).toEqual(new Set(["LK-ENTRY-SIGNATURE", "member"]));
    await expectHealed(world);
  });

  test("an entry to another place of its own chain is refused", async () => {
    const world = await makeWorld();
    const { desk, laptop, notes } = world;
    const renumber = (entry: Uint8Array, by: number): Uint8Array => {
      const [header, ...rest] = decodeCbor(entry) as [CborValue[], ...CborValue[]];
      return encodeCbor([header.with(4, (header[4] as number) + by), ...rest]);
    };
    const last = await comeBackTo(
      world,
      insert((entry) => [renumber(entry, 1), renumber(entry, 3), entry]),
    );
    expect(notes(laptop)).toEqual([last]);
    expect(sizeOf(laptop)).toBe(sizeOf(desk));
    await expectHealed(world);
  });
});

describe("a relay that invents", () => {
  const stranger: SigningKeyPair = deriveSigningKeyPair(systemRandom(32));

  /** Well-formed, signed and sealed, by nobody. */
  const invent = (logId: Uint8Array, deviceTag: Uint8Array): Uint8Array =>
    makeEntry(
      { logId, deviceTag, seq: 40, prev: systemRandom(32) },
      { epochHash: systemRandom(32), seen: [], kind: "beacon", payload: null },
      { sealKey: systemRandom(32), signer: stranger },
      systemRandom,
    ).bytes;

  test("promise 5: changes nothing of the vault, with garbage and with forged entries", async () => {
    const world = await makeWorld();
    const { desk, laptop, notes } = world;
    const { logId } = desk.device.context.epoch;
    const last = await comeBackTo(
      world,
      insert((entry) => [
        new Uint8Array(1),
        systemRandom(2_047),
        ...[2_048, 4_096, 16_384].map((size) => systemRandom(size)),
        new Uint8Array(2_048),
        invent(logId, desk.device.context.self.deviceTag),
        invent(logId, systemRandom(8)),
        entry,
      ]),
    );
    expect(notes(laptop)).toEqual([last]);
    expect(sizeOf(laptop)).toBe(sizeOf(desk));
    expect((await viewOf(laptop)).stateHash).toBe((await viewOf(desk)).stateHash);
    await expectHealed(world);
  });

  test("fills no disk: of what nobody vouches for a bounded number is kept, and the true ones still come", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay, write, notes } = world;
    const { logId } = desk.device.context.epoch;
    const fill = (make: () => Uint8Array): Uint8Array[] => Array.from({ length: 11 }, make);
    relay.lie = insert((entry) => [
      ...fill(() => invent(logId, systemRandom(8))),
      ...fill(() => invent(logId, desk.device.context.self.deviceTag)),
      entry,
    ]);
    await sync(laptop, desk);
    let last = "";
    // More than 256 of each kind.
    for (let i = 0; i < 24; i++) last = await write();
    await until(() => notes(laptop)[0] === last);
    const reasons = reasonsOf(laptop);
    expect(reasons.filter((reason) => reason === "member")).toHaveLength(256);
    expect(reasons.filter((reason) => reason === "LK-ENTRY-SIGNATURE")).toHaveLength(256);
    // A device that is added now is taken in nevertheless.
    const phone = await desk.pair(join(world.folder, "phone.latchkey"), "Phone");
    onTestFinished(() => phone.close());
    await write(phone);
    await expectHealed(world, phone);
  });
});

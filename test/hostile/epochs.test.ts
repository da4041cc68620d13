/**
 * sync-protocol.md § 5 and § 6: a relay that lies about a change of keys. It may keep devices apart for as long as it lies, which is on the
 * published list; it moves nobody to where no member wanted them, loses nothing, and when it is honest everybody is in one epoch.
 */
import { join } from "node:path";
import { encodeHex } from "@latchkey/core/bytes/text";
import { signOperands } from "@latchkey/core/crypto/signature";
import { wipeTier } from "@latchkey/core/device/tiers";
import { editPasskey } from "@latchkey/core/device/passkey-acts";
import { judgeStanding } from "@latchkey/core/device/standing";
import { deriveSigningEpochKeys } from "@latchkey/core/membership/epoch";
import { makeEntry, NO_ENTRY } from "@latchkey/core/log/entry";
import { SealedEntry } from "@latchkey/core/log/verify";
import {
  formatId,
  type PlacedEntry,
  type RelayFrame,
  type RoomId,
  pinOperands,
} from "@latchkey/core/relay-protocol";
import { systemRandom } from "@latchkey/desktop/host/vault-host";
import { inspectRelayFile } from "@latchkey/sync-relay/store/inspect";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { until, withPassphrase } from "@latchkey/desktop/test/hosts";
import { type LiveDevice, viewOf } from "../scenario/live-device.ts";
import { expectWhole } from "../scenario/replay.ts";
import { verifyUser } from "../scenario/rooms.ts";
import { signIn } from "../scenario/site.ts";
import { insert } from "./insert.ts";
import type { Lie } from "./lying-relay.ts";
import { makeWorld, sync, type World } from "./world.ts";

const numberOf = ({ device }: LiveDevice): number => device.epoch.record.number;
const epochOf = ({ device }: LiveDevice): string => encodeHex(device.epoch.hash);
const roomOf = ({ device }: LiveDevice): string => formatId(device.context.epoch.logId as RoomId);
const rotate = (device: LiveDevice) => device.call("vault.rotate", {});

async function addPhone({ desk, folder }: World): Promise<LiveDevice> {
  const phone = await desk.pair(join(folder, "phone.latchkey"), "Phone");
  onTestFinished(() => phone.close());
  await sync(desk, phone);
  return phone;
}

/** Nothing that this device writes from now on into its present log comes out again. */
function withholdFrom(...devices: readonly LiveDevice[]): Lie {
  const from = new Map(
    devices.map(({ device }) => {
      const { deviceTag } = device.context.self;
      return [encodeHex(deviceTag), device.state.tips.get(encodeHex(deviceTag))?.seq ?? 0];
    }),
  );
  const passes = ({ entry }: PlacedEntry): boolean => {
    const { deviceTag, seq } = SealedEntry.decode(entry).header;
    return seq <= (from.get(encodeHex(deviceTag)) ?? Infinity);
  };
  return {
    toDevice: (frame) => {
      if (frame.op === "entries") return [{ ...frame, entries: frame.entries.filter(passes) }];
      return frame.op === "event" && !passes(frame) ? [] : [frame];
    },
  };
}

/** What a relay kept back below the place that a device has reached is asked for again within this time. */
const EIGHT_DAYS_MS = 8 * 86_400_000;

/** The relay is honest again, and some days have passed: everybody comes into one epoch with one state, signs in, and verifies after a restart. */
async function expectOneEpoch({ relay, account }: World, ...devices: readonly LiveDevice[]): Promise<void> {
  relay.lie = {};
  const now = Date.now.bind(Date);
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + EIGHT_DAYS_MS);
  onTestFinished(() => clock.mockRestore());
  await sync(...devices);
  const isOne = async (): Promise<boolean> => {
    const views = await Promise.all(devices.map(viewOf));
    return (
      new Set(devices.map(epochOf)).size === 1 && new Set(views.map(({ stateHash }) => stateHash)).size === 1
    );
  };
  await until(isOne);
  for (const device of devices) await verifyUser(device);
  await until(isOne);
  for (const device of devices) {
    device.disconnect();
    await signIn(device.transact, account);
    await device.restart();
    await expectWhole(device);
    await signIn(device.transact, account);
  }
}

describe("a relay that withholds the record of a change of keys", () => {
  test("keeps a device where it is, with all it can do there; on the published list, and made up for when it is honest", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay, write, notes } = world;
    relay.lie = withholdFrom(desk);
    expect(await rotate(desk)).toMatchObject({ epoch: 2 });
    await sync(laptop);
    expect([numberOf(desk), numberOf(laptop)]).toEqual([2, 1]);
    const note = await write(laptop);
    await signIn(laptop.transact, world.account);
    expect(notes(laptop)).toEqual([note]);
    expect(notes(desk)).not.toEqual([note]);
    await expectOneEpoch(world, desk, laptop);
    expect(notes(desk)).toEqual([note]);
  });

  test("promise 6: of a removal gains the removed device nothing in the end", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay } = world;
    const phone = await addPhone(world);
    await sync(desk, laptop, phone);
    laptop.disconnect();
    phone.disconnect();
    relay.lie = withholdFrom(desk);
    await desk.call("device.remove", { device: "Laptop" });
    const { id } = desk.document.list()[0]!;
    await editPasskey(laptop.device, id, "title", "from outside");
    await sync(laptop);
    await sync(phone);
    await until(() => phone.document.get(id)?.title === "from outside");
    await editPasskey(desk.device, id, "note", "not for Laptop");
    await expectOneEpoch(world, desk, phone);
    for (const device of [desk, phone]) {
      expect(device.document.get(id)).toMatchObject({ note: "not for Laptop", offered: [] });
      expect(device.document.get(id)?.title).not.toBe("from outside");
    }
    await sync(laptop);
    await until(() => judgeStanding(laptop.device).is === "removed");
    expect(laptop.document.get(id)?.note).not.toBe("not for Laptop");
  });
});

describe("a relay that gives another snapshot for the new epoch", () => {
  test.for(["damaged", "an older one", "none"] as const)(
    "%s: nobody moves to it, and work goes on",
    async (what) => {
      const world = await makeWorld();
      const { desk, laptop, relay, write, notes } = world;
      const old = roomOf(desk);
      const older = await desk.device.readSnapshot();
      await rotate(desk);
      await desk.settled();
      let lies = 0;
      relay.lie = {
        toDevice(frame, room) {
          if (room === old) return [frame];
          if (what === "none" && frame.op === "welcome") {
            lies++;
            return [{ ...frame, snapshot: null }];
          }
          if (frame.op !== "chunk") return [frame];
          lies++;
          const spoiled = frame.body.map((byte, i) => (i === frame.body.length >> 1 ? byte ^ 1 : byte));
          if (what === "damaged") return [{ ...frame, body: spoiled }];
          return [{ ...frame, body: older ?? new Uint8Array(), last: true }];
        },
      };
      await sync(laptop);
      await until(() => lies >= 2);
      expect(numberOf(laptop)).toBe(1);
      const note = await write(laptop);
      await signIn(laptop.transact, world.account);
      await expectOneEpoch(world, desk, laptop);
      expect(numberOf(laptop)).toBe(2);
      expect(notes(desk)).toEqual([note]);
    },
  );
});

describe("a relay that drops the pin of a record", () => {
  test("and then everything: whoever was away is not locked out, and finds the way when a member has visited the old room", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay, write, notes } = world;
    let pins = 0;
    relay.lie = {
      toRelay(frame) {
        if (frame.op !== "put") return [frame];
        pins += frame.entries.filter(({ pin }) => pin !== null).length;
        return [{ ...frame, entries: frame.entries.map(({ entry }) => ({ entry, pin: null })) }];
      },
    };
    await rotate(desk);
    await desk.settled();
    expect(pins).toBeGreaterThan(0);
    desk.disconnect();
    relay.lie = {};
    await relay.restart(() => `${relay.file}-new`);
    const note = await write(laptop);
    await sync(laptop);
    expect(numberOf(laptop)).toBe(1);
    await expectOneEpoch(world, desk, laptop);
    expect(numberOf(laptop)).toBe(2);
    expect(notes(desk)).toEqual([note]);
  });
});

describe("a relay that replays an old record", () => {
  test("in the old log or in the new one moves nobody back", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay, write, notes } = world;
    const old = await desk.readEntries();
    await rotate(desk);
    await sync(desk, laptop);
    await until(() => numberOf(laptop) === 2);
    const record = await desk.host.deps.store.scan("entry");
    await rotate(desk);
    await sync(desk, laptop);
    await until(() => numberOf(laptop) === 3);
    laptop.disconnect();
    await write();
    const last = await write();
    await desk.settled();
    const replayed = [...old, ...record.map(({ value }) => value ?? new Uint8Array())].slice(-20);
    relay.lie = insert((entry) => [...replayed, entry]);
    await sync(laptop);
    await until(() => notes(laptop)[0] === last);
    expect(numberOf(laptop)).toBe(3);
    expect(judgeStanding(laptop.device).is).toBe("member");
    await expectOneEpoch(world, desk, laptop);
  });
});

describe("a relay that shows two members two rival records", () => {
  test("divides them while it lies, and not after: the older maker's counts, and nothing of the other is lost", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay, notes } = world;
    const phone = await addPhone(world);
    await sync(desk, laptop, phone);
    for (const device of [desk, laptop, phone]) device.disconnect();
    // Laptop and Phone are shown Laptop's record and not Desk's.
    relay.lie = withholdFrom(desk);
    await rotate(desk);
    desk.disconnect();
    await rotate(laptop);
    const { id } = laptop.document.list()[0]!;
    await editPasskey(laptop.device, id, "note", "in the losing epoch");
    await editPasskey(desk.device, id, "title", "in the winning epoch");
    await laptop.settled();
    expect(epochOf(desk)).not.toBe(epochOf(laptop));
    const winner = epochOf(desk);
    await sync(phone);
    await until(() => epochOf(phone) === epochOf(laptop));
    await expectOneEpoch(world, desk, laptop, phone);
    for (const device of [desk, laptop, phone]) {
      expect(epochOf(device)).toBe(winner);
      expect(device.document.get(id)?.title).toBe("in the winning epoch");
      expect(notes(device)).toEqual(["in the losing epoch"]);
    }
  });
});

describe("pins filled by a removed device", () => {
  test("do not keep the record of its removal out of the room", async () => {
    const world = await makeWorld();
    const { desk, laptop, relay } = world;
    const phone = await addPhone(world);
    await sync(desk, laptop, phone);
    for (const device of [laptop, phone]) device.disconnect();
    // Laptop has the room's authority as every member has, and pins what nobody needs.
    const signing = await laptop.host.openSigning(withPassphrase(), "fill the pins");
    const { logId, keys } = laptop.device.context.epoch;
    const { roomAuthority } = deriveSigningEpochKeys(signing.roots[0]!.root);
    wipeTier(signing);
    const rubbish = Array.from({ length: 20 }, (_, i) => {
      const header = { logId, deviceTag: systemRandom(8), seq: i + 1, prev: NO_ENTRY };
      const body = { epochHash: laptop.device.epoch.hash, seen: [], kind: "beacon", payload: null } as const;
      return makeEntry(header, body, { sealKey: keys.entryKey, signer: roomAuthority }, systemRandom).bytes;
    });
    const pinned = rubbish.map((entry) => {
      const [domain, ...operands] = pinOperands(logId as RoomId, entry);
      return { entry, pin: signOperands(roomAuthority, domain, ...operands) };
    });
    const outcomes: RelayFrame[] = [];
    relay.lie = {
      toRelay: (frame) =>
        frame.op !== "join" && outcomes.length === 0
          ? [{ op: "put", request: 1_000, entries: pinned }, frame]
          : [frame],
      toDevice(frame) {
        if (frame.op !== "ack" || frame.request < 1_000) return [frame];
        outcomes.push(frame);
        return [];
      },
    };
    await world.write(laptop);
    await sync(laptop);
    await until(() => outcomes.length > 0);
    laptop.disconnect();
    relay.lie = {};
    expect(JSON.stringify(outcomes[0])).toContain("LK-RELAY-QUOTA");
    await desk.call("device.remove", { device: "Laptop" });
    await desk.settled();
    expect(inspectRelayFile(relay.file).rooms.length).toBe(2);
    await sync(phone);
    await until(() => numberOf(phone) === 2);
    await expectOneEpoch(world, desk, phone);
  });
});

/** How the copies stand to one another, the history of a passkey, names of devices: with real devices that exchange entries by hand. */
import { describe, expect, test } from "vitest";
import { createSyncView } from "../../src/device/describe-sync.ts";
import { findDevice, renameDevice } from "../../src/device/device-names.ts";
import { noteArrivals } from "../../src/device/last-heard.ts";
import { deletePasskey, editPasskey, restorePasskey } from "../../src/device/passkey-acts.ts";
import { describeHistory, restoreEarlier } from "../../src/device/passkey-history.ts";
import {
  addPasskey,
  allEntries,
  exchange,
  foundDevice,
  joinDevice,
  reopen,
  type TestDevice,
} from "./devices.ts";

const describeSync = ({ device }: TestDevice) => createSyncView(device).describe();
const copiesOf = async ({ device }: TestDevice, id: Parameters<typeof editPasskey>[1]) =>
  (await createSyncView(device).copiesOf([id]))[0];

async function twoDevices() {
  const desk = await foundDevice(1, "Desk");
  const phone = await joinDevice(desk, 2, "Phone");
  return { desk, phone };
}

describe("copies of a passkey", () => {
  test("are counted as each device says what it has", async () => {
    const { desk, phone } = await twoDevices();
    const id = await addPasskey(desk, "example.org", "ana");
    expect(await copiesOf(desk, id)).toEqual({ id, have: 1, of: 2, devices: ["Desk"] });
    await phone.device.receive(await allEntries(desk));
    // Phone has it, and Desk cannot know before Phone says so.
    expect(await copiesOf(phone, id)).toMatchObject({ have: 2 });
    expect(await copiesOf(desk, id)).toMatchObject({ have: 1 });
    expect((await describeSync(desk)).copies).toEqual({ full: 0, some: 0, onlyHere: 1 });
    await phone.device.writeBeacon();
    await desk.device.receive(await allEntries(phone));
    expect(await copiesOf(desk, id)).toEqual({ id, have: 2, of: 2, devices: ["Desk", "Phone"] });
    expect((await describeSync(desk)).copies).toEqual({ full: 1, some: 0, onlyHere: 0 });
  });

  test("are not more because a third device has seen the entry of one that passed it on", async () => {
    const { desk, phone } = await twoDevices();
    const tablet = await joinDevice(desk, 3, "Tablet");
    await exchange(desk, tablet);
    await exchange(desk, phone);
    const id = await addPasskey(desk, "example.org", "ana");
    await tablet.device.receive(await allEntries(desk));
    await tablet.device.writeBeacon();
    await desk.device.receive(await allEntries(tablet));
    expect(await copiesOf(desk, id)).toMatchObject({ have: 2, of: 3, devices: ["Desk", "Tablet"] });
    expect((await describeSync(desk)).copies).toEqual({ full: 0, some: 1, onlyHere: 0 });
  });

  test("of a passkey that is deleted are not counted", async () => {
    const { desk } = await twoDevices();
    await deletePasskey(desk.device, await addPasskey(desk, "example.org", "ana"));
    expect((await describeSync(desk)).copies).toEqual({ full: 0, some: 0, onlyHere: 0 });
  });
});

describe("devices", () => {
  test("are waited for until they name what is here, and heard when something of them comes", async () => {
    const { desk, phone } = await twoDevices();
    const stop = noteArrivals(desk.device, (fault) => {
      throw fault;
    });
    await addPasskey(desk, "example.org", "ana");
    const before = (await describeSync(desk)).devices.find(({ name }) => name === "Phone");
    expect(before).toMatchObject({ lastHeardAt: null, thisDevice: false, livesTwice: false });
    expect(before?.waitingForIt).toBeGreaterThan(0);
    await phone.device.receive(await allEntries(desk));
    await phone.device.writeBeacon();
    await desk.device.receive(await allEntries(phone));
    const phoneNow = async () => (await describeSync(desk)).devices.find(({ name }) => name === "Phone");
    await expect.poll(async () => (await phoneNow())?.lastHeardAt).toBe(desk.deps.clock.now());
    expect(await phoneNow()).toMatchObject({ waitingForIt: 0, missingHere: 0 });
    stop();
    await reopen(desk);
    expect(await phoneNow()).toMatchObject({ lastHeardAt: desk.deps.clock.now() });
  });

  test("miss here what others have named, and say how much", async () => {
    const { desk, phone } = await twoDevices();
    const tablet = await joinDevice(desk, 3, "Tablet");
    await exchange(desk, tablet);
    await exchange(desk, phone);
    await addPasskey(phone, "example.org", "ana");
    await addPasskey(phone, "two.example", "ana");
    await tablet.device.receive(await allEntries(phone));
    await tablet.device.writeBeacon();
    // Tablet's beacon arrives at Desk, Phone's own entries do not.
    const entries = await allEntries(tablet);
    await desk.device.receive(entries.slice(-1));
    expect((await describeSync(desk)).devices.find(({ name }) => name === "Phone")).toMatchObject({
      missingHere: 2,
    });
  });

  test("have the six words in common when they have everything in common", async () => {
    const { desk, phone } = await twoDevices();
    await addPasskey(desk, "example.org", "ana");
    const words = async (device: TestDevice) => (await describeSync(device)).fingerprint;
    expect(await words(desk)).not.toEqual(await words(phone));
    await exchange(desk, phone);
    expect(await words(desk)).toEqual(await words(phone));
    expect(await words(desk)).toHaveLength(6);
  });

  test("are described alike while nothing changes, whatever the clock says", async () => {
    const { desk } = await twoDevices();
    const before = await describeSync(desk);
    desk.deps.clock.now = () => 1_790_000_123_456;
    expect(await describeSync(desk)).toEqual(before);
  });

  test("get a new name from any of them, which all show", async () => {
    const { desk, phone } = await twoDevices();
    expect(await renameDevice(phone.device, findDevice(phone.device, "Desk"), " Study ")).toBe(true);
    await desk.device.receive(await allEntries(phone));
    expect((await describeSync(desk)).devices.map(({ name }) => name)).toEqual(["Phone", "Study"]);
    expect(await renameDevice(desk.device, findDevice(desk.device, "Study"), "Study")).toBe(false);
    expect(() => findDevice(desk.device, "Desk")).toThrowError(
      expect.objectContaining({ code: "LK-VAULT-NOT-FOUND" }),
    );
  });

  test.for(["", "  ", "x".repeat(65), "a\nb", "a\u202eb", "\ud800"])(
    "have no name such as %j",
    async (name) => {
      const desk = await foundDevice(1, "Desk");
      await expect(renameDevice(desk.device, desk.device.self!, name)).rejects.toMatchObject({
        code: "LK-VAULT-LIMIT",
      });
    },
  );

  test("of one name are told apart by id, and only so", async () => {
    const { desk, phone } = await twoDevices();
    await renameDevice(phone.device, findDevice(phone.device, "Phone"), "Desk");
    expect(() => findDevice(phone.device, "Desk")).toThrowError(
      expect.objectContaining({ code: "LK-VAULT-AMBIGUOUS" }),
    );
    const { id } = (await describeSync(phone)).devices.find(({ thisDevice }) => thisDevice)!;
    expect(findDevice(phone.device, id).deviceTag).toEqual(phone.device.self?.deviceTag);
    expect(desk.device.self).not.toBeNull();
  });
});

describe("the history of a passkey", () => {
  test("tells which device did what, and an earlier value is taken back", async () => {
    const { desk, phone } = await twoDevices();
    const id = await addPasskey(desk, "example.org", "ana");
    await editPasskey(desk.device, id, "title", "one");
    await phone.device.receive(await allEntries(desk));
    await editPasskey(phone.device, id, "title", "two");
    await editPasskey(phone.device, id, "tag/work", true);
    await editPasskey(phone.device, id, "tag/work", null);
    await deletePasskey(phone.device, id);
    await restorePasskey(phone.device, id);
    await desk.device.receive(await allEntries(phone));
    const events = describeHistory(desk.device, id);
    expect(events.map(({ what, field, value, by }) => [by, what, field, value])).toEqual([
      ["Desk", "created", null, null],
      ["Desk", "set", "name", "ana"],
      ["Desk", "set", "title", "one"],
      ["Phone", "set", "title", "two"],
      ["Phone", "set", "tag/work", true],
      ["Phone", "cleared", "tag/work", null],
      ["Phone", "deleted", null, null],
      ["Phone", "restored", null, null],
    ]);
    const changeOf = (wanted: unknown) => events.find(({ value }) => value === wanted)!.change;
    expect(await restoreEarlier(desk.device, id, changeOf("one"), null)).toEqual(["title"]);
    expect(desk.device.state.document.get(id)?.title).toBe("one");
    expect(await restoreEarlier(desk.device, id, changeOf("one"), null)).toEqual([]);
    expect(await restoreEarlier(desk.device, id, changeOf(true), "tag/work")).toEqual(["tag/work"]);
    const cleared = describeHistory(desk.device, id).find(({ what }) => what === "cleared")!.change;
    expect(await restoreEarlier(desk.device, id, cleared, null)).toEqual(["tag/work"]);
    expect(desk.device.state.document.get(id)).toMatchObject({ title: "one", tags: [] });
  });

  test("takes back nothing by a change of another passkey, of no value, or of none", async () => {
    const desk = await foundDevice(1, "Desk");
    const id = await addPasskey(desk, "example.org", "ana");
    const other = await addPasskey(desk, "two.example", "ana");
    const { change } = describeHistory(desk.device, other)[0]!;
    for (const given of [change, "", "zz"]) {
      await expect(restoreEarlier(desk.device, id, given, null)).rejects.toMatchObject({
        code: "LK-VAULT-NOT-FOUND",
      });
    }
    const created = describeHistory(desk.device, id)[0]!;
    expect(created).toMatchObject({ what: "created", canRestore: false });
    await expect(restoreEarlier(desk.device, id, created.change, "core")).rejects.toMatchObject({
      code: "LK-VAULT-NOT-FOUND",
    });
    expect(() => describeHistory(desk.device, "AAAA" as typeof id)).toThrowError(
      expect.objectContaining({ code: "LK-VAULT-NOT-FOUND" }),
    );
  });
});

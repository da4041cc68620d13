/** Promise 3 for what a member wrote that does not come back: whoever has it answers for it before the log that it stands in goes. */
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { readKeptLogs } from "../../src/device/kept-log.ts";
import { createSyncView } from "../../src/device/describe-sync.ts";
import { countLeft } from "../../src/device/left-operations.ts";
import { editPasskey } from "../../src/device/passkey-acts.ts";
import { reissueOwn } from "../../src/device/reissue-own.ts";
import { dropContent } from "../../src/device/retire-log.ts";
import { rootOf } from "../../src/device/tiers.ts";
import { deriveSecretKey } from "../../src/membership/epoch.ts";
import { openSigningKey } from "../../src/vault/credential-secret.ts";
import type { PasskeyId } from "../../src/vault/schema.ts";
import { deriveStateHash } from "../../src/vault/state-hash.ts";
import { addPasskey, foundDevice, joinDevice, openSigning, type TestDevice } from "./devices.ts";
import { makeNextEpoch, Rooms, verifyUser } from "./rooms.ts";

const get = ({ device }: TestDevice, id: PasskeyId) => device.state.document.get(id);
const keyOf = ({ device }: TestDevice) => device.context.self.signer.publicKey;
const stateHash = ({ device }: TestDevice) => encodeHex(deriveStateHash(device.state.document));

async function canSign(on: TestDevice, id: PasskeyId): Promise<boolean> {
  const record = get(on, id)?.record;
  if (record == null) return false;
  const secretKey = deriveSecretKey(rootOf(await openSigning(on), on.device.context.epoch.logId));
  openSigningKey(secretKey, record, on.deps.crypto);
  return true;
}

/** As when 30 days are over: the content of every log that was left goes. */
async function dropAll(on: TestDevice): Promise<void> {
  for (const kept of await readKeptLogs(on.store, on.device.context.rows)) await dropContent(on.device, kept);
}

/** Phone has heard what Laptop wrote last, Desk has not, and makes an epoch; Laptop is never seen again. */
async function laptopIsGone(seed: number, write: (laptop: TestDevice, id: PasskeyId) => Promise<unknown>) {
  const rooms = new Rooms();
  const desk = await foundDevice(seed, "Desk");
  const laptop = await joinDevice(desk, seed + 1, "Laptop");
  const phone = await joinDevice(desk, seed + 2, "Phone");
  const id = await addPasskey(desk, "example.org", "ana");
  await editPasskey(desk.device, id, "title", "Example");
  await rooms.settle(desk, laptop, phone);
  await write(laptop, id);
  await new Rooms().settle(laptop, phone);
  await makeNextEpoch(desk, rooms);
  await rooms.settle(phone, desk);
  return { rooms, desk, laptop, phone, id };
}

describe("what a member wrote that never comes back", () => {
  test("is counted, and issued again by who has it before it would go", async () => {
    const { rooms, desk, laptop, phone, id } = await laptopIsGone(600, async ({ device }, passkey) => {
      await editPasskey(device, passkey, "note", "from the laptop");
      await editPasskey(device, passkey, "title", "Renamed");
    });
    expect(get(phone, id)).toMatchObject({ title: "Example", note: null });
    expect([...(await countLeft(phone.device))]).toEqual([[encodeHex(keyOf(laptop)), 2]]);
    const { devices } = await createSyncView(phone.device).describe();
    expect(devices.map(({ name, leftBehind }) => [name, leftBehind])).toContainEqual(["Laptop", 2]);
    expect((await countLeft(desk.device)).size).toBe(0);
    await dropAll(phone);
    expect((await countLeft(phone.device)).size).toBe(0);
    await reissueOwn(phone.device, null);
    await rooms.settle(phone, desk);
    for (const device of [desk, phone]) {
      expect(get(device, id)).toMatchObject({ title: "Renamed", note: "from the laptop", offered: [] });
      expect(stateHash(device)).toBe(stateHash(desk));
    }
  });

  test("is there once when it comes back after all", async () => {
    const { rooms, desk, laptop, phone, id } = await laptopIsGone(610, async ({ device }, passkey) => {
      await editPasskey(device, passkey, "title", "Renamed");
    });
    await dropAll(phone);
    await reissueOwn(phone.device, null);
    await rooms.settle(phone, desk, laptop, phone, desk);
    for (const device of [desk, laptop, phone]) {
      expect(get(device, id)).toMatchObject({ title: "Renamed", offered: [] });
      expect(stateHash(device)).toBe(stateHash(desk));
    }
  });

  test("never beats what was written since", async () => {
    const { rooms, desk, phone, id } = await laptopIsGone(620, async ({ device }, passkey) => {
      await editPasskey(device, passkey, "title", "a month ago");
    });
    await editPasskey(desk.device, id, "title", "yesterday");
    await makeNextEpoch(desk, rooms);
    await rooms.settle(phone, desk);
    await dropAll(phone);
    await reissueOwn(phone.device, null);
    await rooms.settle(phone, desk);
    for (const device of [desk, phone]) {
      expect(get(device, id)?.title).toBe("yesterday");
      expect(get(device, id)?.offered.map(({ value }) => value)).toEqual(["a month ago"]);
    }
  });

  test("waits in the journal for the person where it carries a key", async () => {
    let added: PasskeyId | null = null;
    const { rooms, desk, phone } = await laptopIsGone(630, async (laptop) => {
      added = await addPasskey(laptop, "example.net", "ana");
      await editPasskey(laptop.device, added, "title", "Net");
    });
    await dropAll(phone);
    await reissueOwn(phone.device, null);
    expect(get(phone, added!)).toBeNull();
    await verifyUser(phone);
    await rooms.settle(phone, desk);
    for (const device of [desk, phone]) {
      expect(get(device, added!)).toMatchObject({ title: "Net", state: "live" });
      expect(await canSign(device, added!)).toBe(true);
    }
  });

  test("goes before an edit that rests on it, at the next user verification of that one's author", async () => {
    let added: PasskeyId | null = null;
    const rooms = new Rooms();
    const desk = await foundDevice(640, "Desk");
    const laptop = await joinDevice(desk, 641, "Laptop");
    const phone = await joinDevice(desk, 642, "Phone");
    await rooms.settle(desk, laptop, phone);
    added = await addPasskey(laptop, "example.net", "ana");
    await new Rooms().settle(laptop, phone);
    await editPasskey(phone.device, added, "favourite", true);
    await makeNextEpoch(desk, rooms);
    await rooms.settle(phone, desk);
    expect(get(phone, added)).toBeNull();
    const own = async () =>
      (await createSyncView(phone.device).describe()).devices.find(({ thisDevice }) => thisDevice);
    expect(await own()).toMatchObject({ leftBehind: 1 });
    await verifyUser(phone);
    expect(await own()).toMatchObject({ leftBehind: 0 });
    await rooms.settle(phone, desk);
    for (const device of [desk, phone]) {
      expect(get(device, added)).toMatchObject({ favourite: true, state: "live" });
      expect(await canSign(device, added)).toBe(true);
    }
  });

  test("ends with it when it is put out, and holds nobody up", async () => {
    const { rooms, desk, laptop, phone, id } = await laptopIsGone(650, async ({ device }, passkey) => {
      await editPasskey(device, passkey, "title", "Renamed");
    });
    await dropAll(phone);
    await makeNextEpoch(desk, rooms, { reason: "removal", removed: [keyOf(laptop)] });
    await rooms.settle(phone, desk);
    await editPasskey(phone.device, id, "note", "after");
    await rooms.settle(phone, desk);
    for (const device of [desk, phone])
      expect(get(device, id)).toMatchObject({ title: "Example", note: "after", offered: [] });
  });

  test("is not taken where it was erased for good", async () => {
    const { rooms, desk, phone, id } = await laptopIsGone(660, async ({ device }, passkey) => {
      await editPasskey(device, passkey, "title", "Renamed");
    });
    const credentialId = get(desk, id)!.record!.credentialId;
    await makeNextEpoch(desk, rooms, { reason: "purge", purged: [credentialId] });
    await rooms.settle(phone, desk);
    await dropAll(phone);
    expect(await phone.store.scan("journal")).toEqual([]);
  });
});

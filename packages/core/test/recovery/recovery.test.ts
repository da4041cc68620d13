/** Recovery pages in a vault: made, tested, found again through their locator, dead. */
import { describe, expect, test } from "vitest";
import { openPage } from "../../src/device/recovery-page.ts";
import { recognizePage, testPage } from "../../src/recovery/drill.ts";
import { listLocatorDuties } from "../../src/recovery/locator-duty.ts";
import {
  deriveLocatorKeys,
  isLocatorCurrent,
  openLocator,
  openLocatorRoom,
  sealLocator,
} from "../../src/recovery/locator.ts";
import { printPage } from "../../src/recovery/make-page.ts";
import { findLivePage, listPages } from "../../src/recovery/page-setting.ts";
import { joinPages } from "../../src/recovery/shares.ts";
import { addPasskey, foundDevice, joinDevice, openSigning, type TestDevice } from "../device/devices.ts";
import { makeNextEpoch, Rooms } from "../device/rooms.ts";

const refusal = (code: string) => expect.objectContaining({ code }) as unknown;

async function makePrinted(on: TestDevice, isSplit = false) {
  const printed = await printPage(on.device, await openSigning(on), isSplit);
  return { ...printed, secret: await joinPages(printed.texts) };
}

/** Two devices, two passkeys and a page. */
async function vaultWithPage(seed: number) {
  const rooms = new Rooms();
  const desk = await foundDevice(seed, "Desk");
  const phone = await joinDevice(desk, seed + 1, "Phone");
  await addPasskey(desk, "example.org", "ana");
  await addPasskey(desk, "example.net", "ana");
  const made = await makePrinted(desk);
  await rooms.settle(desk, phone);
  return { rooms, desk, phone, ...made };
}

const keyOfPage = ({ device }: TestDevice, id: string): Uint8Array =>
  listPages(device).find((page) => page.id === id)!.member!.member.identity.entryPublicKey;

describe("the drill", () => {
  test("says what the page opens, on every device, and notes the day", async () => {
    const { rooms, desk, phone, secret } = await vaultWithPage(900);
    expect(findLivePage(phone.device)?.testedAt).toBeNull();
    phone.deps.clock.ms += 12 * 86_400_000;
    const { page, passkeys, unopened } = await testPage(phone.device, secret);
    expect({ passkeys, unopened, madeAt: page.madeAt }).toEqual({
      passkeys: 2,
      unopened: [],
      madeAt: desk.deps.clock.ms,
    });
    await rooms.settle(desk, phone);
    expect(findLivePage(desk.device)?.testedAt).toBe(phone.deps.clock.ms);
  });

  test("works after changes of keys, when the page's seals stand in the record", async () => {
    const { rooms, desk, phone, secret } = await vaultWithPage(905);
    await makeNextEpoch(desk, rooms);
    await rooms.settle(phone, desk);
    await makeNextEpoch(phone, rooms);
    await rooms.settle(desk, phone);
    expect((await testPage(desk.device, secret)).passkeys).toBe(2);
  });

  test("names a page of another vault, and one that was put out", async () => {
    const { rooms, desk, phone, page, secret } = await vaultWithPage(910);
    expect(() => recognizePage(desk.device, new Uint8Array(20))).toThrow(refusal("LK-RECOVERY-OTHER"));
    const next = await makePrinted(desk);
    expect(next.replaced.map(({ id }) => id)).toEqual([page.id]);
    await makeNextEpoch(desk, rooms, { reason: "removal", removed: [keyOfPage(desk, page.id)] });
    await rooms.settle(phone, desk);
    await expect(testPage(phone.device, secret)).rejects.toEqual(refusal("LK-RECOVERY-DEAD"));
    expect((await testPage(phone.device, next.secret)).passkeys).toBe(2);
    expect(findLivePage(phone.device)?.id).toBe(next.page.id);
  });

  test("counts a passkey that does not open, and then notes no day", async () => {
    const { desk, secret } = await vaultWithPage(915);
    // Its secret is sealed for another id.
    const [first] = desk.device.state.document.list();
    const record = { ...first!.record!, credentialId: new Uint8Array(32).fill(1) };
    await desk.device.act(() => [{ type: "create", record }]);
    const { passkeys, unopened } = await testPage(desk.device, secret);
    expect([passkeys, unopened.length]).toEqual([3, 1]);
    expect(findLivePage(desk.device)?.testedAt).toBeNull();
  });

  test("two of three pages are a page", async () => {
    const desk = await foundDevice(918, "Desk");
    const { texts, page } = await makePrinted(desk, true);
    expect([texts.length, page.parts]).toEqual([3, 3]);
    expect((await testPage(desk.device, await joinPages(texts.slice(1)))).unopened).toEqual([]);
  });
});

describe("the locator", () => {
  test("is written alike in meaning by every device, and opens with the page alone", async () => {
    const { rooms, desk, phone, secret } = await vaultWithPage(920);
    const keys = deriveLocatorKeys(secret);
    for (const on of [desk, phone]) {
      const [duty] = await listLocatorDuties(on.device);
      expect(openLocatorRoom(duty!.page.locator).id).toEqual(openLocatorRoom(keys).id);
      const slot = sealLocator(duty!.page.locator, duty!.content, on.deps.random);
      const content = openLocator(keys, slot);
      expect(content?.number).toBe(1);
      openPage(secret, content!.welcome!, on.deps);
    }
    await makeNextEpoch(desk, rooms);
    const [later] = await listLocatorDuties(desk.device);
    const [earlier] = await listLocatorDuties(phone.device);
    expect([earlier!.content.number, later!.content.number]).toEqual([1, 2]);
    expect(isLocatorCurrent(later!.content, earlier!.content)).toBe(true);
    expect(isLocatorCurrent(earlier!.content, later!.content)).toBe(false);
    expect(isLocatorCurrent(null, earlier!.content)).toBe(false);
    openPage(secret, later!.content.welcome!, desk.deps);
  });

  test("of a page that was put out says so, and nothing is written over it", async () => {
    const { rooms, desk, page, secret } = await vaultWithPage(930);
    const [before] = await listLocatorDuties(desk.device);
    await makeNextEpoch(desk, rooms, { reason: "removal", removed: [keyOfPage(desk, page.id)] });
    const [duty] = await listLocatorDuties(desk.device);
    expect(duty!.content.welcome).toBeNull();
    const read = openLocator(
      deriveLocatorKeys(secret),
      sealLocator(duty!.page.locator, duty!.content, desk.deps.random),
    );
    expect(read?.welcome).toBeNull();
    expect(isLocatorCurrent(read, before!.content)).toBe(true);
    expect(isLocatorCurrent(before!.content, duty!.content)).toBe(false);
  });

  test("does not open when a byte is changed, cut or written by somebody else", async () => {
    const { desk, secret } = await vaultWithPage(940);
    const keys = deriveLocatorKeys(secret);
    const [duty] = await listLocatorDuties(desk.device);
    const slot = sealLocator(keys, duty!.content, desk.deps.random);
    const spoiled = [0, 30, slot.length - 1].map((at) => slot.map((byte, i) => (i === at ? byte ^ 1 : byte)));
    const foreign = sealLocator(deriveLocatorKeys(new Uint8Array(20)), duty!.content, desk.deps.random);
    for (const bytes of [...spoiled, slot.subarray(0, 39), slot.subarray(1), new Uint8Array(), foreign])
      expect(openLocator(keys, bytes)).toBeNull();
  });

  test("is not this device's to write once it was put out", async () => {
    const { rooms, desk, phone } = await vaultWithPage(950);
    await makeNextEpoch(desk, rooms, {
      reason: "removal",
      removed: [phone.device.context.self.signer.publicKey],
    });
    await rooms.sync(phone);
    expect(await listLocatorDuties(phone.device)).toEqual([]);
  });
});

test("making a page needs the signing tier: a device without it makes none", async () => {
  const { desk } = await vaultWithPage(960);
  const tier = await openSigning(desk);
  const empty = { ...tier, authority: new Uint8Array(32) };
  await expect(printPage(desk.device, empty, false)).rejects.toEqual(refusal("LK-EPOCH-SIGNATURE"));
  expect(listPages(desk.device)).toHaveLength(1);
});

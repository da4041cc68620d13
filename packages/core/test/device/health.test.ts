/** What a vault's health report finds, one fact at a time; and that what it rests on comes from real devices. */
import { describe, expect, test } from "vitest";
import { createSyncView } from "../../src/device/describe-sync.ts";
import {
  type HealthFacts,
  type HealthFinding,
  judgeHealth,
  TEST_AGAIN_DAYS,
  UNSEEN_DAYS,
} from "../../src/device/health.ts";
import { readLastUses } from "../../src/device/last-uses.ts";
import { createPasskey, editPasskey } from "../../src/device/passkey-acts.ts";
import { sendAudit } from "../../src/device/send-audit.ts";
import { writeAudit } from "../../src/device/write-audit.ts";
import { credentialIdOf, type PasskeyId } from "../../src/vault/schema.ts";
import {
  addPasskey,
  allEntries,
  exchange,
  foundDevice,
  joinDevice,
  NOW,
  type TestDevice,
} from "./devices.ts";

const DAY_MS = 86_400_000;
const TODAY = Math.floor(NOW / DAY_MS);
const daysAgo = (days: number): number => NOW - days * DAY_MS;

const desk = { id: "aa", name: "Desk", thisDevice: true, lastHeardAt: null, addedDay: TODAY - 400 };
const phone = { id: "bb", name: "Phone", thisDevice: false, lastHeardAt: daysAgo(2), addedDay: TODAY - 400 };

/** Two fresh copies, a page tested lately, nothing open. */
const sound: HealthFacts = {
  now: NOW,
  devices: [desk, phone],
  passkeys: [],
  onlyHere: [],
  page: { testedAt: daysAgo(10), exposed: false },
  replacedUses: new Map(),
};
const judge = (facts: Partial<HealthFacts>): readonly HealthFinding[] => judgeHealth({ ...sound, ...facts });

describe("of given facts", () => {
  test("finds nothing in a sound vault, with a page and without", () => {
    expect(judge({})).toEqual([]);
    expect(judge({ page: null })).toEqual([]);
  });

  test("finds one copy until there is a second device or a tested page", () => {
    const untested = { testedAt: null, exposed: false };
    expect(judge({ devices: [desk], page: null })).toEqual([{ is: "one-copy" }]);
    expect(judge({ devices: [desk], page: untested })).toEqual([
      { is: "one-copy" },
      { is: "page-untested", days: null },
    ]);
    expect(judge({ devices: [desk] })).toEqual([]);
  });

  test("names every device that was silent too long, the longest first, and no other", () => {
    const silent = (name: string, days: number) => ({ ...phone, id: name, name, lastHeardAt: daysAgo(days) });
    const devices = [
      desk,
      silent("A", UNSEEN_DAYS - 1),
      silent("B", UNSEEN_DAYS),
      silent("C", UNSEEN_DAYS + 60),
    ];
    expect(judge({ devices })).toEqual([
      { is: "stale-copy", device: "C", name: "C", days: UNSEEN_DAYS + 60 },
      { is: "stale-copy", device: "B", name: "B", days: UNSEEN_DAYS },
    ]);
  });

  test("counts silence from when both were in the vault", () => {
    const never = { ...phone, lastHeardAt: null };
    expect(judge({ devices: [desk, { ...never, addedDay: TODAY - 5 }] })).toEqual([]);
    expect(judge({ devices: [{ ...desk, addedDay: TODAY - 5 }, never] })).toEqual([]);
    expect(judge({ devices: [desk, { ...never, addedDay: TODAY - 90 }] })).toMatchObject([
      { is: "stale-copy", days: 90 },
    ]);
  });

  test("finds a page that was not tested for half a year, and one that is exposed", () => {
    const page = { testedAt: daysAgo(TEST_AGAIN_DAYS), exposed: false };
    expect(judge({ page })).toEqual([]);
    expect(judge({ page, now: NOW + DAY_MS })).toEqual([{ is: "page-untested", days: TEST_AGAIN_DAYS + 1 }]);
    expect(judge({ page: { ...page, exposed: true } })).toEqual([{ is: "page-exposed" }]);
  });

  test("says first what is lost first", () => {
    const onlyHere = ["x" as PasskeyId];
    const found = judge({ onlyHere, page: { testedAt: null, exposed: true }, now: NOW + 90 * DAY_MS });
    expect(found.map(({ is }) => is)).toEqual(["only-here", "stale-copy", "page-exposed", "page-untested"]);
  });
});

describe("of real devices", () => {
  async function judgeDevice({ device }: TestDevice, page: HealthFacts["page"] = null) {
    const { devices, onlyHere } = await createSyncView(device).describe();
    const passkeys = device.state.document.list();
    const replacedUses = await readLastUses(
      device,
      passkeys.map(({ id }) => id),
    );
    return judgeHealth({ now: device.deps.clock.now(), devices, passkeys, onlyHere, page, replacedUses });
  }

  async function twoDevices() {
    const at = await foundDevice(1, "Desk");
    return { at, other: await joinDevice(at, 2, "Phone") };
  }

  test("finds passkeys only here until another device says that it has them", async () => {
    const { at, other } = await twoDevices();
    const id = await addPasskey(at, "example.org", "ana");
    expect(await judgeDevice(at)).toEqual([{ is: "only-here", passkeys: [id] }]);
    await other.device.receive(await allEntries(at));
    await other.device.writeBeacon();
    await at.device.receive(await allEntries(other));
    expect(await judgeDevice(at)).toEqual([]);
  });

  test("finds a device that has been silent since it came", async () => {
    const { at } = await twoDevices();
    at.deps.clock.ms += 2 * UNSEEN_DAYS * DAY_MS;
    expect(await judgeDevice(at)).toMatchObject([{ is: "stale-copy", name: "Phone", days: 2 * UNSEEN_DAYS }]);
  });

  test("finds an open conflict on both devices, until it is decided", async () => {
    const { at, other } = await twoDevices();
    const id = await addPasskey(at, "example.org", "ana");
    await exchange(at, other);
    await exchange(at, other);
    await editPasskey(at.device, id, "title", "one");
    await editPasskey(other.device, id, "title", "two");
    await exchange(at, other);
    for (const on of [at, other])
      expect(await judgeDevice(on)).toContainEqual({ is: "conflict-open", passkeys: [id] });
    await editPasskey(at.device, id, "title", "three");
    await exchange(at, other);
    expect((await judgeDevice(other)).map(({ is }) => is)).not.toContain("conflict-open");
  });

  test("finds a replaced passkey that a device used on a later day, and not one used before", async () => {
    const { at, other } = await twoDevices();
    const [old, spare] = [
      await addPasskey(at, "example.org", "ana"),
      await addPasskey(at, "two.example", "ana"),
    ];
    await exchange(at, other);
    const credential = (id: PasskeyId): Uint8Array => credentialIdOf(id) as Uint8Array;
    const signIn = async (on: TestDevice, id: PasskeyId, ms: number) => {
      const { context } = on.device;
      const writer = {
        store: on.store,
        rows: context.rows,
        logId: context.epoch.logId,
        metadataRoot: on.device.metadataRoot(),
        signer: context.self.signer,
      };
      await writeAudit(writer, [{ kind: "sign-in", at: ms, id: credential(id) }]);
    };
    for (const id of [old, spare]) {
      const record = at.device.state.document.list().find((each) => each.id === id)!.record!;
      const next = { ...record, credentialId: at.deps.random(32) };
      const names = { userName: "ana", userDisplayName: null, rpName: null };
      await createPasskey(at.device, next, names, [credential(id)]);
    }
    // Before it was replaced, and on the day itself: nobody can tell that from a use after.
    await signIn(at, old, daysAgo(3));
    await signIn(at, spare, NOW);
    expect((await judgeDevice(at)).map(({ is }) => is)).not.toContain("replaced-but-used");
    // Phone has not heard of it yet, and its log comes later.
    await signIn(other, old, NOW + 2 * DAY_MS);
    await sendAudit(other.device);
    await exchange(at, other);
    expect(await judgeDevice(at)).toContainEqual({
      is: "replaced-but-used",
      passkeys: [{ id: old, usedAt: NOW + 2 * DAY_MS }],
    });
  });
});

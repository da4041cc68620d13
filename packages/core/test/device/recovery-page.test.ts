/** The recovery page: a member that is no device. Made, used, dead; and its record among rivals. */
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { admitDevice } from "../../src/device/admit-device.ts";
import { createSyncView } from "../../src/device/describe-sync.ts";
import { makeNewcomer, openWelcome } from "../../src/device/join-vault.ts";
import { readKeptLogs } from "../../src/device/kept-log.ts";
import { openDevice } from "../../src/device/open-device.ts";
import { editPasskey } from "../../src/device/passkey-acts.ts";
import { type MadePage, makePage, openPage } from "../../src/device/recovery-page.ts";
import { listDeserted } from "../../src/device/retire-log.ts";
import { judgeStanding } from "../../src/device/standing.ts";
import { openMetadataTier, rootOf } from "../../src/device/tiers.ts";
import { makeEntry } from "../../src/log/entry.ts";
import { deriveSigningKeys } from "../../src/membership/device.ts";
import { deriveSecretKey } from "../../src/membership/epoch.ts";
import { makeEpochRecord } from "../../src/membership/epoch-record.ts";
import { derivePageSeeds, PAGE_SENIORITY } from "../../src/membership/page.ts";
import { tipOf } from "../../src/sync/replica-state.ts";
import { writeBeacon } from "../../src/sync/write-entry.ts";
import { openSigningKey } from "../../src/vault/credential-secret.ts";
import type { PasskeyId } from "../../src/vault/schema.ts";
import {
  addPasskey,
  foundDevice,
  joinDevice,
  makeDeps,
  openProtector,
  openSigning,
  type TestDevice,
} from "./devices.ts";
import { createMemoryStore } from "./memory-store.ts";
import { makeNextEpoch, publish, Rooms, stage, verifyUser } from "./rooms.ts";

const keyOf = ({ device }: TestDevice) => device.context.self.signer.publicKey;
const epochOf = ({ device }: TestDevice) => encodeHex(device.epoch.hash);
const names = async ({ device }: TestDevice) =>
  (await createSyncView(device).describe()).devices.map(({ name }) => name);
const numberOf = ({ device }: TestDevice) => device.epoch.record.number;

async function canSign(on: TestDevice, id: PasskeyId): Promise<boolean> {
  const record = on.device.state.document.get(id)?.record;
  if (record == null) return false;
  const secretKey = deriveSecretKey(rootOf(await openSigning(on), on.device.context.epoch.logId));
  openSigningKey(secretKey, record, on.deps.crypto);
  return true;
}

/** Two devices and a page, known to everybody. */
async function vaultWithPage(seed: number) {
  const rooms = new Rooms();
  const desk = await foundDevice(seed, "Desk");
  const phone = await joinDevice(desk, seed + 1, "Phone");
  const id = await addPasskey(desk, "example.org", "ana");
  const page = await makePage(desk.device, await openSigning(desk));
  await rooms.settle(desk, phone);
  return { rooms, desk, phone, id, page };
}

/** The page at some machine, before it has asked any relay. `snapshot`: of the epoch in which it was made. */
async function scan(page: MadePage, seed: number, snapshot: Uint8Array): Promise<TestDevice> {
  const store = createMemoryStore();
  const deps = makeDeps(seed, store);
  await openPage(page.secret, page.welcome, deps).finish(deps, openProtector, snapshot, []);
  return { store, deps, device: await openDevice(deps, await openMetadataTier(store, openProtector)) };
}

/** A new device that the page admits. */
async function admit(paper: TestDevice, seed: number): Promise<TestDevice> {
  const store = createMemoryStore();
  const deps = makeDeps(seed, store);
  const newcomer = makeNewcomer(deps.random);
  const candidate = { identity: newcomer.identity, name: "New", platform: "test" };
  const welcome = await admitDevice(paper.device, await openSigning(paper), candidate);
  const snapshot = (await paper.device.readSnapshot()) as Uint8Array;
  await openWelcome(newcomer, welcome, deps).finish(deps, openProtector, snapshot, []);
  return { store, deps, device: await openDevice(deps, await openMetadataTier(store, openProtector)) };
}

describe("a page", () => {
  test("is a member, and nowhere counted as a device", async () => {
    const { rooms, desk, phone, id } = await vaultWithPage(800);
    expect(desk.device.state.members.size).toBe(3);
    expect(await names(desk)).toEqual(["Desk", "Phone"]);
    expect((await createSyncView(desk.device).copiesOf([id]))[0]?.of).toBe(2);
    await makeNextEpoch(desk, rooms);
    await rooms.settle(phone, desk);
    const logs = await readKeptLogs(desk.store, desk.device.context.rows);
    expect(listDeserted(desk.device, logs)).toEqual(logs);
    expect(logs).toHaveLength(1);
  });

  test("is younger than every device, also than one that comes after it", async () => {
    const { rooms, desk, phone } = await vaultWithPage(810);
    await makeNextEpoch(desk, rooms);
    const tablet = await joinDevice(desk, 815, "Tablet");
    await rooms.settle(desk, phone, tablet);
    await makeNextEpoch(desk, rooms);
    expect(desk.device.epoch.record.members.map(({ seniority }) => seniority).sort()).toEqual(
      [0, 1, 2, PAGE_SENIORITY].sort(),
    );
  });

  test("has the keys of its secret and no others", () => {
    const secret = new Uint8Array(20).fill(7);
    expect(derivePageSeeds(secret)).toEqual(derivePageSeeds(secret.slice()));
    const { metadata, signing } = derivePageSeeds(secret);
    const seeds = [metadata.entry, metadata.metadataKem, signing.authority, signing.secretKem];
    expect(new Set(seeds.map(encodeHex)).size).toBe(4);
    expect(derivePageSeeds(new Uint8Array(20).fill(8)).signing.authority).not.toEqual(signing.authority);
  });

  test("with another secret opens nothing", async () => {
    const { desk, page } = await vaultWithPage(820);
    expect(() => openPage(new Uint8Array(20), page.welcome, desk.deps)).toThrow(
      expect.objectContaining({ code: "LK-EPOCH-SEAL" }),
    );
  });
});

describe("a page that is used", () => {
  test("brings everything to a new device, puts the lost ones out, and is dead after the next record", async () => {
    const { rooms, desk, phone, id, page } = await vaultWithPage(830);
    const before = (await desk.device.readSnapshot()) as Uint8Array;
    await editPasskey(phone.device, id, "note", "after the page was made");
    await makeNextEpoch(desk, rooms);
    await rooms.settle(phone, desk);
    // All devices are gone: paper and relay are there.
    const paper = await scan(page, 840, before);
    await rooms.sync(paper);
    expect(numberOf(paper)).toBe(2);
    const fresh = await admit(paper, 841);
    await makeNextEpoch(paper, rooms, { reason: "recovery", removed: [keyOf(desk), keyOf(phone)] });
    await rooms.settle(fresh);
    expect(numberOf(fresh)).toBe(3);
    expect(judgeStanding(fresh.device).is).toBe("member");
    expect(await names(fresh)).toEqual(["New"]);
    expect(fresh.device.state.document.get(id)?.note).toBe("after the page was made");
    expect(await canSign(fresh, id)).toBe(true);
    for (const lost of [desk, phone]) expect((await rooms.sync(lost)).is).toBe("removed");
    // The used page is replaced.
    const second = await makePage(fresh.device, await openSigning(fresh));
    await makeNextEpoch(fresh, rooms, { reason: "removal", removed: [keyOf(paper)] });
    expect((await rooms.sync(paper)).is).toBe("removed");
    expect((await rooms.sync(await scan(page, 842, before))).is).toBe("removed");
    const members = [...fresh.device.state.members.values()].filter(({ member }) => member.page);
    expect(members).toHaveLength(1);
    expect(second.secret).toHaveLength(20);
    // Another device pairs as ever, whoever made the epoch before.
    const tablet = await joinDevice(fresh, 843, "Tablet");
    expect(await canSign(tablet, id)).toBe(true);
  });

  test("a device can pair in the very epoch that a page made", async () => {
    const { rooms, desk, phone, id, page } = await vaultWithPage(850);
    const paper = await scan(page, 860, (await desk.device.readSnapshot()) as Uint8Array);
    await rooms.sync(paper);
    const fresh = await admit(paper, 861);
    await makeNextEpoch(paper, rooms, { reason: "recovery", removed: [keyOf(desk), keyOf(phone)] });
    await rooms.settle(fresh);
    const tablet = await joinDevice(fresh, 862, "Tablet");
    expect(await canSign(tablet, id)).toBe(true);
    expect(await names(fresh)).toEqual(["New", "Tablet"]);
  });

  test("gives way to a record that keeps it; its new device is let in, and what it put out goes with the next record", async () => {
    const { rooms, desk, phone, id, page } = await vaultWithPage(870);
    const tablet = await joinDevice(desk, 872, "Tablet");
    await rooms.settle(desk, phone, tablet);
    const theirs = await stage(desk, {});
    const paper = await scan(page, 880, (await desk.device.readSnapshot()) as Uint8Array);
    await rooms.sync(paper);
    const fresh = await admit(paper, 881);
    await makeNextEpoch(paper, rooms, { reason: "recovery", removed: [keyOf(tablet)] });
    await rooms.settle(fresh);
    await editPasskey(fresh.device, id, "note", "in the losing record of the page");
    await publish(desk, rooms, theirs);
    await rooms.settle(desk, phone, fresh);
    for (const device of [desk, phone]) expect(epochOf(device)).toBe(encodeHex(theirs.epoch.hash));
    await verifyUser(desk);
    await rooms.settle(desk, phone, fresh);
    expect(epochOf(fresh)).toBe(encodeHex(theirs.epoch.hash));
    expect(judgeStanding(fresh.device).is).toBe("member");
    expect(desk.device.state.document.get(id)?.note).toBe("in the losing record of the page");
    expect(await canSign(fresh, id)).toBe(true);
    expect(await names(desk)).toContain("Tablet");
    await makeNextEpoch(desk, rooms);
    await rooms.settle(desk, phone, fresh, tablet);
    expect(await names(desk)).toEqual(["Desk", "New", "Phone"]);
    expect(judgeStanding(tablet.device).is).toBe("removed");
  });

  test("loses against a record that replaced it, unless each puts the other out: then the person chooses", async () => {
    for (const [seed, alsoRemovesDesk] of [
      [900, false],
      [920, true],
    ] as const) {
      const { rooms, desk, phone, page } = await vaultWithPage(seed);
      const paper = await scan(page, seed + 10, (await desk.device.readSnapshot()) as Uint8Array);
      await rooms.sync(paper);
      const replaced = await stage(desk, { reason: "removal", removed: [keyOf(paper)] });
      const used = await stage(paper, { reason: "recovery", removed: alsoRemovesDesk ? [keyOf(desk)] : [] });
      await publish(paper, rooms, used);
      await rooms.settle(paper);
      await publish(desk, rooms, replaced);
      await rooms.settle(desk, phone, desk, phone);
      for (const device of [desk, phone])
        expect(judgeStanding(device.device).is).toBe(alsoRemovesDesk ? "undecided" : "member");
      if (!alsoRemovesDesk) expect(epochOf(phone)).toBe(encodeHex(replaced.epoch.hash));
    }
  });

  test("is dead against epoch +15, whatever it is made to say", async () => {
    const { rooms, desk, phone, page, id } = await vaultWithPage(940);
    const paper = await scan(page, 950, (await desk.device.readSnapshot()) as Uint8Array);
    await rooms.sync(paper);
    // Somebody who found it lets it hear nothing of what comes after.
    const forced = await stage(paper, { reason: "recovery", removed: [] });
    await makeNextEpoch(desk, rooms, { reason: "removal", removed: [keyOf(paper)] });
    for (let i = 0; i < 15; i++) await makeNextEpoch(i % 2 === 0 ? phone : desk, rooms);
    await rooms.settle(desk, phone);
    expect(numberOf(phone)).toBe(17);
    await publish(paper, rooms, forced);
    await rooms.settle(paper, desk, phone);
    for (const device of [desk, phone]) {
      expect(judgeStanding(device.device).is).toBe("member");
      expect(numberOf(device)).toBe(17);
      expect(await canSign(device, id)).toBe(true);
    }
    expect(judgeStanding(paper.device).is).toBe("removed");
  });
});

describe("nobody takes", () => {
  const codesOf = async (on: TestDevice, entry: Uint8Array): Promise<string[]> => {
    const codes: string[] = [];
    const stop = on.device.subscribe((notices) => {
      for (const notice of notices) if (notice.is === "refused") codes.push(notice.code);
    });
    await on.device.receive([entry]);
    stop();
    return codes;
  };

  test("from a page anything but membership", async () => {
    const { rooms, desk, page } = await vaultWithPage(960);
    const paper = await scan(page, 970, (await desk.device.readSnapshot()) as Uint8Array);
    await rooms.sync(paper);
    const step = writeBeacon(paper.device.context, paper.device.state);
    const entry = step.rows.find(({ table }) => table === "entry")?.value as Uint8Array;
    expect(await codesOf(desk, entry)).toEqual(["LK-ENTRY-FORBIDDEN"]);
  });

  test("from a page a record that calls itself anything but a recovery, and a recovery from no device", async () => {
    const { rooms, desk, page } = await vaultWithPage(980);
    const paper = await scan(page, 990, (await desk.device.readSnapshot()) as Uint8Array);
    await rooms.sync(paper);
    await expect(stage(paper, { reason: "removal" })).rejects.toMatchObject({ code: "LK-ENTRY-FORBIDDEN" });
    await expect(stage(desk, { reason: "recovery" })).rejects.toMatchObject({ code: "LK-ENTRY-FORBIDDEN" });
    for (const [maker, other, reason] of [
      [paper, desk, "yearly"],
      [desk, paper, "recovery"],
    ] as const) {
      const { epoch } = await stage(maker, { reason: maker === paper ? "recovery" : "yearly" });
      expect(await codesOf(other, await forge(maker, { ...epoch.record, reason }))).toEqual([
        "LK-EPOCH-MALFORMED",
      ]);
    }
  });

  test("from a device a record that makes it older than it is", async () => {
    const { desk, phone } = await vaultWithPage(1_000);
    const { epoch } = await stage(phone, {});
    const members = epoch.record.members.map((member) => ({ ...member, seniority: 9 - member.seniority }));
    expect(await codesOf(desk, await forge(phone, { ...epoch.record, members }))).toEqual([
      "LK-EPOCH-MALFORMED",
    ]);
  });
});

/** An entry of this member with a record that it signs as it stands. */
async function forge(by: TestDevice, record: Parameters<typeof makeEpochRecord>[0]): Promise<Uint8Array> {
  const { self, epoch } = by.device.context;
  const authority = deriveSigningKeys(await openSigning(by)).authority;
  const tip = tipOf(by.device.state, self.deviceTag);
  const { payload } = makeEpochRecord(record, { entry: self.signer, authority });
  return makeEntry(
    {
      logId: epoch.logId,
      deviceTag: self.deviceTag,
      seq: (tip?.seq ?? 0) + 1,
      prev: tip?.hash ?? new Uint8Array(32),
    },
    { epochHash: epoch.hash, seen: [], kind: "epoch-record", payload },
    { sealKey: epoch.keys.recordKey, signer: self.signer },
    by.deps.random,
  ).bytes;
}

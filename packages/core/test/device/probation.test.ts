/** Promise 8 for devices that are new: they list and do not sign, and have no say in who is a member, until their probation is over. */
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { admitDevice } from "../../src/device/admit-device.ts";
import {
  type ApprovalRule,
  chooseProbation,
  MAX_PROBATION_MINUTES,
  PROBATION_MINUTES,
  readApprovalSetting,
  setApprovalRule,
} from "../../src/device/approval-rule.ts";
import { findRoot } from "../../src/device/epoch-root.ts";
import { makeNewcomer } from "../../src/device/join-vault.ts";
import { editPasskey } from "../../src/device/passkey-acts.ts";
import { checkOffProbation } from "../../src/device/check-probation.ts";
import { approveDevice, giveWithheld } from "../../src/device/probation.ts";
import { judgeStanding } from "../../src/device/standing.ts";
import { makePage } from "../../src/device/recovery-page.ts";
import { rootOf } from "../../src/device/tiers.ts";
import { isVaultError } from "../../src/errors.ts";
import { deriveSigningKeys } from "../../src/membership/device.ts";
import { readEpochClaim } from "../../src/membership/epoch-record.ts";
import { makeEpoch } from "../../src/membership/make-epoch.ts";
import { signApproval } from "../../src/membership/approval.ts";
import { makeMemberRecord } from "../../src/membership/member-record.ts";
import { sealRoot } from "../../src/membership/seal.ts";
import { findMember, type LogMember } from "../../src/sync/replica-state.ts";
import { writeApproval, writeEpochRecord } from "../../src/sync/write-entry.ts";
import { OperationSet } from "../../src/vault/operation-set.ts";
import type { PasskeyId } from "../../src/vault/schema.ts";
import {
  addPasskey,
  allEntries,
  exchange,
  foundDevice,
  joinDevice,
  NOW,
  openSigning,
  reopen,
  type TestDevice,
} from "./devices.ts";
import { makeNextEpoch, publish, Rooms, stage, verifyUser } from "./rooms.ts";

const MINUTE_MS = 60_000;
const AFTER = NOW + PROBATION_MINUTES * MINUTE_MS;
const PROBATION: ApprovalRule = { mode: "probation", minutes: PROBATION_MINUTES };
const SECOND_DEVICE: ApprovalRule = { mode: "second-device", minutes: 0 };
const AT_ONCE: ApprovalRule = { mode: "at-once", minutes: 0 };

const keyOf = ({ device }: TestDevice) => device.context.self.signer.publicKey;
const seenBy = (on: TestDevice, who: TestDevice) => findMember(on.device.state, keyOf(who)) as LogMember;
const mayKnow = async (on: TestDevice) =>
  findRoot((await openSigning(on)).roots, on.device.context.epoch.logId) !== null;
const codeOf = async (act: Promise<unknown>) =>
  act.then(
    () => null,
    (error: unknown) => (isVaultError(error) ? error.code : error),
  );

async function withRule(seed: number, rule: ApprovalRule, names: readonly string[] = []) {
  const rooms = new Rooms();
  const desk = await foundDevice(seed, "Desk");
  const older: TestDevice[] = [];
  for (const [i, name] of names.entries()) older.push(await joinDevice(desk, seed + 1 + i, name));
  const id: PasskeyId = await addPasskey(desk, "example.org", "ana");
  await setApprovalRule(desk.device, rule);
  await rooms.settle(desk, ...older);
  const phone = await joinDevice(desk, seed + 9, "Phone");
  await rooms.settle(desk, ...older, phone);
  return { rooms, desk, older, phone, id };
}

describe("a device on probation", () => {
  test("lists and edits, and has no signing root: which it says, and from when", async () => {
    const { rooms, desk, phone, id } = await withRule(1, PROBATION);
    expect(phone.device.state.document.list()).toHaveLength(1);
    await editPasskey(phone.device, id, "title", "by the new one");
    await rooms.settle(phone, desk);
    expect(desk.device.state.document.get(id)?.title).toBe("by the new one");
    expect(await mayKnow(phone)).toBe(false);
    expect(() => checkOffProbation(phone.device)).toThrow(
      expect.objectContaining({
        code: "LK-EPOCH-PROBATION",
        message: expect.stringContaining(new Date(AFTER).toISOString()),
      }),
    );
    for (const on of [desk, phone]) {
      expect(seenBy(on, phone)).toMatchObject({ onProbation: true, member: { probation: AFTER } });
      await reopen(on);
      expect(seenBy(on, phone).onProbation).toBe(true);
    }
  });

  test("signs when its time has come, given out by a device that is merely switched on", async () => {
    const { rooms, desk, phone } = await withRule(20, PROBATION);
    await reopen(desk);
    desk.deps.clock.ms = AFTER - 1;
    expect(await giveWithheld(desk.device)).toBe(AFTER);
    await rooms.settle(desk, phone);
    expect(await mayKnow(phone)).toBe(false);
    desk.deps.clock.ms = AFTER;
    expect(await giveWithheld(desk.device)).toBeNull();
    await rooms.settle(desk, phone);
    expect(await mayKnow(phone)).toBe(true);
    for (const on of [desk, phone]) {
      await reopen(on);
      expect(seenBy(on, phone).onProbation).toBe(false);
    }
    expect(await mayKnow(phone)).toBe(true);
    await makeNextEpoch(phone, rooms);
    await rooms.settle(desk, phone);
    expect(desk.device.epoch.record.number).toBe(2);
    expect(await giveWithheld(desk.device)).toBeNull();
  });

  test("signs at once when any member agrees, the one that let it in too", async () => {
    for (const [seed, who] of [
      [30, "Laptop"],
      [40, "Desk"],
    ] as const) {
      const { rooms, desk, older, phone } = await withRule(seed, PROBATION, ["Laptop"]);
      const approver = who === "Desk" ? desk : (older[0] as TestDevice);
      expect(await approveDevice(approver.device, await openSigning(approver), seenBy(approver, phone))).toBe(
        true,
      );
      expect(await approveDevice(approver.device, await openSigning(approver), seenBy(approver, phone))).toBe(
        false,
      );
      await rooms.settle(approver, phone, desk, ...older);
      expect(await mayKnow(phone)).toBe(true);
      for (const on of [desk, ...older, phone]) {
        expect(seenBy(on, phone).onProbation).toBe(false);
        expect(on.device.state.held.size).toBe(0);
      }
    }
  });

  test("gets no signing seal from a record made meanwhile, and the promise is kept in the epoch after it", async () => {
    const { rooms, desk, older, phone, id } = await withRule(50, PROBATION, ["Laptop"]);
    const laptop = older[0] as TestDevice;
    await makeNextEpoch(laptop, rooms);
    await rooms.settle(desk, laptop, phone);
    const { record } = phone.device.epoch;
    expect(record.number).toBe(2);
    const own = encodeHex(phone.device.ownRecord);
    expect(record.members.find((each) => encodeHex(each.record) === own)?.probation).toBe(true);
    expect(record.seals.find(({ member }) => encodeHex(member) === own)?.signing).toBeNull();
    expect(await mayKnow(phone)).toBe(false);
    expect(seenBy(phone, phone)).toMatchObject({ onProbation: true, member: { probation: AFTER } });
    // What was withheld is for the old log: locked, nobody can give anything.
    desk.deps.clock.ms = AFTER;
    expect(await giveWithheld(desk.device)).toBeNull();
    await rooms.settle(desk, phone);
    expect(await mayKnow(phone)).toBe(false);
    await verifyUser(desk);
    await rooms.settle(desk, laptop, phone);
    expect(await mayKnow(phone)).toBe(true);
    await editPasskey(phone.device, id, "note", "goes on");
    await rooms.settle(phone, laptop);
    expect(laptop.device.state.document.get(id)?.note).toBe("goes on");
  });

  test("is not put back on it by a record whose maker had not heard of the yes", async () => {
    const { rooms, desk, older, phone } = await withRule(60, PROBATION, ["Laptop"]);
    const laptop = older[0] as TestDevice;
    const staged = await stage(laptop, {});
    await approveDevice(desk.device, await openSigning(desk), seenBy(desk, phone));
    await exchange(desk, phone);
    expect(await mayKnow(phone)).toBe(true);
    await publish(laptop, rooms, staged);
    await rooms.settle(laptop, desk, phone);
    expect(await mayKnow(phone)).toBe(false);
    await verifyUser(desk);
    await rooms.settle(desk, phone, laptop);
    expect(await mayKnow(phone)).toBe(true);
  });

  test("that a record overlooked comes back on probation", async () => {
    const rooms = new Rooms();
    const desk = await foundDevice(70, "Desk");
    const laptop = await joinDevice(desk, 71, "Laptop");
    await setApprovalRule(desk.device, PROBATION);
    await rooms.settle(desk, laptop);
    const staged = await stage(laptop, {});
    const phone = await joinDevice(desk, 72, "Phone");
    await publish(laptop, rooms, staged);
    await rooms.settle(laptop, desk, phone);
    await verifyUser(desk);
    await rooms.settle(desk, laptop, phone);
    expect(phone.device.epoch.record.number).toBe(2);
    expect(await mayKnow(phone)).toBe(false);
    for (const on of [desk, laptop, phone]) expect(seenBy(on, phone).onProbation).toBe(true);
    desk.deps.clock.ms = AFTER;
    await verifyUser(desk);
    await rooms.settle(desk, laptop, phone);
    expect(await mayKnow(phone)).toBe(true);
  });

  test("neither adds nor approves nor removes anybody: it refuses to, and is not believed", async () => {
    const { desk, phone } = await withRule(80, PROBATION);
    const signing = await openSigning(phone);
    const { authority } = deriveSigningKeys(signing);
    const { context, deps } = phone.device;
    const newcomer = makeNewcomer(deps.random);
    const candidate = { identity: newcomer.identity, name: "Other", platform: "test" };
    expect(await codeOf(admitDevice(phone.device, signing, candidate))).toBe("LK-EPOCH-PROBATION");
    expect(await codeOf(approveDevice(phone.device, signing, seenBy(phone, phone)))).toBe(
      "LK-EPOCH-PROBATION",
    );
    expect(await codeOf(stage(phone, {}))).toBe("LK-EPOCH-PROBATION");

    // What a device does that keeps to no rule: the others let it wait.
    const { logId } = context.epoch;
    const sponsor = context.self.signer.publicKey;
    const member = { ...candidate, day: 1, sponsor, probation: null, page: false };
    const record = makeMemberRecord(member, logId, { entry: context.self.signer, authority });
    const place = { logId, member: record.hash, root: "M" } as const;
    const metadataSeal = sealRoot(
      newcomer.identity.metadataKemPublicKey,
      place,
      phone.device.metadataRoot(),
      deps.random,
    );
    await phone.device.writeMember({ record: record.bytes, metadataSeal, signingSeal: null });
    const self = seenBy(phone, phone);
    const approval = signApproval(authority, logId, self.hash, new Uint8Array(1_192));
    await phone.device.step((state) => writeApproval(context, state, self, approval));
    const before = desk.device.state.members.size;
    await exchange(phone, desk);
    expect(desk.device.state.members.size).toBe(before);
    expect(seenBy(desk, phone).onProbation).toBe(true);
  });

  test("stays on it when a process that has only the metadata tier of a member says yes", async () => {
    const { desk, older, phone } = await withRule(85, PROBATION, ["Laptop"]);
    const laptop = older[0] as TestDevice;
    const { authority } = deriveSigningKeys(await openSigning(laptop));
    const { context } = desk.device;
    const own = seenBy(desk, phone);
    const forged = signApproval(authority, context.epoch.logId, own.hash, new Uint8Array(1_192));
    await desk.device.step((state) => writeApproval(context, state, own, forged));
    await exchange(desk, laptop);
    expect(seenBy(laptop, phone).onProbation).toBe(true);
    const held = [...laptop.device.state.held.values()].map(({ reason }) => reason);
    expect(held).toEqual([{ refused: "LK-EPOCH-SIGNATURE" }]);
  });

  test("makes no epoch that counts, not even after it was refused", async () => {
    const { rooms, desk, phone, id } = await withRule(90, PROBATION);
    const signing = await openSigning(phone);
    const { device, deps } = phone;
    const own = seenBy(phone, phone);
    const victim = seenBy(phone, desk);
    const made = makeEpoch(
      {
        number: 2,
        parent: device.epoch.hash,
        reason: "removal",
        purged: [],
        members: () => [{ record: own, seniority: 0, probation: false }],
        removed: [victim.hash],
        covers: [],
        content: () => ({
          document: device.state.document.save(),
          stateHash: new Uint8Array(32),
          applied: new OperationSet(),
        }),
      },
      { entry: device.context.self.signer, authority: deriveSigningKeys(signing).authority },
      deps,
    );
    const { hash, record } = readEpochClaim(made.payload);
    const epoch = { hash, record, payload: made.payload, makerRecord: own.hash };
    await device.step((state) => writeEpochRecord(device.context, state, epoch));
    const forged = await allEntries(phone);
    await desk.device.receive(forged);
    expect(judgeStanding(desk.device).is).toBe("member");
    expect(desk.device.state.epochs.size).toBe(1);
    await makeNextEpoch(desk, rooms, { reason: "removal", removed: [keyOf(phone)] });
    expect(desk.device.epoch.record.number).toBe(2);
    // It comes again by way of the log that was left.
    await rooms.sync(phone);
    await rooms.settle(desk);
    expect(desk.device.state.epochs.size).toBe(2);
    expect(judgeStanding(desk.device).is).toBe("member");
    expect(desk.device.state.document.get(id)).not.toBeNull();
  });
});

describe("two devices", () => {
  test("are needed where the vault says so, with no timer, and the one that adds is not the second", async () => {
    const { rooms, desk, older, phone } = await withRule(110, SECOND_DEVICE, ["Laptop"]);
    const laptop = older[0] as TestDevice;
    expect(seenBy(laptop, phone).member.probation).toBe(0);
    desk.deps.clock.ms = NOW + 400 * 86_400_000;
    await verifyUser(desk);
    expect(await giveWithheld(desk.device)).toBeNull();
    await rooms.settle(desk, phone);
    expect(await mayKnow(phone)).toBe(false);
    expect(() => checkOffProbation(phone.device)).toThrow(/may sign when another device agrees/);
    const byFirst = approveDevice(desk.device, await openSigning(desk), seenBy(desk, phone));
    expect(await codeOf(byFirst)).toBe("LK-EPOCH-SECOND-DEVICE");
    await approveDevice(laptop.device, await openSigning(laptop), seenBy(laptop, phone));
    await rooms.settle(laptop, phone);
    expect(await mayKnow(phone)).toBe(true);
  });

  test("cannot be asked for where there is one, nor where the other is on probation", async () => {
    const desk = await foundDevice(120, "Desk");
    expect(await codeOf(setApprovalRule(desk.device, SECOND_DEVICE))).toBe("LK-EPOCH-SECOND-DEVICE");
    // A recovery page is a member and cannot agree.
    await makePage(desk.device, await openSigning(desk));
    expect(desk.device.state.members.size).toBe(2);
    expect(await codeOf(setApprovalRule(desk.device, SECOND_DEVICE))).toBe("LK-EPOCH-SECOND-DEVICE");
    await setApprovalRule(desk.device, PROBATION);
    const phone = await joinDevice(desk, 121, "Phone");
    expect(await codeOf(setApprovalRule(desk.device, SECOND_DEVICE))).toBe("LK-EPOCH-SECOND-DEVICE");
    expect(await codeOf(setApprovalRule(phone.device, AT_ONCE))).toBe("LK-EPOCH-PROBATION");
    expect(readApprovalSetting(desk.device.state.document)).toMatchObject(PROBATION);
  });

  test("are needed to leave it: one leaves its wish, the other makes it so", async () => {
    const { rooms, desk, older } = await withRule(130, SECOND_DEVICE, ["Laptop"]);
    const laptop = older[0] as TestDevice;
    expect(await setApprovalRule(desk.device, AT_ONCE)).toMatchObject({ ...SECOND_DEVICE, wish: AT_ONCE });
    expect(await setApprovalRule(desk.device, AT_ONCE)).toMatchObject(SECOND_DEVICE);
    expect(chooseProbation(desk.device, false)).toBe(0);
    await rooms.settle(desk, laptop);
    // Another wish is none of the first one's.
    expect(await setApprovalRule(laptop.device, PROBATION)).toMatchObject({
      ...SECOND_DEVICE,
      wish: PROBATION,
    });
    await rooms.settle(laptop, desk);
    expect(await setApprovalRule(desk.device, PROBATION)).toMatchObject({ ...PROBATION, wish: null });
    await rooms.settle(desk, laptop);
    expect(readApprovalSetting(laptop.device.state.document)).toMatchObject(PROBATION);
  });

  test("are not waited for when the other one is gone: then it takes time", async () => {
    const { rooms, desk, older, phone } = await withRule(140, SECOND_DEVICE, ["Laptop"]);
    const removed = [...older, phone].map(keyOf);
    await makeNextEpoch(desk, rooms, { reason: "removal", removed });
    expect(chooseProbation(desk.device, false)).toBe(AFTER);
    expect(await setApprovalRule(desk.device, AT_ONCE)).toMatchObject(AT_ONCE);
  });
});

describe("the setting", () => {
  test("is at once unless said otherwise, and not in the reverse direction", async () => {
    const desk = await foundDevice(150, "Desk");
    expect(chooseProbation(desk.device, false)).toBeNull();
    expect(chooseProbation(desk.device, true)).toBe(AFTER);
    // An organization wants two devices to agree, and there is but one yet.
    expect(chooseProbation(desk.device, false, true)).toBe(AFTER);
    const phone = await joinDevice(desk, 151, "Phone", { isReverse: true });
    expect(seenBy(desk, phone)).toMatchObject({ onProbation: true, member: { probation: AFTER } });
    expect(await mayKnow(phone)).toBe(false);
  });

  test("has bounds, and what cannot be read counts as the strictest", async () => {
    const desk = await foundDevice(160, "Desk");
    await joinDevice(desk, 161, "Laptop");
    for (const minutes of [0, MAX_PROBATION_MINUTES + 1]) {
      expect(await codeOf(setApprovalRule(desk.device, { mode: "probation", minutes }))).toBe(
        "LK-VAULT-LIMIT",
      );
    }
    for (const value of ["soon", Uint8Array.of(1, 2, 3), Uint8Array.of(0x84, 9, 0, 0, 0xf6)]) {
      await desk.device.act(() => [{ type: "put-setting", name: "approval", value }]);
      expect(readApprovalSetting(desk.device.state.document).mode).toBe("second-device");
    }
    expect(rootOf(await openSigning(desk), desk.device.context.epoch.logId)).toHaveLength(32);
  });
});

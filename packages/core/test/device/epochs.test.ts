/** Promises 3, 6 and 7: removal, purge and change of keys, at the level of devices, with what was written apart from it. */
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { chooseRival } from "../../src/device/choose-rival.ts";
import { deletePasskey, editPasskey, restorePasskey } from "../../src/device/passkey-acts.ts";
import { stageEpoch } from "../../src/device/stage-epoch.ts";
import { judgeStanding } from "../../src/device/standing.ts";
import { rootOf } from "../../src/device/tiers.ts";
import { openSnapshot } from "../../src/log/snapshot.ts";
import { SealedEntry } from "../../src/log/verify.ts";
import { deriveSigningKeys } from "../../src/membership/device.ts";
import { readEpochClaim } from "../../src/membership/epoch-record.ts";
import { makeEpoch } from "../../src/membership/make-epoch.ts";
import { deriveSecretKey } from "../../src/membership/epoch.ts";
import { openSigningKey } from "../../src/vault/credential-secret.ts";
import { loadDocument } from "../../src/vault/document.ts";
import { makeNextDocument } from "../../src/vault/next-document.ts";
import { OperationSet } from "../../src/vault/operation-set.ts";
import type { PasskeyId } from "../../src/vault/schema.ts";
import { deriveStateHash } from "../../src/vault/state-hash.ts";
import {
  addPasskey,
  allEntries,
  foundDevice,
  joinDevice,
  openSigning,
  reopen,
  type TestDevice,
} from "./devices.ts";
import { makeNextEpoch, publish, Rooms, stage, verifyUser } from "./rooms.ts";

const stateHash = ({ device }: TestDevice) => encodeHex(deriveStateHash(device.state.document));
const epochOf = ({ device }: TestDevice) => encodeHex(device.epoch.hash);
const get = ({ device }: TestDevice, id: PasskeyId) => device.state.document.get(id);
const keyOf = ({ device }: TestDevice) => device.context.self.signer.publicKey;

/** Whether a sign-in with this passkey would work here. */
async function canSign(on: TestDevice, id: PasskeyId): Promise<boolean> {
  const record = get(on, id)?.record;
  if (record == null) return false;
  const secretKey = deriveSecretKey(rootOf(await openSigning(on), on.device.context.epoch.logId));
  openSigningKey(secretKey, record, on.deps.crypto);
  return true;
}

async function threeDevices(seed: number) {
  const rooms = new Rooms();
  const desk = await foundDevice(seed, "Desk");
  const laptop = await joinDevice(desk, seed + 1, "Laptop");
  const phone = await joinDevice(desk, seed + 2, "Phone");
  const id = await addPasskey(desk, "example.org", "ana");
  await editPasskey(desk.device, id, "title", "Example");
  await rooms.settle(desk, laptop, phone);
  return { rooms, desk, laptop, phone, id };
}

describe("a change of keys", () => {
  test("takes every device along, with all passkeys and the same state", async () => {
    const { rooms, desk, laptop, phone, id } = await threeDevices(100);
    const before = stateHash(desk);
    await makeNextEpoch(desk, rooms);
    expect(desk.device.epoch.record.number).toBe(2);
    await rooms.settle(desk, laptop, phone);
    for (const device of [desk, laptop, phone]) {
      expect(epochOf(device)).toBe(epochOf(desk));
      expect(stateHash(device)).toBe(before);
      expect(await canSign(device, id)).toBe(true);
      await reopen(device);
      expect(stateHash(device)).toBe(before);
      expect(await canSign(device, id)).toBe(true);
    }
  });

  test("goes on working: edits cross, and the next change of keys too", async () => {
    const { rooms, desk, laptop, phone, id } = await threeDevices(110);
    for (const [i, maker] of [desk, phone, laptop, desk].entries()) {
      await makeNextEpoch(maker, rooms);
      await editPasskey(laptop.device, id, "note", `after ${i}`);
      await rooms.settle(desk, laptop, phone);
      expect(get(phone, id)?.note).toBe(`after ${i}`);
      expect(new Set([desk, laptop, phone].map(epochOf)).size).toBe(1);
    }
    expect(phone.device.epoch.record.number).toBe(5);
  });

  test("loses nothing that was written apart from it, and does it once", async () => {
    const { rooms, desk, laptop, phone, id } = await threeDevices(120);
    // The phone is away: it edits, adds, deletes.
    await editPasskey(phone.device, id, "note", "from afar");
    const added = await addPasskey(phone, "example.net", "ana");
    await editPasskey(phone.device, added, "title", "Net");
    await makeNextEpoch(desk, rooms);
    await editPasskey(desk.device, id, "favourite", true);
    await rooms.settle(desk, laptop, phone);
    // What carries a key waits for the person, with what rests on it; the rest is there.
    expect(get(desk, id)).toMatchObject({ note: "from afar", favourite: true });
    expect(get(desk, added)).toBeNull();
    await verifyUser(phone);
    await verifyUser(phone);
    await rooms.settle(phone, desk, laptop);
    for (const device of [desk, laptop, phone]) {
      expect(get(device, added)).toMatchObject({ title: "Net", state: "live" });
      expect(await canSign(device, added)).toBe(true);
      expect(stateHash(device)).toBe(stateHash(desk));
    }
  });

  test("holds an edit of another device's new passkey back until that is there", async () => {
    const { rooms, desk, laptop, phone } = await threeDevices(125);
    const added = await addPasskey(laptop, "example.net", "ana");
    await new Rooms().settle(laptop, phone);
    await editPasskey(phone.device, added, "favourite", true);
    await makeNextEpoch(desk, rooms);
    await rooms.settle(phone, desk, laptop, phone);
    for (const device of [desk, laptop, phone]) expect(get(device, added)).toBeNull();
    await verifyUser(laptop);
    await rooms.settle(laptop, phone, desk);
    for (const device of [desk, laptop, phone])
      expect(get(device, added)).toMatchObject({ state: "live", favourite: true });
  });

  test("never lets an old edit beat a newer one", async () => {
    const { rooms, desk, laptop, phone, id } = await threeDevices(130);
    await editPasskey(phone.device, id, "title", "a year ago");
    await editPasskey(desk.device, id, "title", "yesterday");
    await makeNextEpoch(desk, rooms);
    await rooms.settle(desk, laptop, phone);
    for (const device of [desk, laptop, phone]) {
      expect(get(device, id)?.title).toBe("yesterday");
      expect(get(device, id)?.offered.map(({ value }) => value)).toEqual(["a year ago"]);
    }
  });

  test("keeps a restore that was made before the deletion was seen everywhere", async () => {
    const { rooms, desk, laptop, phone, id } = await threeDevices(140);
    const apart = new Rooms();
    await deletePasskey(laptop.device, id);
    await apart.settle(laptop, phone);
    await restorePasskey(phone.device, id);
    await makeNextEpoch(desk, rooms);
    await rooms.settle(phone, desk, laptop);
    for (const device of [desk, laptop, phone]) expect(get(device, id)?.state).toBe("live");
    expect(stateHash(laptop)).toBe(stateHash(desk));
  });

  test("is whole or not at all when the device stops in the middle", async () => {
    const { rooms, desk, laptop, id } = await threeDevices(150);
    const staged = await stage(desk, {});
    rooms.putSnapshot(staged.made.logId, staged.made.snapshot.bytes);
    desk.store.full = true;
    await expect(publish(desk, rooms, staged)).rejects.toMatchObject({ code: "LK-VAULT-DISK-FULL" });
    desk.store.full = false;
    await reopen(desk);
    expect(desk.device.epoch.record.number).toBe(1);
    await publish(desk, rooms, staged);
    await reopen(desk);
    expect(desk.device.epoch.record.number).toBe(2);
    await rooms.settle(desk, laptop);
    expect(await canSign(laptop, id)).toBe(true);
  });

  test("has the document of what it covers, and not what came while it was made", async () => {
    const { rooms, desk, laptop, id } = await threeDevices(150);
    await editPasskey(laptop.device, id, "title", "meanwhile");
    const meanwhile = await allEntries(laptop);
    const plan = { reason: "yearly", removed: [], purged: [] } as const;
    const staging = stageEpoch(desk.device, await openSigning(desk), plan);
    await desk.device.receive(meanwhile);
    const staged = await staging;
    expect(get(desk, id)?.title).toBe("meanwhile");
    const { snapshotKey } = staged.made.metadataKeys;
    const { logId, covers } = staged.epoch.record;
    const { bytes, hash } = staged.made.snapshot;
    const content = openSnapshot(snapshotKey, logId, bytes, hash);
    expect(loadDocument(content.document).get(id)?.title).toBe("Example");
    const own = covers.find(
      ({ deviceTag }) => encodeHex(deviceTag) === encodeHex(laptop.device.context.self.deviceTag),
    );
    expect(own).toBeUndefined();
    await publish(desk, rooms, staged);
    await rooms.settle(desk, laptop, desk);
    for (const device of [desk, laptop]) {
      expect(device.device.epoch.record.number).toBe(2);
      expect(get(device, id)).toMatchObject({ title: "meanwhile", offered: [] });
    }
  });

  test("is not believed when its document is not what the covered entries make", async () => {
    const { rooms, desk, laptop, id } = await threeDevices(160);
    const { made, epoch, ...staged } = await stage(desk, {});
    const { record } = epoch;
    const lie = makeEpoch(
      {
        ...record,
        members: () =>
          [...desk.device.state.members.values()].map((each, seniority) => ({
            record: each,
            seniority,
            probation: false,
          })),
        content: () => {
          // A passkey is left out, and the record does not say so.
          const document = makeNextDocument(
            desk.device.state.document,
            [id],
            (_id, _register, value) => value,
          );
          return {
            document: document.save(),
            stateHash: deriveStateHash(document),
            applied: new OperationSet(),
          };
        },
      },
      {
        entry: desk.device.context.self.signer,
        authority: deriveSigningKeys(await openSigning(desk)).authority,
      },
      desk.deps,
    );
    expect(lie.epochHash).not.toEqual(made.epochHash);
    const claim = readEpochClaim(lie.payload);
    const lying = { ...epoch, hash: claim.hash, record: claim.record, payload: lie.payload };
    await publish(desk, rooms, { ...staged, made: lie, epoch: lying });
    await rooms.sync(desk);
    await expect(rooms.sync(laptop)).rejects.toMatchObject({ code: "LK-EPOCH-STATE" });
    expect(laptop.device.epoch.record.number).toBe(1);
    expect(get(laptop, id)).toMatchObject({ state: "live" });
  });
});

describe("a removed device", () => {
  test("reads nothing that is written after, and says that it was removed", async () => {
    const { rooms, desk, laptop, phone, id } = await threeDevices(200);
    await makeNextEpoch(desk, rooms, { reason: "removal", removed: [keyOf(laptop)] });
    await rooms.settle(phone, desk);
    const secret = await addPasskey(desk, "after.example", "ana");
    await editPasskey(desk.device, id, "title", "not for Laptop");
    await rooms.settle(desk, phone);
    expect((await rooms.sync(laptop)).is).toBe("removed");
    expect(judgeStanding(laptop.device).is).toBe("removed");
    expect(get(laptop, id)?.title).toBe("Example");
    expect(get(laptop, secret)).toBeNull();
    // Not with any key that it has.
    const { keys, hash } = laptop.device.context.epoch;
    const own = encodeHex(desk.device.context.self.deviceTag);
    const sealed = rooms
      .entriesOf(desk.device.context.epoch.logId)
      .map((bytes) => SealedEntry.decode(bytes))
      .filter(({ header }) => encodeHex(header.deviceTag) === own);
    expect(sealed.length).toBeGreaterThan(1);
    for (const entry of sealed) {
      expect(() => entry.verify(keyOf(desk)).open(keys, hash)).toThrow(
        expect.objectContaining({ code: "LK-ENTRY-SEAL" }),
      );
    }
    expect(get(phone, secret)).toMatchObject({ state: "live" });
  });

  test("changes nothing any more, whatever it writes", async () => {
    const { rooms, desk, laptop, phone, id } = await threeDevices(210);
    await makeNextEpoch(desk, rooms, { reason: "removal", removed: [keyOf(laptop)] });
    await editPasskey(laptop.device, id, "title", "from outside");
    await rooms.settle(laptop, phone, desk, laptop, phone);
    for (const device of [desk, phone]) {
      expect(get(device, id)).toMatchObject({ title: "Example", offered: [] });
    }
  });

  test("shuts nobody out who was away", async () => {
    const { rooms, desk, laptop, phone, id } = await threeDevices(220);
    await editPasskey(phone.device, id, "note", "written while away");
    for (let i = 0; i < 3; i++)
      await makeNextEpoch(desk, rooms, i === 1 ? { reason: "removal", removed: [keyOf(laptop)] } : {});
    expect((await rooms.sync(phone)).is).toBe("member");
    await rooms.settle(phone, desk);
    expect(phone.device.epoch.record.number).toBe(4);
    expect(get(desk, id)?.note).toBe("written while away");
    expect(await canSign(phone, id)).toBe(true);
  });

  test("cannot be this device itself, or one that is not here", async () => {
    const { desk, laptop } = await threeDevices(230);
    await expect(stage(desk, { removed: [keyOf(desk)] })).rejects.toMatchObject({
      code: "LK-ENTRY-FORBIDDEN",
    });
    await expect(stage(desk, { removed: [new Uint8Array(32)] })).rejects.toMatchObject({
      code: "LK-VAULT-NOT-FOUND",
    });
    expect(keyOf(laptop)).toHaveLength(32);
  });
});

describe("a purge", () => {
  test("leaves nothing of the passkey on any device that moved, and is not undone by one that was away", async () => {
    const { rooms, desk, laptop, phone, id } = await threeDevices(300);
    const record = get(desk, id)?.record;
    await editPasskey(phone.device, id, "note", "edited while it was erased");
    await makeNextEpoch(desk, rooms, { reason: "purge", purged: [record?.credentialId ?? new Uint8Array()] });
    await rooms.settle(desk, laptop, phone);
    for (const device of [desk, laptop, phone]) {
      expect(get(device, id)).toBeNull();
      expect(stateHash(device)).toBe(stateHash(desk));
    }
  });
});

describe("rival epochs", () => {
  test("made by two devices apart: the older maker's counts, and what was written in the other is not lost", async () => {
    const { rooms, desk, laptop, phone, id } = await threeDevices(400);
    const [mine, theirs] = [await stage(desk, {}), await stage(laptop, {})];
    await publish(laptop, rooms, theirs);
    await editPasskey(laptop.device, id, "note", "in the losing epoch");
    const added = await addPasskey(laptop, "loser.example", "ana");
    await rooms.settle(phone, laptop);
    expect(epochOf(phone)).toBe(encodeHex(theirs.epoch.hash));
    await editPasskey(phone.device, id, "title", "renamed in the losing epoch");
    await publish(desk, rooms, mine);
    await rooms.settle(desk, laptop, phone);
    for (const device of [desk, laptop, phone]) expect(epochOf(device)).toBe(encodeHex(mine.epoch.hash));
    for (const device of [laptop, phone]) await verifyUser(device);
    await rooms.settle(laptop, phone, desk);
    for (const device of [desk, laptop, phone]) {
      expect(get(device, id)).toMatchObject({
        note: "in the losing epoch",
        title: "renamed in the losing epoch",
      });
      expect(await canSign(device, added)).toBe(true);
      expect(stateHash(device)).toBe(stateHash(desk));
    }
  });

  test("that remove each other's makers move nobody", async () => {
    const { rooms, desk, laptop, phone } = await threeDevices(410);
    const mine = await stage(desk, { reason: "removal", removed: [keyOf(laptop)] });
    const theirs = await stage(laptop, { reason: "removal", removed: [keyOf(desk)] });
    await publish(desk, rooms, mine);
    await publish(laptop, rooms, theirs);
    await rooms.settle(desk, laptop, phone);
    for (const device of [desk, laptop, phone]) expect(judgeStanding(device.device).is).toBe("undecided");
    expect(phone.device.epoch.record.number).toBe(1);
    // The person trusts Laptop, on the phone and on Laptop itself; the choice outlives a restart.
    for (const device of [phone, laptop]) await chooseRival(device.device, theirs.epoch);
    await reopen(phone);
    await rooms.settle(laptop, phone);
    for (const device of [laptop, phone]) expect(epochOf(device)).toBe(encodeHex(theirs.epoch.hash));
    expect(judgeStanding(phone.device).is).toBe("member");
    await expect(chooseRival(phone.device, mine.epoch)).rejects.toMatchObject({ code: "LK-VAULT-NOT-FOUND" });
  });

  test("that lost: what they removed and purged is done by the next record", async () => {
    const { rooms, desk, laptop, phone, id } = await threeDevices(420);
    const credentialId = get(desk, id)?.record?.credentialId ?? new Uint8Array();
    const mine = await stage(desk, {});
    const theirs = await stage(laptop, {
      reason: "removal",
      removed: [keyOf(phone)],
      purged: [credentialId],
    });
    await publish(laptop, rooms, theirs);
    await publish(desk, rooms, mine);
    await rooms.settle(desk, laptop, phone);
    expect(epochOf(phone)).toBe(encodeHex(mine.epoch.hash));
    await makeNextEpoch(desk, rooms);
    await rooms.settle(desk, laptop, phone);
    expect(judgeStanding(phone.device).is).toBe("removed");
    for (const device of [desk, laptop]) {
      expect(device.device.state.members.size).toBe(2);
      expect(get(device, id)).toBeNull();
    }
  });

  test("do not lock out who was added inside the losing one", async () => {
    const { rooms, desk, laptop, id } = await threeDevices(430);
    const mine = await stage(desk, {});
    await publish(laptop, rooms, await stage(laptop, {}));
    await rooms.sync(laptop);
    const tablet = await joinDevice(laptop, 470, "Tablet");
    await editPasskey(tablet.device, id, "note", "from Tablet");
    await publish(desk, rooms, mine);
    await rooms.settle(desk, laptop, tablet);
    await verifyUser(laptop);
    await rooms.settle(laptop, tablet, desk);
    expect(epochOf(tablet)).toBe(encodeHex(mine.epoch.hash));
    for (const device of [desk, laptop, tablet]) expect(get(device, id)?.note).toBe("from Tablet");
    expect(await canSign(tablet, id)).toBe(true);
  });
});

describe("a device that was added while a record was made", () => {
  test("is overlooked by it, and let in again by whoever is verified, with what it did meanwhile", async () => {
    const { rooms, desk, laptop, phone, id } = await threeDevices(500);
    // The laptop adds a tablet; the desk's record does not know of it.
    const staged = await stage(desk, {});
    const tablet = await joinDevice(laptop, 540, "Tablet");
    await editPasskey(tablet.device, id, "note", "from Tablet");
    await publish(desk, rooms, staged);
    await rooms.settle(desk, laptop, phone);
    expect((await rooms.sync(tablet)).is).toBe("overlooked");
    await verifyUser(laptop);
    await rooms.settle(laptop, tablet, desk, phone);
    expect(judgeStanding(tablet.device).is).toBe("member");
    for (const device of [desk, laptop, phone, tablet]) {
      expect(epochOf(device)).toBe(encodeHex(staged.epoch.hash));
      expect(get(device, id)?.note).toBe("from Tablet");
    }
    expect(await canSign(tablet, id)).toBe(true);
    await reopen(tablet);
    expect(await canSign(tablet, id)).toBe(true);
    // The next record names it like everybody.
    await makeNextEpoch(phone, rooms);
    await rooms.settle(phone, tablet, desk, laptop);
    expect(epochOf(tablet)).toBe(epochOf(phone));
    expect(await canSign(tablet, id)).toBe(true);
  });

  test("stays out when its sponsor is put out by that record", async () => {
    const { rooms, desk, laptop, phone } = await threeDevices(550);
    const staged = await stage(desk, { reason: "removal", removed: [keyOf(laptop)] });
    const tablet = await joinDevice(laptop, 590, "Tablet");
    await publish(desk, rooms, staged);
    await rooms.settle(desk, phone);
    await rooms.sync(laptop);
    await rooms.settle(tablet, desk, phone);
    await verifyUser(desk);
    await verifyUser(phone);
    await rooms.settle(desk, phone, tablet);
    expect(judgeStanding(tablet.device).is).not.toBe("member");
    expect(desk.device.state.members.size).toBe(2);
  });
});

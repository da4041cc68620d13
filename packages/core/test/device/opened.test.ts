/** The acknowledgement *opened*: what is checked before a device says so, who may say it, and what goes after. */
import { describe, expect, test } from "vitest";
import { encodeHex } from "../../src/bytes/text.ts";
import { acknowledgeOpened } from "../../src/device/acknowledge-opened.ts";
import { createSyncView } from "../../src/device/describe-sync.ts";
import { readKeptLogs } from "../../src/device/kept-log.ts";
import { editPasskey } from "../../src/device/passkey-acts.ts";
import { deriveRoomAuthority } from "../../src/device/retire-log.ts";
import { rootOf } from "../../src/device/tiers.ts";
import { deriveSigningKeys } from "../../src/membership/device.ts";
import { deriveSecretKey } from "../../src/membership/epoch.ts";
import { readEpochClaim } from "../../src/membership/epoch-record.ts";
import { makeEpoch } from "../../src/membership/make-epoch.ts";
import { signOpened } from "../../src/membership/opened.ts";
import { hasOpened } from "../../src/sync/replica-state.ts";
import { writeOpened } from "../../src/sync/write-entry.ts";
import { encodeCredentialRecord } from "../../src/vault/credential-record.ts";
import { openSigningKey } from "../../src/vault/credential-secret.ts";
import { makeNextDocument } from "../../src/vault/next-document.ts";
import { OperationSet } from "../../src/vault/operation-set.ts";
import { CORE, type PasskeyId } from "../../src/vault/schema.ts";
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

const describeDevices = async ({ device }: TestDevice) =>
  (await createSyncView(device).describe()).devices.map(
    ({ name, moved, opened }) => `${name}${moved ? " moved" : ""}${opened ? " opened" : ""}`,
  );

async function canSign(on: TestDevice, id: PasskeyId): Promise<boolean> {
  const record = on.device.state.document.get(id)?.record;
  if (record == null) return false;
  const secretKey = deriveSecretKey(rootOf(await openSigning(on), on.device.context.epoch.logId));
  openSigningKey(secretKey, record, on.deps.crypto);
  return true;
}

const logsOf = async (on: TestDevice) => (await openSigning(on)).roots.map(({ logId }) => encodeHex(logId));

async function twoDevices(seed: number) {
  const rooms = new Rooms();
  const desk = await foundDevice(seed, "Desk");
  const phone = await joinDevice(desk, seed + 1, "Phone");
  const id = await addPasskey(phone, "example.org", "ana");
  await rooms.settle(desk, phone);
  return { rooms, desk, phone, id };
}

describe("after a change of keys a device", () => {
  test("has moved at once, and has opened after its user verification", async () => {
    const { rooms, desk, phone } = await twoDevices(700);
    expect(await describeDevices(desk)).toEqual(["Desk moved opened", "Phone moved opened"]);
    await makeNextEpoch(desk, rooms);
    expect(await describeDevices(desk)).toEqual(["Desk moved", "Phone"]);
    await rooms.settle(phone, desk);
    expect(await describeDevices(desk)).toEqual(["Desk moved", "Phone moved"]);
    await verifyUser(phone);
    await rooms.settle(phone, desk);
    expect(await describeDevices(desk)).toEqual(["Desk moved", "Phone moved opened"]);
    await verifyUser(desk);
    await reopen(desk);
    expect(await describeDevices(desk)).toEqual(["Desk moved opened", "Phone moved opened"]);
  });

  test("says so once", async () => {
    const { rooms, desk } = await twoDevices(710);
    await makeNextEpoch(desk, rooms);
    await verifyUser(desk);
    const before = desk.device.state.accepted.size;
    await verifyUser(desk);
    await reopen(desk);
    await verifyUser(desk);
    expect(desk.device.state.accepted.size).toBe(before);
  });

  test("lets the old signing root go, and can still empty the old room", async () => {
    const { rooms, desk, phone, id } = await twoDevices(720);
    const old = encodeHex(phone.device.context.epoch.logId);
    const authority = deriveRoomAuthority(await openSigning(phone), { epoch: phone.device.epoch } as never);
    await makeNextEpoch(desk, rooms);
    await rooms.settle(phone, desk);
    expect(await logsOf(phone)).toContain(old);
    await verifyUser(phone);
    expect(await logsOf(phone)).toEqual([encodeHex(phone.device.context.epoch.logId)]);
    expect(await canSign(phone, id)).toBe(true);
    const [kept] = await readKeptLogs(phone.store, phone.device.context.rows);
    expect(deriveRoomAuthority(await openSigning(phone), kept!)).toEqual(authority);
  });

  test("still issues its passkey again where the epoch that has it loses, though the root it was sealed under is gone", async () => {
    const { rooms, desk, phone } = await twoDevices(730);
    const theirs = await stage(desk, {});
    const added = await addPasskey(phone, "late.example", "ana");
    const mine = await stage(phone, {});
    await publish(phone, rooms, mine);
    await verifyUser(phone);
    expect(await logsOf(phone)).toHaveLength(1);
    // The older maker's record did not know of the passkey, and counts.
    await publish(desk, rooms, theirs);
    await rooms.settle(desk, phone);
    expect(encodeHex(phone.device.epoch.hash)).toBe(encodeHex(theirs.epoch.hash));
    expect(desk.device.state.document.get(added)).toBeNull();
    await verifyUser(phone);
    await rooms.settle(phone, desk);
    for (const device of [desk, phone]) expect(await canSign(device, added)).toBe(true);
  });

  test("says nothing without the signing root, and nothing in a first epoch", async () => {
    const { rooms, desk, phone } = await twoDevices(740);
    const before = desk.device.state.accepted.size;
    await verifyUser(desk);
    expect(desk.device.state.accepted.size).toBe(before);
    await makeNextEpoch(desk, rooms);
    await rooms.settle(phone);
    const none = { ...(await openSigning(phone)), roots: [] };
    expect(await acknowledgeOpened(phone.device, none)).toEqual([]);
    expect(await describeDevices(phone)).toContain("Phone moved");
  });
});

describe("a maker that sealed a secret wrongly", () => {
  test("is noticed before anybody says that it opened, and the old root stays", async () => {
    const { rooms, desk, phone, id } = await twoDevices(750);
    const { epoch, ...staged } = await stage(desk, {});
    const members = [...desk.device.state.members.values()];
    const made = makeEpoch(
      {
        ...epoch.record,
        members: () => members.map((record, seniority) => ({ record, seniority, probation: false })),
        content: () => {
          // The state hash has the public key in place of the secret, and does not show it.
          const document = makeNextDocument(desk.device.state.document, [], (of, register, value) => {
            const record = desk.device.state.document.get(of)?.record;
            if (register !== CORE || record == null) return value;
            return encodeCredentialRecord({ ...record, sealedPrivateKey: desk.deps.random(170) });
          });
          const stateHash = deriveStateHash(document);
          return { document: document.save(), stateHash, applied: new OperationSet() };
        },
      },
      {
        entry: desk.device.context.self.signer,
        authority: deriveSigningKeys(await openSigning(desk)).authority,
      },
      desk.deps,
    );
    const { hash, record } = readEpochClaim(made.payload);
    await publish(desk, rooms, { ...staged, made, epoch: { ...epoch, hash, record, payload: made.payload } });
    await rooms.settle(desk, phone);
    expect(phone.device.epoch.record.number).toBe(2);
    expect(await acknowledgeOpened(phone.device, await openSigning(phone))).toEqual([id]);
    expect(await describeDevices(phone)).toContain("Phone moved");
    expect(await logsOf(phone)).toHaveLength(2);
  });
});

describe("whoever has the metadata tier alone", () => {
  test("cannot say that a device opened", async () => {
    const { rooms, desk, phone } = await twoDevices(760);
    await makeNextEpoch(desk, rooms);
    await rooms.settle(phone, desk);
    const thief = deriveSigningKeys({ authority: phone.deps.random(32), secretKem: phone.deps.random(32) });
    const own = deriveSigningKeys(await openSigning(phone));
    const { context } = phone.device;
    const tag = encodeHex(context.self.deviceTag);
    for (const [statement, code] of [
      [signOpened(thief.authority, context.epoch.hash), "LK-EPOCH-SIGNATURE"],
      [signOpened(own.authority, phone.deps.random(32)), "LK-EPOCH-SIGNATURE"],
      [null, "LK-EPOCH-MALFORMED"],
    ] as const) {
      const forged = writeOpened(context, phone.device.state, statement);
      const bytes = forged.rows.find(({ table }) => table === "entry")?.value as Uint8Array;
      const refused: string[] = [];
      const stop = desk.device.subscribe((notices) => {
        for (const notice of notices) if (notice.is === "refused") refused.push(notice.code);
      });
      expect(await desk.device.receive([bytes])).toEqual([null]);
      stop();
      expect(refused).toEqual([code]);
      expect(hasOpened(desk.device.state, tag)).toBe(false);
    }
    await verifyUser(phone);
    await desk.device.receive(await allEntries(phone));
    expect(hasOpened(desk.device.state, tag)).toBe(true);
  });
});

test("a purge has a receipt that names who has erased and who is waited for", async () => {
  const { rooms, desk, phone, id } = await twoDevices(770);
  const credentialId = desk.device.state.document.get(id)?.record?.credentialId ?? new Uint8Array();
  await makeNextEpoch(desk, rooms, { reason: "purge", purged: [credentialId] });
  const purges = async () => (await createSyncView(desk.device).describe()).purges;
  expect(await purges()).toEqual([{ epoch: 2, passkeys: 1, acknowledged: ["Desk"], waitingFor: ["Phone"] }]);
  await rooms.settle(phone, desk);
  await editPasskey(desk.device, await addPasskey(desk, "example.net", "ana"), "title", "Net");
  expect(await purges()).toEqual([
    { epoch: 2, passkeys: 1, acknowledged: ["Desk", "Phone"], waitingFor: [] },
  ]);
});

/**
 * What has broken other people's vaults (sync-protocol.md § 11), each under its own name: either the case itself, or the suite that holds it in full,
 * whose test has to be there.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deletePasskey, editPasskey } from "@latchkey/core/device/passkey-acts";
import { judgeStanding } from "@latchkey/core/device/standing";
import { makeFolder } from "@latchkey/desktop/test/hosts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LiveDevice, viewOf } from "./live-device.ts";
import { expectWhole } from "./replay.ts";
import { Rooms, verifyUser } from "./rooms.ts";
import { type Account, register, signIn } from "./site.ts";

const SLOW = process.env["SLOW"] !== undefined;
const ROOT = join(import.meta.dirname, "../..");

let folder: ReturnType<typeof makeFolder>;
let rooms: Rooms;
let devices: LiveDevice[];
let account: Account;

beforeEach(() => {
  folder = makeFolder();
  rooms = new Rooms();
  devices = [];
});
afterEach(async () => {
  for (const device of devices) await device.close();
  folder.remove();
});

const pathOf = (name: string): string => join(folder.path, `${name}.latchkey`);

/** All of one vault with one passkey, each with everything. The first founded it. */
async function makeDevices(first: string, ...others: readonly string[]): Promise<LiveDevice[]> {
  const founder = await LiveDevice.found(pathOf(first), first, []);
  devices.push(founder);
  account = await register(founder.transact, "one.example", "ana");
  for (const name of others) devices.push(await founder.pair(pathOf(name), name));
  await rooms.settle(...devices);
  return devices;
}

const idOf = (device: LiveDevice, rpId = "one.example") => {
  const found = device.document.list().find(({ record }) => record?.rpId === rpId);
  if (found === undefined) throw new Error(`no passkey for ${rpId}`);
  return found.id;
};
const keyOf = ({ device }: LiveDevice): Uint8Array => device.context.self.signer.publicKey;
const numberOf = ({ device }: LiveDevice): number => device.epoch.record.number;

/** All of them show the same, sign in, and verify after a restart. */
async function expectSame(...same: readonly LiveDevice[]): Promise<void> {
  const first = await viewOf(same[0]!);
  for (const device of same) {
    expect(await viewOf(device)).toEqual(first);
    await signIn(device.transact, account);
    await device.restart();
    await expectWhole(device);
    await signIn(device.transact, account);
  }
}

test("regression: device offline during a removal locked out for ever", async () => {
  const [desk, laptop, phone] = (await makeDevices("Desk", "Laptop", "Phone")) as [
    LiveDevice,
    LiveDevice,
    LiveDevice,
  ];
  await editPasskey(phone.device, idOf(phone), "note", "written while away");
  const late = await register(phone.transact, "late.example", "ana");
  await rooms.changeKeys(desk, { reason: "removal", removed: [keyOf(laptop)] });
  await rooms.sync(desk);
  await rooms.changeKeys(desk);
  await rooms.sync(desk);
  expect((await rooms.sync(phone)).is).toBe("member");
  await verifyUser(phone);
  await rooms.settle(phone, desk);
  expect(numberOf(phone)).toBe(3);
  expect(desk.document.get(idOf(desk))?.note).toBe("written while away");
  await signIn(desk.transact, late);
  await expectSame(desk, phone);
});

test("regression: removed device still writes", async () => {
  const [desk, laptop, phone] = (await makeDevices("Desk", "Laptop", "Phone")) as [
    LiveDevice,
    LiveDevice,
    LiveDevice,
  ];
  await rooms.changeKeys(desk, { reason: "removal", removed: [keyOf(laptop)] });
  const before = await viewOf(desk);
  // It has not heard of it, and writes what it can; then it has, and does so all the same.
  await editPasskey(laptop.device, idOf(laptop), "title", "from outside");
  await register(laptop.transact, "outside.example", "eve");
  await rooms.settle(laptop, desk, phone);
  await deletePasskey(laptop.device, idOf(laptop));
  await rooms.settle(laptop, desk, phone, laptop);
  expect(judgeStanding(laptop.device).is).toBe("removed");
  expect((await viewOf(desk)).stateHash).toBe(before.stateHash);
  await expectSame(desk, phone);
});

test("regression: silent failure after a relay wipe", async () => {
  const [desk, laptop] = (await makeDevices("Desk", "Laptop")) as [LiveDevice, LiveDevice];
  await editPasskey(laptop.device, idOf(laptop), "note", "only at the relay and here");
  await rooms.sync(laptop);
  await rooms.changeKeys(laptop);
  await rooms.sync(laptop);
  // Nothing is left at the relay, of no room. Desk has not heard of the change of keys.
  rooms = new Rooms();
  await rooms.settle(desk, laptop);
  expect(numberOf(desk)).toBe(2);
  expect(desk.document.get(idOf(desk))?.note).toBe("only at the relay and here");
  await expectSame(desk, laptop);
});

test("regression: rollback found but not repaired", async () => {
  const [desk, laptop] = (await makeDevices("Desk", "Laptop")) as [LiveDevice, LiveDevice];
  const old = rooms.copy();
  await editPasskey(desk.device, idOf(desk), "note", "after the backup of the relay");
  await rooms.changeKeys(desk);
  await rooms.sync(desk);
  rooms = old;
  await rooms.sync(desk);
  // Laptop meets the restored relay only, after Desk did.
  expect((await rooms.sync(laptop)).is).toBe("member");
  expect(numberOf(laptop)).toBe(2);
  await rooms.settle(desk, laptop);
  expect(laptop.document.get(idOf(laptop))?.note).toBe("after the backup of the relay");
  await expectSame(desk, laptop);
});

describe("held in full elsewhere:", () => {
  test.for<[name: string, file: string, title: string]>([
    [
      "silent failure after a relay wipe",
      "test/hostile/loss.test.ts",
      "is filled again by any one device, with the others' entries and the snapshot too",
    ],
    ["rollback found but not repaired", "test/hostile/loss.test.ts", "and brought up to date by any device"],
    [
      "one rotten chunk hides all later ones",
      "test/crash/damage.test.ts",
      "hides nothing: the vault opens, shows every passkey, signs in, and says what is to be fetched again",
    ],
    [
      "one rotten chunk hides all later ones",
      "test/hostile/forgery.test.ts",
      "does not keep the true one out, whatever it damaged",
    ],
    ["key substitution", "packages/core/test/pairing/attacks.test.ts", '["other keys", '],
    ["key substitution", "packages/core/test/vault/secret.test.ts", '["under another public key", '],
    ["suite downgrade", "test/hostile/frames.test.ts", "of the suite of an entry is refused"],
    ["record swap", "packages/core/test/vault/secret.test.ts", '["under another credential id", '],
    [
      "record swap",
      "packages/desktop/test/vault-file/vault-file.test.ts",
      "shows a row that was moved from another key or table as damaged",
    ],
    [
      "overwrite of a key by a metadata-tier thief",
      "packages/core/test/vault/admit.test.ts",
      '"a core replaced"',
    ],
    [
      "overwrite of a key by a metadata-tier thief",
      "test/scenario/locked-signing.test.ts",
      "nor is a passkey's key exchanged: what is written once is never written over",
    ],
    [
      "device offline during a removal locked out for ever",
      "test/scenario/removal.test.ts",
      "that one comes back",
    ],
    [
      "removed device still writes",
      "test/hostile/epochs.test.ts",
      "gains the removed device nothing in the end",
    ],
  ])("regression: %s (%s)", ([, file, title]) => {
    expect(readFileSync(join(ROOT, file), "utf8")).toContain(title);
  });
});

test("promise 3: a device that was away for a year, with its own changes, merges after many changes of keys, and nothing is lost", async () => {
  const [changes, epochs] = SLOW ? [500, 20] : [40, 4];
  const [desk, phone] = (await makeDevices("Desk", "Phone")) as [LiveDevice, LiveDevice];
  const own = await register(phone.transact, "phone.example", "ana");
  for (let i = 1; i <= changes; i++) {
    const id = idOf(phone, i % 2 === 0 ? "phone.example" : "one.example");
    await editPasskey(phone.device, id, `tag/phone ${i}`, true);
  }
  for (let i = 1; i <= epochs; i++) {
    await editPasskey(desk.device, idOf(desk), `tag/desk ${i}`, true);
    await rooms.changeKeys(desk);
    await rooms.sync(desk);
  }
  const began = performance.now();
  expect((await rooms.sync(phone)).is).toBe("member");
  await verifyUser(phone);
  await rooms.settle(phone, desk);
  if (SLOW) console.info(`a year offline: ${Math.round(performance.now() - began)} ms`);
  expect([numberOf(desk), numberOf(phone)]).toEqual([epochs + 1, epochs + 1]);
  const tags = desk.document.list().flatMap((passkey) => passkey.tags);
  expect(tags.filter((tag) => tag.startsWith("phone ")).length).toBe(changes);
  expect(tags.filter((tag) => tag.startsWith("desk ")).length).toBe(epochs);
  for (const device of [desk, phone]) await signIn(device.transact, own);
  await expectSame(desk, phone);
});

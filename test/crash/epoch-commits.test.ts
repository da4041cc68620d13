/**
 * Promise 3 (sync-protocol.md § 6, § 11): a device that dies at any commit of a change of keys, its maker or one that follows, is in the old
 * epoch or in the new one, has what it reported saved, and goes on. Real vault files; the death is that of the store. SIGKILL: `epoch-kill.test.ts`.
 */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { editPasskey } from "@latchkey/core/device/passkey-acts";
import { VaultHost } from "@latchkey/desktop/host/vault-host";
import { makeFolder } from "@latchkey/desktop/test/hosts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LiveDevice, viewOf } from "../scenario/live-device.ts";
import { expectWhole } from "../scenario/replay.ts";
import { Rooms, verifyUser } from "../scenario/rooms.ts";
import { drawNumbers } from "../scenario/seed.ts";
import { type Account, register, signIn } from "../scenario/site.ts";
import { type Death, Died, openDyingStore } from "./dying-store.ts";

const SLOW = process.env["SLOW"] !== undefined;
const WHENS = ["before", "after"] as const;

type Name = "Desk" | "Laptop";

let folder: ReturnType<typeof makeFolder>;
/** As everything is before each death: closed vault files, and what the relay has. */
let rooms: Rooms;
let accounts: Account[];

const pathOf = (name: string): string => join(folder.path, `${name}.latchkey`);

beforeAll(async () => {
  folder = makeFolder();
  rooms = new Rooms();
  const desk = await LiveDevice.found(pathOf("Desk"), "Desk", []);
  const laptop = await desk.pair(pathOf("Laptop"), "Laptop");
  accounts = [await register(desk.transact, "both.example", "ana")];
  await rooms.settle(desk, laptop);
  // Laptop wrote while it was away: a passkey, which waits for the person in another epoch, and an edit, which does not.
  accounts.push(await register(laptop.transact, "away.example", "ana"));
  await note(laptop, "from afar");
  await desk.close();
  await laptop.close();
});
afterAll(() => folder.remove());

const shared = (device: LiveDevice) => {
  const found = device.document.list().find(({ record }) => record?.rpId === "both.example");
  if (found === undefined) throw new Error("the passkey that all have is gone");
  return found;
};
const note = (device: LiveDevice, text: string) =>
  editPasskey(device.device, shared(device).id, "note", text);
const tag = (device: LiveDevice, text: string) =>
  editPasskey(device.device, shared(device).id, `tag/${text}`, true);
const numberOf = ({ device }: LiveDevice): number => device.epoch.record.number;

/** What a device reported done before it died. */
interface Life {
  readonly reported: string[];
  readonly commits: number;
}

type Act = readonly [name: string, run: (device: LiveDevice) => Promise<unknown>];

/** Lives at a copy of the vault, doing these acts, until it has done all or dies. */
async function live(path: string, name: Name, death: Death, acts: readonly Act[]): Promise<Life> {
  const store = openDyingStore(path, death);
  const host = new VaultHost(path, store);
  const reported: string[] = [];
  try {
    const device = await LiveDevice.open(path, name, host);
    for (const [act, run] of acts) {
      await run(device);
      reported.push(act);
    }
  } catch (error) {
    if (!(error instanceof Died)) throw error;
  }
  const commits = store.commits();
  await host.close().catch(() => {});
  return { reported, commits };
}

/** After a death: one epoch and no other, all that was reported, then on with the other device until both show the same and sign in. */
async function expectRecovery(name: Name, path: string, world: Rooms, { reported }: Life): Promise<void> {
  const device = await LiveDevice.open(path, name);
  const other = await LiveDevice.open(copyOf(name === "Desk" ? "Laptop" : "Desk", "other"), "Other");
  try {
    expect([1, 2]).toContain(numberOf(device));
    if (reported.includes("move")) expect(numberOf(device)).toBe(2);
    await expectWhole(device);
    await signIn(device.transact, accounts[0]!);
    // What a device does at its start, before it has met anybody.
    await new Rooms().sync(device);
    if (reported.includes("tag")) expect(shared(device).tags).toContain("saved");
    if (name === "Laptop") await signIn(device.transact, accounts[1]!);
    await tag(device, "after the restart");
    await world.settle(other, device);
    if (numberOf(device) === 1) await world.changeKeys(device);
    await world.settle(other, device);
    for (const each of [device, other]) await verifyUser(each);
    await world.settle(device, other);
    expect(numberOf(other)).toBe(numberOf(device));
    expect(await viewOf(other)).toEqual(await viewOf(device));
    expect(shared(other)).toMatchObject({ note: "from afar" });
    expect(shared(other).tags).toContain("after the restart");
    if (reported.includes("tag")) expect(shared(other).tags).toContain("saved");
    for (const each of [device, other]) {
      for (const account of accounts) await signIn(each.transact, account);
      await expectWhole(each);
    }
  } finally {
    await device.close();
    await other.close();
  }
}

function copyOf(name: Name, copy: string): string {
  copyFileSync(pathOf(name), pathOf(`${name}-${copy}`));
  return pathOf(`${name}-${copy}`);
}

/** Dies once at each commit, before it or after; `SLOW` both. */
async function dieEverywhere(name: Name, before: Rooms, actsIn: (world: Rooms) => readonly Act[]) {
  const never = { at: Infinity, when: "before" } as const;
  const whole = await live(copyOf(name, "whole"), name, never, actsIn(before.copy()));
  expect(whole.reported).toHaveLength(actsIn(before).length);
  const random = drawNumbers();
  for (let at = 1; at <= whole.commits; at++) {
    for (const when of SLOW ? WHENS : [WHENS[random() < 0.5 ? 0 : 1]]) {
      const world = before.copy();
      const path = copyOf(name, "dead");
      const life = await live(path, name, { at, when }, actsIn(world));
      await expectRecovery(name, path, world, life).catch((error: unknown) => {
        throw new Error(`after a death ${when} commit ${at} of ${whole.commits}`, { cause: error });
      });
    }
  }
}

describe("a device that dies at any commit of a change of keys", () => {
  test("promise 3: as its maker, has the old keys or the new ones, loses nothing, and goes on", async () => {
    await dieEverywhere("Desk", rooms, (world) => [
      ["tag", (device) => tag(device, "saved")],
      ["sync", (device) => world.sync(device)],
      ["move", (device) => world.changeKeys(device)],
      ["tell", (device) => world.sync(device)],
    ]);
  });

  test("promise 3: as one that follows, has the old keys or the new ones, loses nothing, and goes on", async () => {
    const desk = await LiveDevice.open(copyOf("Desk", "maker"), "Desk");
    const after = rooms.copy();
    await after.changeKeys(desk);
    await after.sync(desk);
    await desk.close();
    copyFileSync(desk.path, pathOf("Desk"));
    await dieEverywhere("Laptop", after, (world) => [
      ["tag", (device) => tag(device, "saved")],
      ["move", (device) => world.sync(device)],
      ["verify", verifyUser],
      ["tell", (device) => world.sync(device)],
    ]);
  });
});

/** Promises 6 and 7 with real hosts, files and a relay: a lost device is put out, one that was away comes back, what is erased is gone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeDueChange } from "@latchkey/core/device/due-change";
import { type KeptLog, readKeptLogs } from "@latchkey/core/device/kept-log";
import { listDeserted } from "@latchkey/core/device/retire-log";
import { deletePasskey, editPasskey } from "@latchkey/core/device/passkey-acts";
import { judgeStanding } from "@latchkey/core/device/standing";
import type { PasskeyId } from "@latchkey/core/vault/schema";
import { makeFolder, until } from "@latchkey/desktop/test/hosts";
import { type NodeRelay, startRelay } from "@latchkey/sync-relay/hosts/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LiveDevice, viewOf } from "./live-device.ts";
import { register, signIn } from "./site.ts";

let folder: ReturnType<typeof makeFolder>;
let relay: NodeRelay;
let devices: LiveDevice[];

beforeEach(async () => {
  folder = makeFolder();
  relay = await startRelay({
    admission: { mode: "open" },
    file: join(folder.path, "relay.sqlite"),
    host: "127.0.0.1",
    port: 0,
  });
  devices = [];
});
afterEach(async () => {
  for (const device of devices) await device.close();
  await relay.close();
  folder.remove();
});

const pathOf = (name: string): string => join(folder.path, `${name}.latchkey`);

async function threeDevices() {
  const desk = await LiveDevice.found(pathOf("Desk"), "Desk", [relay.origin]);
  devices.push(desk);
  const laptop = await desk.pair(pathOf("Laptop"), "Laptop");
  devices.push(laptop);
  const phone = await desk.pair(pathOf("Phone"), "Phone");
  devices.push(phone);
  return { desk, laptop, phone };
}

const startAgain = (file: string, port = 0): Promise<NodeRelay> =>
  startRelay({ admission: { mode: "open" }, file: join(folder.path, file), host: "127.0.0.1", port });

const idOf = (device: LiveDevice, site: string): PasskeyId => {
  const found = device.document.list().find(({ record }) => record?.rpId === site);
  if (found === undefined) throw new Error(`no passkey for ${site}`);
  return found.id;
};
const numberOf = ({ device }: LiveDevice): number => device.epoch.record.number;

describe("a lost device", () => {
  test("is put out while another is away: that one comes back, the lost one reads nothing new", async () => {
    const { desk, laptop, phone } = await threeDevices();
    const account = await register(desk.transact, "example.org", "ana");
    for (const device of devices) device.connect();
    for (const device of devices) await until(() => device.document.list().length === 1);
    for (const device of devices) await device.settled();
    phone.disconnect();
    laptop.disconnect();
    await editPasskey(phone.device, idOf(phone, "example.org"), "note", "written while away");

    const result = await desk.call("device.remove", { device: "Laptop" });
    expect(result).toMatchObject({ removed: { name: "Laptop" }, epoch: 2 });
    expect(result["exposed"]).toMatchObject([{ site: "example.org", user: "ana" }]);
    const after = await register(desk.transact, "after.example", "ana");
    await desk.settled();

    phone.connect();
    await until(() => numberOf(phone) === 2 && phone.document.list().length === 2);
    await until(() => desk.document.get(idOf(desk, "example.org"))?.note === "written while away");
    await phone.settled();
    await desk.settled();
    expect(await viewOf(phone)).toEqual(await viewOf(desk));
    // It signs with what came after, too, and so it does after a restart.
    await signIn(phone.transact, after);
    await phone.restart();
    await signIn(phone.transact, account);

    laptop.connect();
    await until(() => judgeStanding(laptop.device).is === "removed");
    expect(laptop.document.list()).toHaveLength(1);
    expect(laptop.document.get(idOf(laptop, "example.org"))?.note).toBeNull();
    expect([...desk.device.state.members.values()].map(({ member }) => member.name).sort()).toEqual([
      "Desk",
      "Phone",
    ]);
  });

  test("is not put out by a command that was given up, and nothing is kept of it", async () => {
    const { desk } = await threeDevices();
    await relay.close();
    const state = await viewOf(desk);
    const controller = new AbortController();
    const removing = desk.call("device.remove", { device: "Laptop" }, controller.signal);
    controller.abort();
    await expect(removing).rejects.toMatchObject({ code: "LK-EPOCH-CONTACT" });
    expect(await viewOf(desk)).toEqual(state);
    expect(await desk.call("intent.list", {})).toEqual({ intents: [] });
    relay = await startAgain("again.sqlite");
  });

  test("is put out at the next contact, by a sign-in, when no relay could be reached before: kept over a restart", async () => {
    const { desk, phone } = await threeDevices();
    const account = await register(desk.transact, "example.org", "ana");
    for (const device of [desk, phone]) device.connect();
    await until(() => phone.document.list().length === 1);
    await desk.settled();
    const { port } = new URL(relay.origin);
    await relay.close();
    const removed = await desk.call("device.remove", { device: "Laptop" });
    expect(removed).toMatchObject({ removed: { name: "Laptop" }, intended: true, epoch: null });
    expect(numberOf(desk)).toBe(1);

    await desk.lock();
    await desk.unlock();
    await desk.restart();
    const waiting = [{ kind: "removal", device: "Laptop" }];
    expect(await desk.call("intent.list", {})).toMatchObject({ intents: waiting });
    expect(await desk.call("status", {})).toMatchObject({ intents: waiting });
    // Signing in goes on without the relay, and changes nothing.
    await signIn(desk.transact, account);

    relay = await startAgain("relay.sqlite", Number(port));
    await desk.call("sync.now", {});
    await desk.settled();
    expect(numberOf(desk)).toBe(1);
    // Contact alone is not enough: whoever has the machine while it is open removes nobody.
    await signIn(desk.transact, account);
    await until(() => numberOf(desk) === 2);
    expect([...desk.device.state.members.values()].map(({ member }) => member.name).sort()).toEqual([
      "Desk",
      "Phone",
    ]);
    await until(() => numberOf(phone) === 2);
    expect(await desk.call("intent.list", {})).toEqual({ intents: [] });
    await signIn(phone.transact, account);
  });

  test("stays when the intent was withdrawn before there was contact", async () => {
    const { desk } = await threeDevices();
    const account = await register(desk.transact, "example.org", "ana");
    const { port } = new URL(relay.origin);
    await relay.close();
    await desk.call("device.remove", { device: "Laptop" });
    const { intents } = (await desk.call("intent.list", {})) as { intents: { id: string }[] };
    const withdrawn = await desk.call("intent.withdraw", { intent: intents[0]?.id.slice(0, 4) ?? "" });
    expect(withdrawn).toMatchObject({ kind: "removal", intents: [] });
    relay = await startAgain("relay.sqlite", Number(port));
    await desk.call("sync.now", {});
    await signIn(desk.transact, account);
    expect(await judgeDueChange(desk.device)).toBeNull();
    expect(numberOf(desk)).toBe(1);
    // Wanted anew, it is done at once.
    expect(await desk.call("device.remove", { device: "Laptop" })).toMatchObject({
      epoch: 2,
      intended: false,
    });
  });
});

test("what is erased is gone from every device that followed, and from its file", async () => {
  const { desk, laptop, phone } = await threeDevices();
  await register(desk.transact, "secret.example", "ana");
  await editPasskey(desk.device, idOf(desk, "secret.example"), "note", "a note to be erased");
  await deletePasskey(desk.device, idOf(desk, "secret.example"));
  for (const device of devices) device.connect();
  await until(() => devices.every(({ document }) => document.list().length === 1));
  const id = idOf(desk, "secret.example");
  await desk.call("passkey.purge", { passkey: id });
  await until(() => numberOf(laptop) === 2 && numberOf(phone) === 2);
  for (const device of devices) expect(device.document.get(id)).toBeNull();
  expect(readFileSync(desk.path).includes("secret.example")).toBe(false);

  // Once everybody has moved, the next verification lets the old log go, and empties its room at the relay.
  const [kept] = await readKeptLogs(desk.host.deps.store, desk.device.context.rows);
  const oldLog = kept?.epoch.record.logId ?? new Uint8Array(16);
  await until(() => listDeserted(desk.device, [kept as KeptLog]).length === 1);
  await register(desk.transact, "next.example", "ana");
  await until(async () => (await readKeptLogs(desk.host.deps.store, desk.device.context.rows)).length === 0);
  expect(await desk.host.deps.store.scan("entry", oldLog)).toEqual([]);
  expect(await desk.host.deps.store.get("snapshot", oldLog)).toBeNull();
});

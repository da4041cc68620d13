/** Probation with real hosts, files and a relay: it ends by itself, given out by a host that nobody has verified anything at, also after a restart. */
import { join } from "node:path";
import { giveWithheld } from "@latchkey/core/device/probation";
import { makeFolder, until } from "@latchkey/desktop/test/hosts";
import { type NodeRelay, startRelay } from "@latchkey/sync-relay/hosts/node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveDevice } from "./live-device.ts";
import { register, signIn } from "./site.ts";

const MINUTE_MS = 60_000;
let folder: ReturnType<typeof makeFolder>;
let relay: NodeRelay;
let devices: LiveDevice[];

beforeEach(async () => {
  folder = makeFolder();
  const file = join(folder.path, "relay.sqlite");
  relay = await startRelay({ admission: { mode: "open" }, file, host: "127.0.0.1", port: 0 });
  devices = [];
});
afterEach(async () => {
  vi.useRealTimers();
  for (const device of devices) await device.close();
  await relay.close();
  folder.remove();
});

const pathOf = (name: string): string => join(folder.path, `${name}.latchkey`);
const isOnProbation = ({ device }: LiveDevice): boolean => device.self?.onProbation === true;

/** Only what clocks show is put forward, no timer. */
function passMinutes(count: number): void {
  const now = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: now + count * MINUTE_MS });
}

test("a new device lists at once and signs after its probation, without anybody at the one that added it", async () => {
  const desk = await LiveDevice.found(pathOf("Desk"), "Desk", [relay.origin]);
  devices.push(desk);
  const account = await register(desk.transact, "example.org", "ana");
  await desk.call("settings.approval", { mode: "probation" });
  const phone = await desk.pair(pathOf("Phone"), "Phone");
  devices.push(phone);
  for (const device of devices) device.connect();
  for (const device of devices) await device.settled();
  expect(phone.document.list()).toHaveLength(1);
  expect(isOnProbation(phone)).toBe(true);
  await expect(signIn(phone.transact, account)).rejects.toThrow();

  passMinutes(9);
  await desk.restart();
  desk.connect();
  expect(await giveWithheld(desk.device)).not.toBeNull();
  await desk.settled();
  expect(isOnProbation(phone)).toBe(true);

  passMinutes(2);
  await desk.restart();
  desk.connect();
  await until(() => !isOnProbation(phone));
  await signIn(phone.transact, account);
  await phone.restart();
  await signIn(phone.transact, account);
});

test("a device that is refused is put out, and the seal that was withheld for it never comes", async () => {
  const desk = await LiveDevice.found(pathOf("Desk"), "Desk", [relay.origin]);
  devices.push(desk);
  const account = await register(desk.transact, "example.org", "ana");
  const laptop = await desk.pair(pathOf("Laptop"), "Laptop");
  devices.push(laptop);
  await desk.call("settings.approval", { mode: "probation" });
  const phone = await desk.pair(pathOf("Phone"), "Phone");
  devices.push(phone);
  for (const device of devices) device.connect();
  await until(() => devices.every(({ device }) => device.state.members.size === 3));
  for (const device of devices) await device.settled();
  await laptop.call("device.deny", { device: "Phone" });
  await until(() => desk.device.epoch.record.number === 2);
  passMinutes(60);
  await desk.restart();
  expect(await giveWithheld(desk.device)).toBeNull();
  desk.connect();
  await desk.settled();
  expect(isOnProbation(phone)).toBe(true);
  await expect(signIn(phone.transact, account)).rejects.toThrow();
});

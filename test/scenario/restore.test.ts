/** Restoring from a page against a real relay that is not as it should be: a locator of an older epoch, a relay that was rolled back, one that lost the locator. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { wipeTier } from "@latchkey/core/device/tiers";
import { deriveLocatorKeys, openLocator, openLocatorRoom } from "@latchkey/core/recovery/locator";
import { printPage } from "@latchkey/core/recovery/make-page";
import { joinPages } from "@latchkey/core/recovery/shares";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";
import { makeVaultFile } from "@latchkey/desktop/host/new-vault-file";
import { systemClock, systemRandom } from "@latchkey/desktop/host/vault-host";
import { makeFolder, makeProtector, until, withPassphrase } from "@latchkey/desktop/test/hosts";
import { readLocatorSlots, visitLocator } from "@latchkey/device-host/relay-client/locator-slot";
import { restoreFromPage } from "@latchkey/device-host/restore-from-page";
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import { DEFAULT_LIMITS } from "@latchkey/sync-relay/limits";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LiveDevice } from "./live-device.ts";
import { register } from "./site.ts";

const LIMITS = { ...DEFAULT_LIMITS, roomsCreatedPerIpGroupPerDay: 1_000 };
const NOBODY = new AbortController().signal;
let folder: ReturnType<typeof makeFolder>;
let relay: Awaited<ReturnType<typeof startRelay>>;
let desk: LiveDevice;
let secret: Uint8Array;

const relayFile = () => join(folder.path, "relay.sqlite");
const openRelay = (port = 0) =>
  startRelay({ admission: { mode: "open" }, file: relayFile(), log: () => {}, limits: LIMITS, port });
const address = () => ({ origin: relay.origin, token: null });

beforeEach(async () => {
  folder = makeFolder();
  relay = await openRelay();
  desk = await LiveDevice.found(join(folder.path, "desk.latchkey"), "Desk", [relay.origin]);
  await register(desk.transact, "one.example", "ana");
  desk.connect();
  const signing = await desk.host.openSigning(withPassphrase(), "make a page");
  secret = await joinPages((await printPage(desk.device, signing, false)).texts);
  wipeTier(signing);
  await desk.settled();
  await until(async () => (await locator())?.number === 1);
});
afterEach(async () => {
  await desk.close();
  await relay.close();
  folder.remove();
});

const visit = () => ({
  room: openLocatorRoom(deriveLocatorKeys(secret)),
  random: systemRandom,
  signal: NOBODY,
});

async function slot(): Promise<Uint8Array | null> {
  return (await readLocatorSlots([address()], visit())).slots[0] ?? null;
}

async function locator() {
  const bytes = await slot();
  return bytes === null ? null : openLocator(deriveLocatorKeys(secret), bytes);
}

/** On a machine that never saw the vault. What it has then: the passkeys' sites, and the epoch. */
async function restore() {
  const path = join(folder.path, "new.latchkey");
  const restored = await restoreFromPage({
    deps: { random: systemRandom, clock: systemClock, crypto: createNativeCredentialCrypto() },
    hasVault: false,
    makeStore: (fill) => makeVaultFile(path, fill),
    secret,
    relays: [address()],
    forcedRelay: null,
    backup: null,
    name: "New",
    platform: "test",
    protector: makeProtector(),
    choose: ({ devices }) => Promise.resolve(devices.map(({ id }) => id as string)),
    reportFault: (fault) => {
      throw fault;
    },
    signal: NOBODY,
  });
  const fresh = await LiveDevice.open(path, "New");
  const sites = fresh.document.list().flatMap(({ record }) => (record === null ? [] : [record.rpId]));
  const { number } = fresh.device.epoch.record;
  await fresh.close();
  return { restored, sites: sites.toSorted(), number };
}

test("a locator of an older epoch is where the page begins, not where it ends", async () => {
  // One that is off: as long as it stands in the old log, that is kept.
  const phone = await desk.pair(join(folder.path, "phone.latchkey"), "Phone");
  await phone.close();
  const old = await slot();
  await desk.call("vault.rotate", {});
  await register(desk.transact, "two.example", "ana");
  await desk.call("vault.rotate", {});
  await register(desk.transact, "three.example", "ana");
  await desk.settled();
  await until(async () => (await locator())?.number === 3);
  await desk.close();
  // Somebody puts the first one back.
  expect(await visitLocator({ ...visit(), relay: address(), decide: (now) => sameOr(old, now) })).toBeNull();
  expect((await locator())?.number).toBe(1);
  const { sites, number } = await restore();
  expect(sites).toEqual(["one.example", "three.example", "two.example"]);
  expect(number).toBe(4);
});

test("a relay that was rolled back gives what it had, and the new device goes on from there", async () => {
  desk.disconnect();
  const port = Number(new URL(relay.origin.replace("ws", "http")).port);
  await relay.close();
  copyFileSync(relayFile(), join(folder.path, "yesterday.sqlite"));
  relay = await openRelay(port);
  desk.connect();
  await desk.call("vault.rotate", {});
  await register(desk.transact, "two.example", "ana");
  await desk.settled();
  await desk.close();
  await relay.close();
  copyFileSync(join(folder.path, "yesterday.sqlite"), relayFile());
  relay = await openRelay(port);
  const { sites, number, restored } = await restore();
  expect(restored.found.isCurrent).toBe(true);
  expect(sites).toEqual(["one.example"]);
  expect(number).toBe(2);
});

test("a locator that the relay lost, or that was spoiled, any open device puts back", async () => {
  const spoiled = new Uint8Array(200).fill(7);
  expect(
    await visitLocator({ ...visit(), relay: address(), decide: (now) => sameOr(spoiled, now) }),
  ).toBeNull();
  await expect(restore()).rejects.toMatchObject({ code: "LK-RECOVERY-NOTHING" });
  // A device that starts looks after it.
  await desk.restart();
  desk.connect();
  await until(async () => (await locator())?.number === 1);
  await desk.close();
  expect((await restore()).sites).toEqual(["one.example"]);
});

/** What `decide` is to say to have `wanted` in the slot. */
function sameOr(wanted: Uint8Array | null, now: Uint8Array | null): Uint8Array | null {
  return now !== null && wanted !== null && Buffer.from(now).equals(wanted) ? null : wanted;
}

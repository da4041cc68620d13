/**
 * `npm run demo`: what Latchkey is, in eight steps, with real processes and nothing pretended. Three devices, a relay, a relying party that is
 * not ours. Exit 0 only if everything that it says was verified; it gives up after ten minutes.
 */
import type { ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAccount, waitFor } from "./account.ts";
import { describeRoom, type RelayRoom } from "./describe-room.ts";
import { CommandFailure, createDevice, type Device, type Json } from "./device.ts";
import { joinByPicture } from "./join-by-picture.ts";
import { loseDevice } from "./lost-device.ts";
import { restoreVault } from "./restore-vault.ts";
import { collectSecrets } from "./secrets.ts";
import { findSecrets, readFolder } from "./search.ts";
import { startRelay, startRelyingParty } from "./servers.ts";
import { visit } from "./website.ts";

const GIVE_UP_MS = 600_000;
const ES256 = -7;
const EDDSA = -8;
const account = createAccount(process.argv.includes("--json"));
const folder = mkdtempSync(join(tmpdir(), "latchkey-demo-"));
const children = new Set<ChildProcess>();
const track = (child: ChildProcess): void => {
  children.add(child);
  child.once("exit", () => children.delete(child));
};

const desk = createDevice(join(folder, "desk"), "Desk in the study", "copper violin lantern orbit", track);
const laptop = createDevice(
  join(folder, "laptop"),
  "Laptop on the train",
  "maple river harbour stone",
  track,
);
const phone = createDevice(join(folder, "phone"), "Phone in the pocket", "amber cedar window salt", track);
const relayFolder = join(folder, "relay");
const relayLogs = new Map<string, Buffer>();

async function demonstrate(): Promise<void> {
  account.step("A relay, a device with a new vault, a relying party");
  let relay = await startRelay(relayFolder, 0, track);
  const origin = relay.about["origin"] as string;
  account.say(`relay at ${origin}, its own process, one SQLite file`);
  await desk.run("init", "--name", desk.name, "--relay", origin);
  const deskHost = await startHost(desk);
  account.say(`${desk.name} made a vault in a file of its own and keeps it open`);
  const site = visit(await startRelyingParty("orchard.localhost", track));
  account.say(`relying party for ${site.rpId}, its own process, built on @simplewebauthn/server`);

  account.step("Desk registers passkeys and signs in");
  const users = ["ana@orchard", "bruno@orchard", "carla@orchard", "dario@orchard"];
  const [ana, bruno, carla, dario] = users as [string, string, string, string];
  const registered = [];
  for (const user of users) {
    account.waiting(`registering ${user}, with a verification of the person`);
    registered.push(await site.register(desk, user, user === bruno ? EDDSA : ES256));
  }
  account.check(
    `the relying party verified ${users.length} registrations`,
    registered.length === users.length,
  );
  account.check(
    `the keys are of two algorithms: EdDSA for ${bruno}, ES256 for the others`,
    registered.map(({ algorithm }) => algorithm).join() === [ES256, EDDSA, ES256, ES256].join(),
  );
  account.check(
    "every passkey has a PRF, for sites that encrypt with it",
    registered.every(({ hasPrf }) => hasPrf),
  );
  const onDesk = [await site.signIn(desk, ana), await site.signIn(desk, bruno)] as const;
  account.check(
    `the relying party verified sign-ins as ${ana} and as ${bruno}`,
    onDesk[0].userName === ana && onDesk[1].userName === bruno,
  );
  account.check(
    "the PRF gave each account 32 bytes of its own",
    onDesk.every(({ prf }) => Buffer.from(prf, "base64url").length === 32) && onDesk[0].prf !== onDesk[1].prf,
  );

  account.step("Laptop joins by QR code");
  const picture = join(folder, "invitation.png");
  await joinByPicture(account, { inviting: desk, joining: laptop, picture, withMistake: true });
  const again = createDevice(join(folder, "other"), "Somebody else", "another passphrase", track);
  const second = await refusalOf(again.run("device", "join", "--scan", picture, "--name", again.name));
  account.check(`the same QR code a second time is refused (${second})`, second.startsWith("LK-PAIR-"));
  const laptopHost = await startHost(laptop);
  await untilAgreed("the first copy");
  account.check(
    `both devices list ${users.length} passkeys`,
    (await count(desk)) === 4 && (await count(laptop)) === 4,
  );

  account.step("The relay is killed, and both go on apart");
  await relay.kill();
  relayLogs.set("log of the first relay", Buffer.from(relay.log()));
  cpSync(relayFolder, join(folder, "first-relay"), { recursive: true });
  const offline = [await site.signIn(laptop, ana), await site.signIn(laptop, bruno)] as const;
  account.check(
    `${laptop.name} signed in as ${ana} and as ${bruno} with passkeys made on ${desk.name}`,
    offline[0].userName === ana && offline[1].userName === bruno,
  );
  account.check(
    `the PRF gave the same bytes as on ${desk.name}, for both`,
    offline[0].prf === onDesk[0].prf && offline[1].prf === onDesk[1].prf,
  );
  await desk.run("passkey", "rename", `${site.rpId}/${ana}`, "Orchard, mine");
  await laptop.run("passkey", "rename", `${site.rpId}/${bruno}`, "Orchard, Bruno's");
  await desk.run("passkey", "rename", `${site.rpId}/${carla}`, "Carla from the desk");
  await laptop.run("passkey", "rename", `${site.rpId}/${carla}`, "Carla from the train");
  await desk.run("passkey", "rm", `${site.rpId}/${dario}`, "--yes");
  await laptop.run("passkey", "note", `${site.rpId}/${dario}`, "Still needed on Mondays");
  registered.push(await site.register(laptop, "elena@orchard", EDDSA));
  account.say(
    "each renamed another passkey, both the same one, Laptop made one, Desk deleted one that Laptop edited",
  );
  account.check("they differ now", (await fingerprint(desk)) !== (await fingerprint(laptop)));

  account.step("The relay comes back with an empty disk");
  rmSync(relayFolder, { recursive: true });
  relay = await startRelay(relayFolder, Number(new URL(origin).port), track);
  const words = await untilAgreed("the devices to heal it");
  account.check(
    `both show the same vault: ${words}`,
    (await fingerprint(desk)) === words && (await fingerprint(laptop)) === words,
  );
  const relays = (await desk.run("status"))["relays"] as readonly Json[];
  account.check(
    `${desk.name} noticed that the relay had lost its data and put it back`,
    Number(relays[0]?.["healed"]) > 0,
  );
  for (const device of [desk, laptop])
    await checkNothingLost(device, site.rpId, { ana, bruno, carla, dario });
  const elsewhere = await site.signIn(desk, "elena@orchard");
  account.check(
    `${desk.name} signed in with the passkey made on ${laptop.name}`,
    elsewhere.userName === "elena@orchard",
  );

  account.step("Laptop is lost, while Phone is off");
  const lost = await loseDevice(account, { desk, lost: laptop, phone, site, folder, startHost, stop });
  registered.push(lost.registered);

  account.step("What the relay saw");
  const inspected = await desk.run("relay", "inspect", "--file", join(relayFolder, "relay.sqlite"));
  for (const room of inspected["rooms"] as readonly RelayRoom[])
    for (const line of describeRoom(room)) account.say(line);
  for (const host of [deskHost, laptopHost, lost.phoneHost]) await stop(host);
  await relay.kill();
  relayLogs.set("log of the second relay", Buffer.from(relay.log()));
  const secrets = await collectSecrets(
    [desk, laptop, phone],
    registered.map(({ response }) => response),
    [...onDesk, ...offline, ...lost.signIns],
    site.rpId,
  );
  const kept = new Map([
    ...readFolder(join(folder, "first-relay")),
    ...readFolder(relayFolder),
    ...relayLogs,
  ]);
  const bytes = [...kept.values()].reduce((sum, content) => sum + content.length, 0);
  const found = findSecrets(secrets, kept);
  for (const { what, where } of found) account.say(`found ${what} in ${where}`);
  account.check(
    `none of ${secrets.length} names, titles, keys, PRF results and passphrases in ${bytes} bytes that it kept`,
    found.length === 0,
  );
  const planted = findSecrets(secrets, new Map([["control", Buffer.from(`…${site.rpId}…`)]]));
  account.check("and the search finds what is there", planted.length > 0);

  account.step("Every device is lost, and the vault comes back from its page");
  await startRelay(relayFolder, Number(new URL(origin).port), track);
  const fresh = createDevice(join(folder, "fresh"), "PC from the shop", "garden pebble silver train", track);
  await restoreVault(account, { desk, others: [laptop, phone], fresh, site, origin, folder });
}

async function startHost(device: Device) {
  const host = device.converse(["up"]);
  await host.until("up");
  await poll(`${device.name} to open`, async () => (await device.run("status"))["state"] === "open");
  return host;
}

async function stop(host: { readonly child: ChildProcess }): Promise<void> {
  host.child.kill("SIGTERM");
  await poll("a host to end", async () => host.child.exitCode !== null || host.child.signalCode !== null);
}

async function refusalOf(attempt: Promise<Json>): Promise<string> {
  try {
    await attempt;
    return "accepted";
  } catch (error) {
    if (error instanceof CommandFailure) return error.code;
    throw error;
  }
}

const fingerprint = async (device: Device): Promise<string> =>
  String((await device.run("status"))["fingerprint"]);
const passkeys = async (device: Device, ...options: string[]): Promise<readonly Json[]> =>
  (await device.run("passkey", "list", ...options))["passkeys"] as readonly Json[];
const count = async (device: Device): Promise<number> => (await passkeys(device)).length;

/** Waits until both devices show one fingerprint and have nothing left to send. */
async function untilAgreed(what: string): Promise<string> {
  let words = "";
  await poll(what, async () => {
    const [a, b] = [await desk.run("status"), await laptop.run("status")];
    const isSettled = [a, b].every(
      (status) => (status["relays"] as readonly Json[])[0]?.["state"] === "settled",
    );
    words = String(a["fingerprint"]);
    return isSettled && a["fingerprint"] === b["fingerprint"] && a["passkeys"] === b["passkeys"];
  });
  return words;
}

const poll = (what: string, isTrue: () => Promise<boolean>): Promise<void> => waitFor(account, what, isTrue);

async function checkNothingLost(
  device: Device,
  rpId: string,
  users: { readonly ana: string; readonly bruno: string; readonly carla: string; readonly dario: string },
): Promise<void> {
  const live = await passkeys(device);
  const titleOf = (user: string) => live.find((passkey) => passkey["user"] === user)?.["title"];
  account.check(
    `${device.name}: both renames are there`,
    titleOf(users.ana) === "Orchard, mine" && titleOf(users.bruno) === "Orchard, Bruno's",
  );
  const conflicts = (await device.run("conflict", "list"))["conflicts"] as readonly Json[];
  const [conflict] = conflicts as readonly { kept: Json; offered: readonly Json[] }[];
  const values = [conflict?.kept, ...(conflict?.offered ?? [])].map(
    (value) => `"${String(value?.["value"])}" by ${String(value?.["by"])}`,
  );
  const expected = [`"Carla from the desk" by ${desk.name}`, `"Carla from the train" by ${laptop.name}`];
  account.check(
    `${device.name}: one conflict, with both values: ${values.join(" and ")}`,
    conflicts.length === 1 && values.toSorted().join() === expected.join(),
  );
  const [deleted] = await passkeys(device, "--trash");
  const [late] = (deleted?.["editedAfterDeletion"] ?? []) as readonly Json[];
  account.check(
    `${device.name}: ${users.dario} is in the trash, with what ${String(late?.["by"])} wrote after`,
    deleted?.["user"] === users.dario && late?.["value"] === "Still needed on Mondays",
  );
  account.check(
    `${device.name}: the passkey made on the train is there`,
    titleOf("elena@orchard") !== undefined,
  );
  account.check(`${device.name}: ${live.length} passkeys for ${rpId}, none missing`, live.length === 4);
}

const timer = setTimeout(() => {
  account.fail(new Error(`not done after ${GIVE_UP_MS / 60_000} minutes`));
  end(1);
}, GIVE_UP_MS);

function end(code: number): never {
  clearTimeout(timer);
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => end(130));
try {
  await demonstrate();
  account.end();
  end(0);
} catch (error) {
  account.fail(error);
  end(1);
}

/** Commands about copies, devices and relays: real program, real relay. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLineReader, finish, Home, jsonOf, PASSPHRASE, register } from "./program.ts";

let home: Home;
/** The relay's machine. */
let elsewhere: Home;
beforeEach(() => {
  home = new Home();
  elsewhere = new Home();
});
afterEach(() => {
  home.remove();
  elsewhere.remove();
});

async function serveRelay() {
  const child = elsewhere.start(["relay", "serve", "--listen", "127.0.0.1:0", "--json"]);
  const { origin, invitation } = await createLineReader(child)(({ ok }) => ok === true);
  return { origin: origin as string, invitation: invitation as string };
}

/** `latchkey up`, once the vault is open. */
async function serveVault() {
  const child = home.start(["up", "--json"], [PASSPHRASE]);
  await createLineReader(child)(({ event }) => event === "up");
  // The command waits for the host, which is opening the vault with the passphrase it has.
  await expect.poll(async () => jsonOf(await home.run(["status", "--json"]))["state"]).toBe("open");
  return child;
}

describe("a passkey's history", () => {
  test("is told, and an earlier title taken back", async () => {
    await home.found((host) => register(host, "example.org", "ana"));
    await home.open("passkey", "rename", "example.org", "one");
    await home.open("passkey", "rename", "example.org", "two");
    const { stdout } = await home.open("passkey", "history", "example.org");
    expect(stdout).toMatch(/^[0-9a-f]{8} +Desk +created *$/m);
    expect(stdout).toMatch(/^[0-9a-f]{8} +Desk +set title +two *$/m);
    const change = /^([0-9a-f]{8}) +Desk +set title +one/m.exec(stdout)?.[1] ?? "";
    const back = await home.open("passkey", "history", "example.org", "--restore", change);
    expect(back).toMatchObject({ exit: 0, stderr: "taken back: title\n" });
    expect(jsonOf(await home.open("passkey", "show", "example.org", "--json=title"))).toMatchObject({
      title: "one",
    });
    const again = await home.open(
      "passkey",
      "history",
      "example.org",
      "--restore",
      change,
      "--field",
      "title",
    );
    expect(again.stderr).toBe("it was so already\n");
  });

  test.for([
    [["--restore", "zzzz"], 3],
    [["--field", "title"], 2],
  ] as const)("refuses %j", async ([options, exit]) => {
    await home.found((host) => register(host, "example.org", "ana"));
    expect((await home.open("passkey", "history", "example.org", ...options)).exit).toBe(exit);
  });
});

test("a device gets another name", async () => {
  await home.found();
  expect((await home.open("device", "rename", "Desk", "Study")).stderr).toBe("the device is called Study\n");
  expect(jsonOf(await home.open("device", "list", "--json=name"))).toMatchObject({
    devices: [{ name: "Study" }],
  });
  expect((await home.open("device", "rename", "Laptop", "X")).exit).toBe(3);
  expect((await home.open("device", "rename", "Study", "\u0007")).exit).toBe(1);
});

describe("sync", () => {
  test("now brings a relay up to date, with a host and without, and goes on after a pause", async () => {
    const { origin, invitation } = await serveRelay();
    await home.found((host) => register(host, "example.org", "ana"), [invitation]);
    const settled = { relays: [{ origin, state: "settled" }], paused: false };
    expect(jsonOf(await home.open("sync", "now", "--json"))).toMatchObject(settled);
    const child = await serveVault();
    expect(jsonOf(await home.run(["sync", "now", "--json"]))).toMatchObject(settled);
    expect(jsonOf(await home.run(["sync", "pause", "--json"]))).toMatchObject({ paused: true, host: true });
    expect(jsonOf(await home.run(["relay", "status", "--json"]))).toMatchObject({
      paused: true,
      relays: [{ origin, state: "idle" }],
    });
    expect((await home.run(["status"])).stdout).toMatch(/^relay +\S+: paused; latchkey sync now goes on$/m);
    expect(jsonOf(await home.run(["sync", "now", "--json"]))).toMatchObject(settled);
    expect((await home.run(["sync", "status"])).stdout).toMatch(/^relay +\S+: up to date$/m);
    child.kill("SIGINT");
    await finish(child);
  });

  test("now fails when no relay answers, and when there is none; pause has nothing to pause", async () => {
    await home.found(async () => {}, ["http://127.0.0.1:9"]);
    const failed = await home.open("sync", "now", "--json");
    expect({ exit: failed.exit, ...jsonOf(failed) }).toMatchObject({ exit: 7, code: "LK-RELAY-UNREACHABLE" });
    expect(jsonOf(await home.open("relay", "status", "--json"))).toMatchObject({
      relays: [{ state: "offline", problem: "LK-RELAY-UNREACHABLE" }],
    });
    const removed = await home.open("relay", "remove", "http://127.0.0.1:9");
    expect(removed).toMatchObject({ exit: 0, stderr: expect.stringContaining("it has no relay now") });
    expect((await home.open("relay", "remove", "http://127.0.0.1:9")).exit).toBe(3);
    expect(jsonOf(await home.open("sync", "now", "--json"))).toMatchObject({ code: "LK-SYNC-NO-RELAY" });
    expect(await home.run(["sync", "pause"])).toMatchObject({
      exit: 0,
      stderr: "nothing syncs: no latchkey up has the vault open\n",
    });
  });
});

test("evidence about relays is written and checked, also where there is none", async () => {
  await home.found();
  const path = join(home.path, "evidence.cbor");
  const written = await home.open("relay", "evidence", "export", path);
  expect(written).toMatchObject({
    exit: 0,
    stderr: expect.stringContaining("nothing to hold against a relay"),
  });
  expect((await home.run(["relay", "evidence", "verify", path])).stdout).toBe(
    "the file is whole and holds no statement\n",
  );
  expect((await home.open("relay", "evidence", "export", path)).exit).toBe(1);
  writeFileSync(path, "a letter");
  const refused = await home.run(["relay", "evidence", "verify", path, "--json"]);
  expect({ exit: refused.exit, ...jsonOf(refused) }).toMatchObject({ exit: 8, code: "LK-RELAY-EVIDENCE" });
  const missing = await home.run(["relay", "evidence", "verify", join(home.path, "nothing"), "--json"]);
  expect(jsonOf(missing)).toMatchObject({ code: "LK-EXPORT-FILE" });
});

describe("status", () => {
  test("has the devices, the copies and the relays as data", async () => {
    const { origin, invitation } = await serveRelay();
    await home.found((host) => register(host, "example.org", "ana"), [invitation]);
    expect(jsonOf(await home.open("status", "--json"))).toMatchObject({
      fingerprint: expect.stringMatching(/^(?:[a-z]+ ){5}[a-z]+$/),
      deviceStates: [
        {
          name: "Desk",
          thisDevice: true,
          waitingForIt: 0,
          missingHere: 0,
          livesTwice: false,
          lastHeardAt: null,
          moved: true,
          opened: true,
          leftBehind: 0,
        },
      ],
      purges: [],
      unopened: 0,
      copies: { full: 1, some: 0, onlyHere: 0 },
      missing: 0,
      devicesThatLiveTwice: 0,
      relays: [{ origin, state: "idle", settledAt: null }],
    });
    expect(jsonOf(await home.open("passkey", "show", "example.org", "--json=copies"))).toMatchObject({
      copies: { have: 1, of: 1, devices: ["Desk"] },
    });
    expect((await home.open("passkey", "show", "example.org")).stdout).toMatch(
      /^copies +only on this device/m,
    );
  });
});

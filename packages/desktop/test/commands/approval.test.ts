/** A new device on probation from the command line: every side a process, a real relay. */
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { converse, createLineReader, getAssertion, Home, type Json, jsonOf, PASSPHRASE } from "./program.ts";
import { startTwoHomes, type TwoHomes } from "./two-homes.ts";

const OWN = "phone's own";
let homes: TwoHomes;
let desk: Home;
let phone: Home;
beforeEach(async () => {
  homes = await startTwoHomes();
  ({ desk, other: phone } = homes);
});
afterEach(() => homes.close());

const event = (name: string) => (line: Json) => line["event"] === name;
const isLast = (line: Json): boolean => line["event"] === undefined;

/** Makes the phone a device of the desk's vault, and returns what both sides say at the end. */
async function pair() {
  const picture = join(desk.path, "invitation.png");
  const adding = desk.start(
    ["device", "add", "--json", "--qr-file", picture, "--code-stdin"],
    [PASSPHRASE, PASSPHRASE],
  );
  const fromDesk = createLineReader(adding);
  await fromDesk(event("invitation"));
  const joining = phone.start(["device", "join", "--json", "--scan", picture, "--name", "Phone"], [OWN]);
  const fromPhone = createLineReader(joining);
  const ended = [adding, joining].map((child) => once(child, "exit"));
  const { code } = await fromPhone(event("code"));
  await fromDesk(event("candidate"));
  adding.stdin?.end(`${code as string}\n`);
  const ends = { desk: await fromDesk(isLast), phone: await fromPhone(isLast) };
  await Promise.all(ended);
  return ends;
}

async function signIn() {
  const child = phone.start(["ctap"], [OWN, OWN]);
  const talk = text(child.stderr as Readable);
  const [status] = await converse(child, [getAssertion("example.org")]);
  return { status, talk: await talk };
}

const ofPhone = async (...args: readonly string[]): Promise<Json> =>
  jsonOf(await phone.run([...args, "--json"], [OWN]));

test("a new device on probation lists and does not sign, says from when, and signs once a device agrees", async () => {
  const set = await desk.open("settings", "approval", "probation", "--minutes", "30");
  expect(set).toMatchObject({
    exit: 0,
    stderr: "new devices: they sign after 30 minutes, or when a device agrees\n",
  });
  const ends = await pair();
  const { until } = ends.desk["probation"] as { until: string };
  expect(Date.parse(until) - Date.now()).toBeGreaterThan(25 * 60_000);
  expect(ends.phone).toMatchObject({ probation: { until }, passkeys: 1 });

  expect(await ofPhone("passkey", "list")).toMatchObject({ passkeys: [{ site: "example.org" }] });
  expect(await ofPhone("status", "--unlock")).toMatchObject({
    probation: { until },
    approval: { mode: "probation", minutes: 30, wish: null },
  });
  const refused = await signIn();
  expect(refused.status).toBe(0x27);
  expect(refused.talk).toContain("LK-EPOCH-PROBATION");
  expect(refused.talk).toContain(until);
  const denied = await phone.run(["vault", "rotate", "--json"], [OWN]);
  expect({ exit: denied.exit, ...jsonOf(denied) }).toMatchObject({ exit: 4, code: "LK-EPOCH-PROBATION" });
  expect((await desk.open("device", "list")).stdout).toMatch(/^\S+ +Phone .*on probation: it signs from /m);

  expect((await desk.open("device", "approve", "Phone")).stderr).toBe("Phone may sign as soon as it syncs\n");
  await desk.open("sync", "now");
  await phone.run(["sync", "now"], [OWN]);
  expect(await ofPhone("status", "--unlock")).toMatchObject({ probation: null });
  expect((await signIn()).status).toBe(0);
  expect((await desk.open("device", "approve", "Phone")).stderr).toContain("not on probation");
}, 120_000);

test("a new device is refused: it is put out, and never could sign", async () => {
  await desk.open("settings", "approval", "probation");
  await pair();
  expect((await desk.open("device", "deny", "Desk", "--yes")).exit).toBe(3);
  const denied = await desk.open("device", "deny", "Phone", "--yes");
  expect(denied).toMatchObject({ exit: 0, stderr: "Phone is out; it could never sign\n" });
  await phone.run(["sync", "now"], [OWN]);
  await expect
    .poll(async () => (await ofPhone("status", "--unlock"))["standing"], { timeout: 30_000 })
    .toBe("removed");
  expect((await signIn()).status).not.toBe(0);
  expect(jsonOf(await desk.open("device", "list", "--json=name"))).toMatchObject({
    devices: [{ name: "Desk" }],
  });
}, 120_000);

test("a rule of two devices needs two", async () => {
  const refused = await desk.open("settings", "approval", "second-device", "--json");
  expect({ exit: refused.exit, ...jsonOf(refused) }).toMatchObject({
    exit: 4,
    code: "LK-EPOCH-SECOND-DEVICE",
  });
  expect((await desk.open("settings", "approval", "at-once", "--minutes", "5")).exit).toBe(2);
  expect((await desk.open("settings", "approval", "probation", "--minutes", "x")).exit).toBe(2);
  expect((await desk.open("settings", "approval", "probation", "--minutes", "0")).exit).toBe(1);
  await pair();
  expect((await desk.open("settings", "approval", "second-device")).exit).toBe(0);
  expect((await desk.open("settings", "show")).stdout).toBe(
    "new devices  they sign when a second device agrees\n",
  );
  const wished = await desk.open("settings", "approval", "at-once");
  expect(wished.stderr).toContain("give the same command on another device");
  expect((await desk.open("status", "--unlock")).stdout).toMatch(
    /asked for: new devices: they sign at once \(Desk/,
  );
  await desk.open("sync", "now");
  await phone.run(["sync", "now"], [OWN]);
  const agreed = await phone.run(["settings", "approval", "at-once", "--json"], [OWN]);
  expect(jsonOf(agreed)).toMatchObject({ approval: { mode: "at-once", wish: null } });
}, 120_000);

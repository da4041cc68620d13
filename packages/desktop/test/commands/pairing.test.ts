/** A second device from the command line: both sides as processes, a real relay; then edits made apart, and the decision between them. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLineReader, finish, Home, type Json, jsonOf, PASSPHRASE } from "./program.ts";
import { type Relay, startTwoHomes, type TwoHomes } from "./two-homes.ts";

let homes: TwoHomes;
let desk: Home;
let laptop: Home;
let relay: Relay;
beforeEach(async () => {
  homes = await startTwoHomes();
  ({ desk, other: laptop, relay } = homes);
});
afterEach(() => homes.close());

const event = (name: string) => (line: Json) => line["event"] === name;
const isConflict = (line: Json): boolean => line["conflicts"] === 1;
const WATCH = ["status", "--watch", "--json=conflicts,relays"];

test("a device joins by picture and code, and devices that edited apart show both values", async () => {
  const picture = join(desk.path, "invitation.png");
  const adding = desk.start(
    ["device", "add", "--json", "--qr-file", picture, "--code-stdin"],
    [PASSPHRASE, PASSPHRASE],
  );
  const fromDesk = createLineReader(adding);
  const invitation = await fromDesk(event("invitation"));
  expect(invitation).toMatchObject({
    schema: 1,
    ok: true,
    picture,
    text: expect.stringMatching(/^https:.*#/),
  });
  if (process.platform !== "win32") expect(statSync(picture).mode & 0o777).toBe(0o600);

  const joining = laptop.start(
    ["device", "join", "--json", "--scan", picture, "--name", "Laptop"],
    ["laptop's own"],
  );
  const fromLaptop = createLineReader(joining);
  const { code, vault } = await fromLaptop(event("code"));
  expect(code).toMatch(/^\d{3} \d{3}$/);
  expect(vault).toMatch(/^(?:[a-z]+ ){5}[a-z]+$/);
  expect(await fromDesk(event("candidate"))).toMatchObject({ name: "Laptop" });
  const wrong = (code as string).replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
  adding.stdin?.write(`${wrong}\n`);
  expect(await fromDesk(event("code-refused"))).toMatchObject({ triesLeft: 2 });
  adding.stdin?.end(`${code as string}\n`);
  expect(await fromDesk((line) => line["event"] === undefined)).toMatchObject({ ok: true, name: "Laptop" });
  expect(await fromLaptop((line) => line["event"] === undefined)).toEqual({
    schema: 1,
    ok: true,
    vault: laptop.vault,
    device: "Laptop",
    passkeys: 1,
    complete: true,
    probation: null,
  });
  const devices = jsonOf(await desk.open("device", "list", "--json=name,thisDevice,addedBy"))["devices"];
  expect(devices).toEqual([
    { name: "Desk", thisDevice: true, addedBy: "Desk" },
    { name: "Laptop", thisDevice: false, addedBy: "Desk" },
  ]);

  // Apart: neither command speaks to the relay.
  await desk.open("passkey", "rename", "example.org", "from Desk");
  await laptop.run(["passkey", "rename", "example.org", "from Laptop"], ["laptop's own"]);
  // Together again.
  const watching = [desk.start(WATCH, [PASSPHRASE]), laptop.start(WATCH, ["laptop's own"])];
  await Promise.all(watching.map((child) => createLineReader(child)(isConflict)));
  const ended = watching.map(finish);
  for (const child of watching) child.kill("SIGINT");
  await Promise.all(ended);

  const resolve = ["conflict", "resolve", "example.org/ana", "title"];
  const undecided = await desk.open(...resolve, "--json", "--no-input");
  expect(undecided.exit).toBe(6);
  const { kept, offered } = jsonOf(undecided) as unknown as Record<string, { value: string; by: string }[]>;
  const values = [kept as unknown as { value: string; by: string }, ...(offered ?? [])];
  expect(values.map(({ value, by }) => value === `from ${by}`)).toEqual([true, true]);
  const { stdout } = await desk.open("conflict", "list");
  expect(stdout).toMatch(
    /^PASSKEY +FIELD +CHOICE +VALUE +SET BY\nexample\.org\/ana +title +kept +from .*\n +1 +from /,
  );
  expect((await desk.open(...resolve, "--take", "2")).exit).toBe(3);
  expect((await desk.open(...resolve, "--take", "1")).stderr).toBe("decided\n");
  const decided = jsonOf(await desk.open("passkey", "show", "example.org", "--json"));
  expect(decided).toMatchObject({ title: values[1]?.value, conflicts: [] });
  expect((await desk.open("conflict", "list")).stderr).toBe("nothing is to be decided\n");
}, 90_000);

test("the invitation is shown as QR code and text to paste; interrupted, a pairing leaves no vault behind", async () => {
  const adding = desk.start(["device", "add", "--code-stdin"], [PASSPHRASE]);
  let shown = "";
  const text = await new Promise<string>((resolve) => {
    adding.stdout?.on("data", (chunk: Buffer) => {
      shown += chunk.toString();
      const [, found] = /^(https:\/\/\S+#\S+)$/m.exec(shown) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  expect(shown).toMatch(/^[█▀▄ ]{53,}$/m);
  const joining = laptop.start(["device", "join", "--json"], ["laptop's own"]);
  joining.stdin?.end(`${text}\n`);
  await createLineReader(joining)(event("code"));
  const exit = new Promise((resolve) => joining.once("exit", resolve));
  joining.kill("SIGINT");
  expect(await exit).toBe(130);
  expect(existsSync(laptop.vault)).toBe(false);
}, 60_000);

test("the new device shows its code, and the other one scans it: the passphrase, the digits, the passphrase", async () => {
  const picture = join(laptop.path, "request.png");
  const joining = laptop.start(
    ["device", "join", "--json", "--qr-file", picture, "--relay", relay.origin, "--name", "Laptop"],
    ["laptop's own"],
  );
  const fromLaptop = createLineReader(joining);
  const request = await fromLaptop(event("request"));
  expect(request).toMatchObject({ picture, text: expect.stringMatching(/^latchkey-join:/) });
  const adding = desk.start(
    ["device", "add", "--json", "--scan", picture, "--code-stdin"],
    [PASSPHRASE, PASSPHRASE],
  );
  const fromDesk = createLineReader(adding);
  expect(await fromDesk(event("candidate"))).toMatchObject({ name: "Laptop" });
  const { code } = await fromLaptop(event("code"));
  adding.stdin?.end(`${code as string}\n`);
  expect(await fromDesk((line) => line["event"] === undefined)).toMatchObject({ ok: true, name: "Laptop" });
  expect(await fromLaptop((line) => line["event"] === undefined)).toMatchObject({
    ok: true,
    passkeys: 1,
    // A device that showed the code is on probation, also where the vault lets others in at once.
    probation: { until: expect.stringMatching(/^\d{4}-/) },
  });
}, 60_000);

test("a new device that waits elsewhere is not met there: nobody is called who is not the vault's", async () => {
  const joining = laptop.start(
    ["device", "join", "--json", "--qr-file", join(laptop.path, "r.png"), "--relay", relay.origin],
    ["laptop's own"],
  );
  const { text } = await createLineReader(joining)(event("request"));
  const other = new Home();
  try {
    await other.found(undefined, ["http://127.0.0.1:9"]);
    const adding = other.start(["device", "add", "--json", "--paste"], [PASSPHRASE]);
    adding.stdin?.end(`${text as string}\n`);
    const { exit, stdout } = await finish(adding);
    expect({ exit, stdout }).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining("LK-PAIR-ELSEWHERE"),
    });
  } finally {
    other.remove();
  }
}, 60_000);

test("by a number and two words, typed on the new device", async () => {
  const adding = desk.start(["device", "add", "--json", "--words", "--code-stdin"], [PASSPHRASE, PASSPHRASE]);
  const fromDesk = createLineReader(adding);
  const told = await fromDesk(event("words"));
  expect(told).toMatchObject({
    words: expect.stringMatching(/^[0-9]{3,6}-[a-z]+-[a-z]+$/),
    mailbox: relay.origin,
  });
  const joining = laptop.start(
    ["device", "join", "--json", "--words", "--relay", relay.origin, "--name", "Laptop"],
    ["laptop's own"],
  );
  joining.stdin?.end(`${told["words"] as string}\n`);
  const { code } = await createLineReader(joining)(event("code"));
  adding.stdin?.end(`${code as string}\n`);
  expect(await fromDesk((line) => line["event"] === undefined)).toMatchObject({ ok: true, name: "Laptop" });
}, 60_000);

test("doors exclude each other", async () => {
  expect(await desk.run(["device", "add", "--words", "--paste"])).toMatchObject({ exit: 2 });
  expect(await laptop.run(["device", "join", "--words", "--scan", "x.png"])).toMatchObject({ exit: 2 });
});

test("without a relay there is nowhere to meet", async () => {
  const alone = new Home();
  try {
    await alone.found();
    expect(await alone.run(["device", "add"], [PASSPHRASE, PASSPHRASE])).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining("LK-SYNC-NO-RELAY"),
    });
  } finally {
    alone.remove();
  }
});

test("a relay that is down ends with 7, and local work goes on", async () => {
  await relay.close();
  const ended = await desk.run(["device", "add", "--json"], [PASSPHRASE, PASSPHRASE]);
  expect({ exit: ended.exit, ...jsonOf(ended) }).toMatchObject({ exit: 7, code: "LK-RELAY-UNREACHABLE" });
  expect((await desk.open("passkey", "list")).exit).toBe(0);
});

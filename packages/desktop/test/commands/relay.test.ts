/** A relay from the command line: its one line for programs, its data file, its orderly end; and what an operator can read. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLineReader, Home, jsonOf, PASSPHRASE, register } from "./program.ts";

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

test("serves, keeps what a device gives it, shows that, and drains when it is told to end", async () => {
  const child = home.start(["relay", "serve", "--listen", "127.0.0.1:0", "--json"]);
  const log = text(child.stderr as Readable);
  const about = await createLineReader(child)(() => true);
  const file = join(home.path, "latchkey", "relay.sqlite");
  expect(about).toEqual({
    schema: 1,
    ok: true,
    origin: about["address"],
    address: expect.stringMatching(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/),
    metrics: null,
    file,
    invitation: expect.stringMatching(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/#[\w-]{22}$/),
  });

  await home.found((host) => register(host, "example.org", "ana"), [about["invitation"] as string]);
  const watching = home.start(["status", "--watch", "--json=relays"], [PASSPHRASE]);
  await createLineReader(watching)((line) =>
    (line["relays"] as { state: string }[]).some(({ state }) => state === "settled"),
  );
  watching.kill("SIGINT");

  const held = jsonOf(await home.run(["relay", "inspect", "--json"]));
  expect(held).toMatchObject({
    file,
    rooms: [{ invitation: 1, devices: [{ tag: expect.stringMatching(/^[0-9a-f]{16}$/) }] }],
  });
  const { stdout } = await home.run(["relay", "inspect", "--file", file]);
  expect(stdout).toMatch(/^1 room in .*: all entries are sealed$/m);
  expect(stdout).toMatch(/^sizes: \d+ of \d+ bytes/m);
  expect(JSON.stringify(held) + stdout).not.toMatch(/example\.org|ana\b|Desk/);

  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
  const events = (await log)
    .trim()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => (JSON.parse(line) as { event: string }).event);
  expect([events[0], events.at(-1)]).toEqual(["started", "stopped"]);
});

test.for([
  [["serve", "--listen", "4480"], 2, "LK-CLI-USAGE"],
  [["serve", "--listen", "127.0.0.1:99999"], 2, "LK-CLI-USAGE"],
  [["serve", "--listen", "127.0.0.1:0", "--origin", "relay.example"], 1, "LK-RELAY-CONFIG"],
  [["serve", "--listen", "127.0.0.1:0", "--tls-cert", "cert.pem"], 2, "LK-CLI-USAGE"],
  [["serve", "--listen", "127.0.0.1:0", "--tls-cert", "no.pem", "--tls-key", "no.pem"], 1, "LK-RELAY-CONFIG"],
  [["inspect"], 1, "LK-RELAY-CONFIG"],
  [["invite"], 1, "LK-RELAY-CONFIG"],
  [["backup", "copy"], 1, "LK-RELAY-CONFIG"],
  [["restore", "copy"], 1, "LK-RELAY-CONFIG"],
  [["purge", "room"], 1, "LK-RELAY-CONFIG"],
  [["add", "https://relay.example/#AAAAAAAAAAAAAAAAAAAAAA"], 2, "LK-CLI-SECRET-EXPOSED"],
] as const)("relay %j is refused", async ([args, exit, code]) => {
  const ended = await home.run(["relay", ...args, "--json"]);
  expect({ exit: ended.exit, ...jsonOf(ended) }).toMatchObject({ exit, code });
});

test("a file that is not a relay's is neither served nor shown, and stays as it is", async () => {
  const file = join(home.path, "letter");
  writeFileSync(file, "dear reader");
  for (const args of [["serve", "--listen", "127.0.0.1:0"], ["inspect"]]) {
    const ended = await home.run(["relay", ...args, "--file", file]);
    expect(ended).toMatchObject({ exit: 1, stderr: expect.stringContaining("LK-RELAY-CONFIG") });
  }
  expect(readFileSync(file, "utf8")).toBe("dear reader");
});

test("adds a relay to a vault that had none, once", async () => {
  await home.found();
  const add = (address: string) => home.run(["relay", "add", address, "--json"], [PASSPHRASE]);
  const [origin, other] = ["https://relay.example", "https://other.example"];
  expect(jsonOf(await add(origin))).toMatchObject({ changed: true, relays: [origin] });
  expect(jsonOf(await add(`${origin}/`))).toMatchObject({ changed: false, relays: [origin] });
  const invited = `${origin}/#AAAAAAAAAAAAAAAAAAAAAA\n`;
  expect(jsonOf(await home.spawn(["relay", "add", "--json"], [PASSPHRASE], invited))).toMatchObject({
    changed: true,
    relays: [origin],
  });
  expect(jsonOf(await add(other))).toMatchObject({ changed: true, relays: [other, origin] });
  const refused = await add("relay.example");
  expect({ exit: refused.exit, ...jsonOf(refused) }).toMatchObject({ exit: 1, code: "LK-RELAY-ORIGIN" });
});

test("a vault made with an invitation is kept, and one made without is told why it is not", async () => {
  const child = home.start(["relay", "serve", "--listen", "127.0.0.1:0", "--json"]);
  const about = await createLineReader(child)(() => true);
  const problemOf = async (address: string): Promise<unknown> => {
    const other = new Home();
    try {
      const made = await other.spawn(
        ["init", "--name", "Desk", "--relay", "-", "--json"],
        [PASSPHRASE],
        `${address}\n`,
      );
      expect(jsonOf(made)).toMatchObject({ ok: true, relays: [about["origin"]] });
      const watching = other.start(["status", "--unlock", "--watch", "--json=relays"], [PASSPHRASE]);
      const line = await createLineReader(watching)((status) =>
        (status["relays"] as { state: string; problem: unknown }[]).some(
          ({ state, problem }) => state === "settled" || problem !== null,
        ),
      );
      return (line["relays"] as { problem: unknown }[])[0]?.problem;
    } finally {
      other.remove();
    }
  };
  expect(await problemOf(about["origin"] as string)).toBe("LK-RELAY-ADMISSION");
  expect(await problemOf(about["invitation"] as string)).toBeNull();

  const made = jsonOf(await home.run(["relay", "invite", "--rooms", "4", "--days", "9", "--json"]));
  expect(made).toMatchObject({ address: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4480\/#/), rooms: 4 });
  const list = async () => jsonOf(await home.run(["relay", "invite", "--list", "--json"]))["invitations"];
  expect(await list()).toMatchObject([
    { number: 1, rooms: 16, alive: 1, until: null },
    { number: 2, rooms: 4, alive: 0, until: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
  ]);
  expect((await home.run(["relay", "invite", "--drop", "2"])).exit).toBe(0);
  expect(await list()).toMatchObject([{ number: 1 }]);
  expect((await home.run(["relay", "invite", "--drop", "2"])).exit).toBe(1);
});

test("a relay's file is copied while it runs, put back when it does not, and a room is dropped after a question", async () => {
  const child = home.start(["relay", "serve", "--listen", "127.0.0.1:0", "--json"]);
  const about = await createLineReader(child)(() => true);
  await home.found(undefined, [about["invitation"] as string]);
  const watching = home.start(["status", "--unlock", "--watch", "--json=relays"], [PASSPHRASE]);
  await createLineReader(watching)((line) =>
    (line["relays"] as { state: string }[]).some(({ state }) => state === "settled"),
  );
  const copy = join(home.path, "copy.sqlite");
  expect(jsonOf(await home.run(["relay", "backup", copy, "--json"]))).toMatchObject({ copy });
  const restore = (...more: string[]) => home.run(["relay", "restore", copy, ...more]);
  expect(await restore("--yes")).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining("a relay runs on"),
  });
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exit;

  const rooms = async () =>
    jsonOf(await home.run(["relay", "inspect", "--json"]))["rooms"] as { id: string }[];
  const [room] = await rooms();
  const purge = (...more: string[]) => home.run(["relay", "purge", room!.id.slice(0, 8), ...more]);
  expect((await purge("--no-input")).exit).not.toBe(0);
  expect(await rooms()).toHaveLength(1);
  expect((await purge("--yes")).exit).toBe(0);
  expect(await rooms()).toEqual([]);
  expect((await restore("--no-input")).exit).not.toBe(0);
  expect((await restore("--yes")).exit).toBe(0);
  expect(await rooms()).toEqual([room]);
});

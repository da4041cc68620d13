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
    file,
  });

  await home.found((host) => register(host, "example.org", "ana"), [about["origin"] as string]);
  const watching = home.start(["status", "--watch", "--json=relays"], [PASSPHRASE]);
  await createLineReader(watching)((line) =>
    (line["relays"] as { state: string }[]).some(({ state }) => state === "settled"),
  );
  watching.kill("SIGINT");

  const held = jsonOf(await home.run(["relay", "inspect", "--json"]));
  expect(held).toMatchObject({
    file,
    rooms: [{ devices: [{ tag: expect.stringMatching(/^[0-9a-f]{16}$/) }] }],
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
    .map((line) => (JSON.parse(line) as { event: string }).event);
  expect([events[0], events.at(-1)]).toEqual(["started", "stopped"]);
});

test.for([
  [["serve", "--listen", "4480"], 2, "LK-CLI-USAGE"],
  [["serve", "--listen", "127.0.0.1:99999"], 2, "LK-CLI-USAGE"],
  [["serve", "--listen", "127.0.0.1:0", "--origin", "relay.example"], 1, "LK-RELAY-CONFIG"],
  [["inspect"], 1, "LK-RELAY-CONFIG"],
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
  expect(jsonOf(await add(`${origin}/#AAAAAAAAAAAAAAAAAAAAAA`))).toMatchObject({
    changed: true,
    relays: [origin],
  });
  expect(jsonOf(await add(other))).toMatchObject({ changed: true, relays: [other, origin] });
  const refused = await add("relay.example");
  expect({ exit: refused.exit, ...jsonOf(refused) }).toMatchObject({ exit: 1, code: "LK-RELAY-ORIGIN" });
});

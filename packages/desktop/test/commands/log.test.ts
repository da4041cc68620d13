/** `latchkey log export`: a sealed file that is whole or not there. */
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exportLogTo } from "../../src/host/export-log.ts";
import { openHost, withPassphrase } from "../host/hosts.ts";
import { createLineReader, finish, Home, jsonOf, PASSPHRASE, register } from "./program.ts";

let home: Home;
beforeEach(async () => {
  home = new Home();
  await home.found((host) => register(host, "example.org", "ana"));
});
afterEach(() => home.remove());

const place = () => join(home.path, "out.latchkey-log");

test("writes a file for the owner alone, and says what it holds and that it was checked", async () => {
  const { stdout } = await home.open("log", "export", place());
  expect(stdout).toMatch(/^file +\S+out\.latchkey-log$/m);
  expect(stdout).toMatch(/^holds +\d+ sealed changes, \d+ bytes$/m);
  if (process.platform !== "win32") expect(statSync(place()).mode & 0o777).toBe(0o600);
  expect(readFileSync(place(), "latin1")).not.toMatch(/example\.org|ana\b|Desk/);
  expect(readdirSync(home.path).filter((name) => name.includes("unfinished"))).toEqual([]);
});

test("is done by a running host in the folder of the command", async () => {
  const child = home.start(["up", "--json"], [PASSPHRASE]);
  await createLineReader(child)(({ event }) => event === "up");
  // The host may still be opening: then the command asks, and is answered from its own descriptor.
  const ended = jsonOf(await home.open("log", "export", place(), "--json"));
  expect(ended).toMatchObject({ ok: true, file: place(), epochs: 1, verified: true });
  expect(statSync(place()).size).toBe(ended["bytes"]);
  child.kill("SIGINT");
  await finish(child);
});

test("leaves alone what has the name, and a folder that is not there or not ours", async () => {
  writeFileSync(place(), "a letter");
  const taken = await home.open("log", "export", place(), "--json");
  expect({ exit: taken.exit, ...jsonOf(taken) }).toMatchObject({ exit: 1, code: "LK-EXPORT-FILE" });
  expect(readFileSync(place(), "utf8")).toBe("a letter");
  const nowhere = await home.open("log", "export", join(home.path, "no", "folder"), "--json");
  expect(jsonOf(nowhere)).toMatchObject({ code: "LK-EXPORT-FILE" });
});

test("gives no name to a file that is not what was written", async () => {
  const host = openHost(home.vault);
  try {
    await host.unlock(withPassphrase());
    const device = await host.device();
    // A disk that gives back other bytes than it took: the device's own key for verifying is changed instead.
    Object.defineProperty(device, "metadataRoot", { value: () => new Uint8Array(32) });
    await expect(exportLogTo(device, place())).rejects.toMatchObject({ code: "LK-EXPORT-KEY" });
    expect(existsSync(place())).toBe(false);
    expect(readdirSync(home.path).filter((name) => name.includes("unfinished"))).toEqual([]);
  } finally {
    await host.close();
  }
});

test("of a vault with damaged rows is refused: a copy with a hole would look like a whole one", async () => {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(home.vault);
  database.exec("UPDATE entry SET value = zeroblob(2048) WHERE rowid = (SELECT max(rowid) FROM entry)");
  database.close();
  chmodSync(home.vault, 0o600);
  const ended = await home.open("log", "export", place(), "--json");
  expect({ exit: ended.exit, ...jsonOf(ended) }).toMatchObject({ exit: 1, code: "LK-VAULT-DAMAGED" });
  expect(existsSync(place())).toBe(false);
});

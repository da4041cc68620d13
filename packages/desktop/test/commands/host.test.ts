/** The same commands through a running host: what it opens stays open, what it locks is locked, and signing asks every time. */
import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  converse,
  createLineReader,
  finish,
  getAssertion,
  Home,
  type Json,
  jsonOf,
  PASSPHRASE,
  register,
} from "./program.ts";

let home: Home;
let host: ChildProcess;
beforeAll(async () => {
  home = new Home();
  await home.found((found) => register(found, "example.org", "ana"));
  host = home.start(["up", "--locked", "--json"]);
  await createLineReader(host)((line) => line["event"] === "up");
});
afterAll(async () => {
  const ended = finish(host);
  host.kill("SIGTERM");
  await ended;
  home.remove();
});

const stateOf = async (): Promise<Json> => jsonOf(await home.run(["status", "--json=state,host"]));

test("is locked until somebody unlocks it, and then open for every command", async () => {
  expect(await stateOf()).toMatchObject({ state: "locked", host: true });
  expect((await home.run(["passkey", "list", "--no-input"])).exit).toBe(2);
  expect((await home.run(["unlock"], ["wrong"])).exit).toBe(4);
  expect(await home.run(["unlock"], [PASSPHRASE])).toMatchObject({ exit: 0, stderr: "the vault is open\n" });
  expect(await stateOf()).toMatchObject({ state: "open" });
  expect((await home.run(["passkey", "list", "--no-input"])).stdout).toContain("example.org");
  expect((await home.run(["passkey", "show", "example.com"])).exit).toBe(3);
  expect((await home.run(["doctor", "sync", "--json"])).exit).toBe(0);
});

test("tells whoever watches of a change, once", async () => {
  const watching = home.start(["status", "--watch", "--json=state,entries"]);
  const read = createLineReader(watching);
  const { entries } = await read((line) => line["state"] === "open");
  expect((await home.run(["passkey", "rename", "example.org", "Orchard"])).stderr).toBe("saved\n");
  expect(await read(() => true)).toMatchObject({ entries: (entries as number) + 1 });
  watching.kill("SIGINT");
});

test("asks for the passphrase for every signature, where the client's command runs", async () => {
  const sign = (lines: readonly string[]) =>
    converse(home.start(["ctap"], lines), [getAssertion("example.org")]);
  expect(await sign([])).toEqual([0x27]);
  expect(await sign(["wrong"])).toEqual([0x27]);
  expect(await sign([PASSPHRASE])).toEqual([0]);
});

test("is locked by a command", async () => {
  expect(await home.run(["lock"])).toMatchObject({ exit: 0, stderr: "the vault is locked\n" });
  expect(await stateOf()).toMatchObject({ state: "locked", host: true });
});

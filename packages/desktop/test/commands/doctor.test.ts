/** `latchkey doctor`: each check finds what it is for, and says what to do. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openHost } from "../host/hosts.ts";
import { type Ended, Home, jsonOf, PASSPHRASE, register } from "./program.ts";

interface Check {
  readonly id: string;
  readonly ok: boolean | null;
  readonly text: string;
  readonly hint: string | null;
}

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

const checksOf = (ended: Ended): ReadonlyMap<string, Check> =>
  new Map((jsonOf(ended)["checks"] as readonly Check[]).map((check) => [check.id, check]));

test("of a sound vault on one device finds that alone, and every check has its place", async () => {
  await home.found((host) => register(host, "example.org", "ana"));
  const ended = await home.spawn(["doctor", "--json"], [PASSPHRASE]);
  expect({ exit: ended.exit, failed: jsonOf(ended)["failed"] }).toEqual({ exit: 8, failed: 1 });
  const checks = checksOf(ended);
  expect([...checks.keys()]).toEqual(
    [
      ["node-version", "compile-cache", "vault-file", "vault-mode", "vault-format", "vault-opens"],
      ["rows", "snapshot", "passkeys"],
      ["members", "own-device", "gaps", "waiting", "refused", "forks"],
      ["copies", "recovery-page", "decisions", "relay-reachable"],
    ].flat(),
  );
  for (const { id, hint } of checks.values()) expect(hint === null).toBe(id !== "copies");
  expect(checks.get("copies")).toMatchObject({
    text: "the vault is only on this device",
    hint: expect.stringContaining("latchkey device add"),
  });
  expect(checks.get("recovery-page")).toMatchObject({ ok: null, text: "this vault has none" });
  expect(checks.get("relay-reachable")).toMatchObject({ ok: null, text: "this vault has no relay" });
});

test("without a passphrase says what it left out, and asks for nothing", async () => {
  await home.found();
  const ended = await home.run(["doctor", "sync", "--no-input"]);
  expect(ended).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(
      /^left out {2}vault-opens: .*--passphrase-stdin\n\nno problem found, 1 check left out\n$/,
    ),
  });
});

test("of a missing vault ends with 8 and says how to get one", async () => {
  const ended = await home.run(["doctor", "sync", "--json"]);
  expect(ended.exit).toBe(8);
  expect(checksOf(ended).get("vault-file")).toMatchObject({
    ok: false,
    hint: expect.stringContaining("init"),
  });
});

test.runIf(process.platform !== "win32")("finds a vault that others can read", async () => {
  await home.found();
  chmodSync(home.vault, 0o644);
  const ended = await home.spawn(["doctor", "--json"]);
  expect(ended.exit).toBe(8);
  expect(checksOf(ended).get("vault-mode")).toMatchObject({ ok: false, text: "its mode is 0644" });
});

test("finds a file that is no vault, and a vault that another program has open", async () => {
  await home.found();
  const holder = openHost(home.vault);
  const inUse = await home.spawn(["doctor", "sync", "--json"], [PASSPHRASE]);
  await holder.close();
  expect(inUse.exit).toBe(8);
  expect(checksOf(inUse).get("vault-free")).toMatchObject({ ok: false });
  const other = join(home.path, "letter");
  writeFileSync(other, "dear reader");
  const wrong = await home.run(["doctor", "sync", "--json", "--vault", other]);
  expect(checksOf(wrong).get("vault-format")).toMatchObject({ ok: false, text: "the file is not a vault" });
});

test("finds a damaged row, and the rest is there", async () => {
  await home.found((host) => register(host, "example.org", "ana"));
  const database = new DatabaseSync(home.vault);
  const { key, value } = database.prepare("SELECT key, value FROM entry ORDER BY key DESC LIMIT 1").get() as {
    key: Uint8Array;
    value: Uint8Array;
  };
  value[20] = (value[20] as number) ^ 1;
  database.prepare("UPDATE entry SET value = ? WHERE key = ?").run(value, key);
  database.close();
  const ended = await home.open("doctor", "--json");
  expect(ended.exit).toBe(8);
  expect(checksOf(ended).get("rows")).toMatchObject({ ok: false, text: "1 change in the file damaged" });
  expect((await home.open("passkey", "list")).stdout).toContain("example.org");
});

test("a wrong passphrase is no finding: exit 4", async () => {
  await home.found();
  expect((await home.run(["doctor", "sync"], ["wrong"])).exit).toBe(4);
});

test("asks each relay whether it is there and what it speaks", async () => {
  const relay = await startRelay({
    admission: { mode: "open" },
    file: join(home.path, "relay.sqlite"),
    log: () => {},
  });
  await home.found(async () => {}, [relay.origin]);
  try {
    const ended = await home.open("doctor", "relay", "--json");
    expect(ended.exit).toBe(0);
    expect(checksOf(ended).get("relay-version")).toMatchObject({ ok: true, hint: null });
  } finally {
    await relay.close();
  }
  const gone = await home.open("doctor", "relay", "--json");
  expect(gone.exit).toBe(8);
  expect(checksOf(gone).get("relay-reachable")).toMatchObject({
    ok: false,
    text: `${relay.origin} does not answer`,
  });
});

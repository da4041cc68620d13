/** A reader that shares no line with the program, only docs/protocol.md, sees the same vault in its export. */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { encodeHex } from "@latchkey/core/bytes/text";
import { readKeptLogs } from "@latchkey/core/device/kept-log";
import { deletePasskey, editPasskey } from "@latchkey/core/device/passkey-acts";
import { wipeTier } from "@latchkey/core/device/tiers";
import { printPage } from "@latchkey/core/recovery/make-page";
import { writeBackup } from "@latchkey/desktop/host/backup-methods";
import { exportLogTo } from "@latchkey/desktop/host/export-log";
import { makeFolder, withPassphrase } from "@latchkey/desktop/test/hosts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesOf, readText } from "../repo/tree.ts";
import { exchange, LiveDevice } from "../scenario/live-device.ts";
import { Rooms, verifyUser } from "../scenario/rooms.ts";
import { register } from "../scenario/site.ts";

const folder = makeFolder();
const file = join(folder.path, "out.latchkey-log");
let desk: LiveDevice;
let phone: LiveDevice;

beforeAll(async () => {
  desk = await LiveDevice.found(join(folder.path, "desk.latchkey"), "Desk", []);
  await register(desk.transact, "one.example", "ana");
  phone = await desk.pair(join(folder.path, "phone.latchkey"), "Phone");
  await register(phone.transact, "two.example", "bob");
  await exchange(desk, phone);
  // One field edited on both devices apart, so that a winner has to be chosen; one passkey deleted here.
  const [first, second] = desk.document.list();
  await editPasskey(desk.device, first!.id, "title", "from Desk");
  await editPasskey(phone.device, first!.id, "title", "from Phone");
  await editPasskey(phone.device, first!.id, "tag/work", true);
  await editPasskey(phone.device, first!.id, "note", "a note ü");
  await deletePasskey(desk.device, second!.id);
  await exchange(desk, phone);
  await exportLogTo(desk.device, file);
});
afterAll(async () => {
  await desk.close();
  await phone.close();
  folder.remove();
});

/** Those of the epoch that a device is in and of the ones that it keeps. */
async function rootsOf({ host, device }: LiveDevice) {
  const signing = await host.openSigning(withPassphrase(), "give the roots to the second reader");
  const signingRoots = new Map(signing.roots.map(({ logId, root }) => [encodeHex(logId), encodeHex(root)]));
  wipeTier(signing);
  const kept = await readKeptLogs(host.deps.store, device.context.rows);
  const logs = [...kept.map(({ epoch }) => epoch.record.logId), device.context.epoch.logId];
  return Object.fromEntries(
    logs.map((logId) => {
      const log = encodeHex(logId);
      return [log, { m: encodeHex(device.metadataRoot(logId)), s: signingRoots.get(log) ?? null }];
    }),
  );
}

async function read(path: string, roots: unknown) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), path]);
  child.stdin.end(JSON.stringify(roots));
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [output, talk] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return {
    exit: await exit,
    talk,
    passkeys: output
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown),
  };
}

const shown = (signs: boolean | null, on: LiveDevice = desk) =>
  on.document
    .list()
    .map(({ id, record, userName, userDisplayName, title, note, tags, state }) => ({
      id,
      site: record?.rpId,
      user: userName,
      displayName: userDisplayName,
      title,
      note,
      tags,
      deleted: state === "deleted",
      signs,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

describe("the second reader", () => {
  test("sees the passkeys that the vault shows, and opens each private key", async () => {
    const { passkeys, talk } = await read(file, await rootsOf(desk));
    expect(talk).toBe("");
    expect(passkeys).toEqual(shown(true));
    expect(passkeys).toHaveLength(2);
  });

  test("sees them with the metadata root alone, and then can sign with none", async () => {
    const roots = Object.entries(await rootsOf(desk)).map(([log, { m }]) => [log, { m, s: null }]);
    expect((await read(file, Object.fromEntries(roots))).passkeys).toEqual(shown(null));
  });

  test("opens nothing with another root, and nothing of a changed file", async () => {
    const wrong = Object.keys(await rootsOf(desk)).map((log) => [log, { m: "07".repeat(32), s: null }]);
    expect(await read(file, Object.fromEntries(wrong))).toMatchObject({ exit: 1, passkeys: [] });
    const changed = readFileSync(file);
    const middle = changed.length >> 1;
    changed[middle] = (changed[middle] ?? 0) ^ 1;
    const path = join(folder.path, "changed.latchkey-log");
    writeFileSync(path, changed);
    expect(await read(path, await rootsOf(desk))).toMatchObject({ exit: 1, passkeys: [] });
  });

  test("opens a backup like any archive, with the keys of a page before its logs", async () => {
    const signing = await desk.host.openSigning(withPassphrase(), "make a page");
    await printPage(desk.device, signing, false);
    wipeTier(signing);
    const backup = join(folder.path, "vault.latchkey-backup");
    expect(await writeBackup(desk.device, backup, null)).toMatchObject({ opensWith: { page: true } });
    const bytes = readFileSync(backup);
    // The key log is there: 16 zeros in the place of a log id, right after the magic.
    expect(bytes.subarray(8, 60).includes(Buffer.alloc(16))).toBe(true);
    const { passkeys, talk } = await read(backup, await rootsOf(desk));
    expect(talk).toBe("");
    expect(passkeys).toEqual(shown(true));
  });

  test("reads on across changes of keys, with what was issued again", async () => {
    const rooms = new Rooms();
    const maker = await LiveDevice.found(join(folder.path, "maker.latchkey"), "Maker", []);
    await register(maker.transact, "one.example", "ana");
    const away = await maker.pair(join(folder.path, "away.latchkey"), "Away");
    await away.device.writeBeacon();
    await rooms.settle(maker, away);
    const [passkey] = maker.document.list();
    // Written in the epoch that ends without it: it comes into the next as an operation issued again.
    await editPasskey(away.device, passkey!.id, "note", "from afar");
    await register(away.transact, "three.example", "cleo");
    await deletePasskey(away.device, passkey!.id);
    await rooms.changeKeys(maker);
    await editPasskey(maker.device, passkey!.id, "title", "after");
    await rooms.settle(maker, away);
    await verifyUser(away);
    await rooms.settle(maker, away);
    expect(maker.document.list()).toHaveLength(2);

    const several = join(folder.path, "several.latchkey-log");
    const { epochs } = await exportLogTo(maker.device, several);
    const { passkeys, talk } = await read(several, await rootsOf(maker));
    expect(talk).toBe("");
    expect(passkeys).toEqual(shown(true, maker));
    expect(epochs).toBeGreaterThan(0);
    expect(maker.device.epoch.record.number).toBe(2);
    await maker.close();
    await away.close();
  });

  test("shares no line with the program", () => {
    const imports = filesOf("test/second-reader/*.ts")
      .filter((name) => !name.endsWith(".test.ts"))
      .flatMap((name) => [...readText(name).matchAll(/\bfrom "([^"]+)"/g)].map(([, module = ""]) => module));
    const allowed =
      /^(?:\.\/[a-z]+\.ts|node:(?:crypto|fs|stream\/consumers)|libsodium-wrappers|@automerge\/automerge)$/;
    expect(imports.length).toBeGreaterThan(10);
    expect(imports.filter((module) => !allowed.test(module))).toEqual([]);
  });
});

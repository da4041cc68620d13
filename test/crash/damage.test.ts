/**
 * Storage that decays (sync-protocol.md § 11, experience.md § 15, 10): rows of a real vault file are changed behind its back, the file is cut,
 * overwritten or too small. What is whole is shown, what is not is said.
 */
import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isVaultError } from "@latchkey/core/errors";
import { openDevice } from "@latchkey/core/device/open-device";
import { openMetadataTier } from "@latchkey/core/device/tiers";
import { deletePasskey, editPasskey } from "@latchkey/core/device/passkey-acts";
import { foundVault } from "@latchkey/core/device/found-vault";
import type { Table } from "@latchkey/core/storage/device-store";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";
import { systemClock, systemRandom } from "@latchkey/desktop/host/vault-host";
import { META_COPY, SQL_TABLES } from "@latchkey/desktop/vault-file/layout";
import { createRows } from "@latchkey/desktop/vault-file/rows";
import { createVaultFile, openVaultFile } from "@latchkey/desktop/vault-file/vault-file";
import { startRelay } from "@latchkey/sync-relay/hosts/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeFolder, makeProtector } from "@latchkey/desktop/test/hosts";
import { exchange, LiveDevice, viewOf } from "../scenario/live-device.ts";
import { expectWhole } from "../scenario/replay.ts";
import { drawNumbers } from "../scenario/seed.ts";
import { type Account, register, signIn } from "../scenario/site.ts";

const SLOW = process.env["SLOW"] !== undefined;

interface StoredRow {
  readonly sqlTable: string;
  readonly table: Table;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

let folder: ReturnType<typeof makeFolder>;
/** A closed vault file with something in every table. */
let whole: string;
let rows: StoredRow[];
let accounts: Account[];
let view: Awaited<ReturnType<typeof viewOf>>;
/** Everything that the vault consists of, from a device that is not damaged. */
let everyEntry: Uint8Array[];

beforeAll(async () => {
  folder = makeFolder();
  const relay = await startRelay({
    admission: { mode: "open" },
    file: join(folder.path, "relay.db"),
    log: () => {},
  });
  const desk = await LiveDevice.found(join(folder.path, "desk.latchkey"), "Desk", [relay.origin]);
  whole = join(folder.path, "laptop.latchkey");
  const laptop = await desk.pair(whole, "Laptop");
  accounts = [
    await register(desk.transact, "one.example", "ana"),
    await register(desk.transact, "two.example", "ana"),
    await register(laptop.transact, "two.example", "bob"),
  ];
  const gone = await register(laptop.transact, "three.example", "ana");
  await exchange(desk, laptop);
  for (const { id, userName } of laptop.document.list()) {
    await editPasskey(laptop.device, id, "title", `title of ${userName}`);
    await editPasskey(desk.device, id, "title", `other title of ${userName}`);
    await editPasskey(laptop.device, id, "tag/work", true);
  }
  const deleted = laptop.document.list().find(({ record }) => record?.rpId === gone.rpId);
  await deletePasskey(laptop.device, deleted!.id);
  await exchange(desk, laptop);
  laptop.connect();
  await laptop.settled();
  laptop.disconnect();
  await relay.close();
  // Something that waits, something that was refused, and a wrong passphrase on record.
  await editPasskey(desk.device, deleted!.id, "note", "one");
  await editPasskey(desk.device, deleted!.id, "note", "two");
  const entries = await desk.readEntries();
  const spoiled = entries[0]!.slice();
  spoiled[1_500] = spoiled[1_500]! ^ 1;
  await laptop.device.receive([entries.at(-1)!, spoiled]);
  await expectWhole(laptop);
  await laptop.host.lock();
  await expect(laptop.host.unlock(async () => makeProtector("wrong"))).rejects.toThrow();
  await laptop.host.deps.store.close();

  const device = await LiveDevice.open(copyOfWhole("view"), "Laptop");
  view = await viewOf(device);
  everyEntry = await device.readEntries();
  await device.close();
  await desk.close();
  rows = readRows(whole);
});
afterAll(() => folder.remove());

function copyOfWhole(name: string): string {
  const path = join(folder.path, `${name}.latchkey`);
  copyFileSync(whole, path);
  return path;
}

function readRows(path: string): StoredRow[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const tables = Object.entries(SQL_TABLES) as [Table, string][];
  const found = [...tables, ["meta", META_COPY] as const].flatMap(([table, sqlTable]) =>
    database
      .prepare(`SELECT key, value FROM ${sqlTable}`)
      .all()
      .map((row) => ({ sqlTable, table, key: row["key"] as Uint8Array, value: row["value"] as Uint8Array })),
  );
  database.close();
  return found;
}

/** Puts `value` into the row, and leaves its checksum as it was; with `null` the row is gone. */
function rewrite(database: DatabaseSync, { sqlTable, key }: StoredRow, value: Uint8Array | null): void {
  if (value === null) database.prepare(`DELETE FROM ${sqlTable} WHERE key = ?`).run(key);
  else database.prepare(`UPDATE ${sqlTable} SET value = ? WHERE key = ?`).run(value, key);
}

function withDatabase(path: string, act: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(path);
  act(database);
  database.close();
}

function flip(value: Uint8Array, at: number, mask: number): Uint8Array {
  const flipped = value.slice();
  flipped[at] = flipped[at]! ^ mask;
  return flipped;
}

test("the vault that is damaged here has something in every table", () => {
  const filled = new Set(rows.map(({ sqlTable }) => sqlTable));
  expect([...filled].sort()).toEqual([...Object.values(SQL_TABLES), META_COPY].sort());
  expect(view.passkeys.map(({ state }) => state).sort()).toEqual(["deleted", "live", "live", "live"]);
});

describe("one damaged row", () => {
  test("is detected, whichever byte of it was flipped and wherever it was cut", async () => {
    const random = drawNumbers();
    const database = new DatabaseSync(copyOfWhole("bytes"));
    database.exec("PRAGMA synchronous=OFF; BEGIN");
    const store = createRows(database, "damaged copy", () => {});
    /** Each byte of small rows; of large ones the first, the last and some between. */
    const positionsOf = ({ value }: StoredRow): number[] =>
      SLOW || value.length <= 128
        ? [...value.keys()]
        : [0, value.length - 1, ...Array.from({ length: 400 }, () => Math.floor(random() * value.length))];
    const cutsOf = ({ value }: StoredRow): number[] =>
      [0, 1, value.length >> 1, value.length - 2, value.length - 1].filter(
        (length) => length >= 0 && length < value.length,
      );
    const read = async (row: StoredRow): Promise<boolean> =>
      (await store.get(row.table, row.key))?.value != null;
    for (const row of rows) {
      // Of a row that is kept twice the other copy goes away, so that the damaged one is what is read.
      const copy = row.sqlTable === META_COPY ? SQL_TABLES.meta : META_COPY;
      if (row.table === "meta") database.prepare(`DELETE FROM ${copy} WHERE key = ?`).run(row.key);
      expect(await read(row)).toBe(true);
      const spoiled = [
        ...positionsOf(row).map((at) => flip(row.value, at, 1 << Math.floor(random() * 8))),
        ...cutsOf(row).map((length) => row.value.slice(0, length)),
      ];
      for (const value of spoiled) {
        rewrite(database, row, value);
        if (await read(row)) expect.fail(`row of ${row.sqlTable} passes damaged`);
      }
      rewrite(database, row, row.value);
      if (row.table === "meta") {
        database.exec(`INSERT OR IGNORE INTO ${copy} SELECT * FROM ${row.sqlTable}`);
      }
    }
    database.exec("ROLLBACK");
    await store.close();
  });

  test("hides nothing: the vault opens, shows every passkey, signs in, and says what is to be fetched again", async () => {
    const random = drawNumbers();
    const few: ReadonlySet<Table> = new Set(["meta", "snapshot", "sign-in"]);
    for (const [number, row] of rows.entries()) {
      // Rows of one kind are alike; which of them are taken is up to chance.
      if (!SLOW && !few.has(row.table) && random() < 0.6) continue;
      const at = Math.floor(random() * row.value.length);
      const ways: (Uint8Array | null)[] = [flip(row.value, at, 0x10)];
      if (SLOW) ways.push(row.value.slice(0, at));
      // A row that is gone leaves no trace of its own; entries and cache are missed all the same.
      if (row.table === "entry" || row.table === "cache") ways.push(null);
      for (const value of ways) {
        const path = copyOfWhole("row");
        withDatabase(path, (database) => rewrite(database, row, value));
        const device = await LiveDevice.open(path, "Laptop");
        expect(await viewOf(device), `with a damaged row of ${row.sqlTable}`).toEqual(view);
        expect(device.device.problems).toEqual({
          entries: row.table === "entry" ? 1 : 0,
          snapshot: row.table === "snapshot",
        });
        const concerned = row.table === "sign-in" || row.table === "meta" || SLOW;
        for (const account of concerned ? accounts : [accounts[number % accounts.length]!]) {
          await signIn(device.transact, account);
        }
        await device.close();
      }
    }
  });

  test("is healed by what another device has, and the next start finds nothing wrong", async () => {
    const random = drawNumbers();
    for (const table of Object.keys(SQL_TABLES) as Table[]) {
      const [first, ...more] = rows.filter((row) => row.table === table);
      for (const row of [first!, ...more.filter(() => SLOW || random() < 0.1)]) {
        const path = copyOfWhole("healed");
        withDatabase(path, (database) => rewrite(database, row, flip(row.value, row.value.length >> 1, 1)));
        const device = await LiveDevice.open(path, "Laptop");
        await device.device.receive(everyEntry);
        await editPasskey(device.device, view.passkeys[0]!.id, "favourite", true);
        await device.restart();
        // The snapshot comes from a relay or another device when one is joined to; its entries are all here.
        if (table !== "snapshot") await expectWhole(device);
        await device.close();
      }
    }
  });
});

describe("a damaged file", () => {
  /** Opens what is there as far as it goes. The code for which it does not, or the passkeys that it shows. */
  async function tryOpen(path: string): Promise<string | (typeof view)["passkeys"]> {
    try {
      const device = await LiveDevice.open(path, "Laptop");
      try {
        return device.document.list();
      } finally {
        await device.close();
      }
    } catch (error) {
      if (!isVaultError(error)) throw error;
      return error.code;
    }
  }

  test.for<[what: string, code: string, spoil: (path: string) => void]>([
    ["no file", "LK-VAULT-MISSING", () => {}],
    ["an empty file", "LK-VAULT-NOT-A-VAULT", (path) => writeFileSync(path, "")],
    [
      "zeros",
      "LK-VAULT-NOT-A-VAULT",
      (path) => writeFileSync(path, new Uint8Array(readFileSync(whole).length)),
    ],
    [
      "another program's SQLite file",
      "LK-VAULT-NOT-A-VAULT",
      (path) => withDatabase(path, (database) => database.exec("CREATE TABLE meta (key, value)")),
    ],
    ["the layout of a newer version", "LK-VAULT-NEWER", (path) => alter(path, "PRAGMA user_version = 99")],
    ["a missing table", "LK-VAULT-DAMAGED", (path) => alter(path, "DROP TABLE entry")],
    ["its first half", "LK-VAULT-DAMAGED", (path) => cut(path, 0.5)],
    ["its first page", "LK-VAULT-DAMAGED", (path) => cut(path, 0, 4096)],
    ["its first 50 bytes", "LK-VAULT-NOT-A-VAULT", (path) => cut(path, 0, 50)],
  ])("that is %s is refused with %s, and left as it is", async ([what, code, spoil]) => {
    const path = join(folder.path, `${what.replaceAll(/\W/g, "-")}.latchkey`);
    spoil(path);
    const before = existsSync(path) ? readFileSync(path) : null;
    expect(await tryOpen(path)).toBe(code);
    expect(existsSync(path) ? readFileSync(path) : null).toEqual(before);
  });

  test("never shows anything but the vault as it was: all of it, or a code", async () => {
    const random = drawNumbers();
    const path = join(folder.path, "byte.latchkey");
    const bytes = new Uint8Array(readFileSync(whole));
    let shown = 0;
    const tries = SLOW ? 4_000 : 50;
    for (let i = 0; i < tries; i++) {
      const at = Math.floor(random() * bytes.length);
      // What SQLite could not put away of the file before would be read into this one.
      rmSync(`${path}-wal`, { force: true });
      writeFileSync(path, flip(bytes, at, 1 << Math.floor(random() * 8)));
      const outcome = await tryOpen(path);
      if (typeof outcome === "string") expect(outcome, `byte ${at}`).toMatch(/^LK-(?:VAULT|KEY)-/);
      else expect(outcome, `byte ${at}`).toEqual(view.passkeys);
      if (typeof outcome !== "string") shown++;
    }
    expect(shown).toBeGreaterThan(tries / 2);
  });

  function alter(path: string, sql: string): void {
    copyFileSync(whole, path);
    withDatabase(path, (database) => database.exec(sql));
  }

  function cut(path: string, share: number, atLeast = 0): void {
    copyFileSync(whole, path);
    truncateSync(path, Math.max(atLeast, Math.floor((readFileSync(whole).length * share) / 4096) * 4096));
  }
});

describe("a full disk", () => {
  const deps = (store: ReturnType<typeof openVaultFile>) => ({
    store,
    random: systemRandom,
    clock: systemClock,
    crypto: createNativeCredentialCrypto(),
  });

  test("leaves no half vault where one was to be made", async () => {
    const path = join(folder.path, "small.latchkey");
    const store = createVaultFile(path, { maxPages: 22 });
    const founding = foundVault(deps(store), makeProtector(), { name: "Desk", platform: "test", relays: [] });
    await expect(founding).rejects.toMatchObject({ code: "LK-VAULT-DISK-FULL" });
    for (const table of Object.keys(SQL_TABLES) as Table[]) expect(await store.scan(table)).toEqual([]);
    await store.close();
  });

  test("loses nothing that was reported saved, keeps nothing of what was not, and still signs in", async () => {
    const path = copyOfWhole("full");
    const pages = readFileSync(path).length / 4096;
    const store = openVaultFile(path, { maxPages: pages + 8 });
    const device = await openDevice(deps(store), await openMetadataTier(store, makeProtector()));
    const { id } = device.state.document.list()[0]!;
    let saved = 0;
    const code = await (async () => {
      for (;;) {
        try {
          await editPasskey(device, id, "note", `note ${saved + 1}`);
          saved++;
        } catch (error) {
          return isVaultError(error) ? error.code : error;
        }
      }
    })();
    expect(code).toBe("LK-VAULT-DISK-FULL");
    expect(saved).toBeGreaterThan(0);
    expect(device.state.document.get(id)?.note).toBe(`note ${saved}`);
    await device.lock();
    await store.close();

    const again = await LiveDevice.open(path, "Laptop");
    expect(again.document.get(id)?.note).toBe(`note ${saved}`);
    await expectWhole(again);
    for (const account of accounts) await signIn(again.transact, account);
    await editPasskey(again.device, id, "note", "there is space again");
    await again.close();
  });
});

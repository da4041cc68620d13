/** A vault file in a folder of its own, for tests, and the way to its rows behind the store's back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { existsSync } from "node:fs";
import { META_COPY, SQL_TABLES } from "../../src/vault-file/layout.ts";
import { createVaultFile, openVaultFile } from "../../src/vault-file/vault-file.ts";
// @boundaries-ignore the suites of test/contract are for every package
import type { DeviceStoreHarness, StoredBytes } from "../../../../test/contract/device-store.ts";

export function createVaultFileHarness(): DeviceStoreHarness & { readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-vault-"));
  const path = join(folder, "vault.latchkey");
  return {
    path,
    open: async () => (existsSync(path) ? openVaultFile(path) : createVaultFile(path)),
    dispose: async () => rmSync(folder, { recursive: true }),
    disk: createStoredBytes(path),
  };
}

function createStoredBytes(path: string): StoredBytes {
  return {
    parts: ["value", "sum"],
    rewrite({ table, key, part, copy }, change) {
      const sqlTable = copy === 1 ? META_COPY : SQL_TABLES[table];
      const before = withDatabase(path, (database) =>
        database.prepare(`SELECT ${part} AS part FROM ${sqlTable} WHERE key = ?`).get(key),
      )?.["part"];
      const write = (bytes: Uint8Array): void =>
        withDatabase(path, (database) => {
          const value = part === "sum" ? toNumber(bytes) : bytes;
          database.prepare(`UPDATE ${sqlTable} SET ${part} = ? WHERE key = ?`).run(value, key);
        });
      const bytes = typeof before === "number" ? toBytes(before) : (before as Uint8Array);
      write(change(bytes));
      return () => write(bytes);
    },
  };
}

/** Opens the file as plain SQLite. */
export function withDatabase<T>(path: string, act: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA synchronous=OFF");
    return act(database);
  } finally {
    database.close();
  }
}

function toBytes(sum: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sum);
  return new Uint8Array(bytes);
}

const toNumber = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

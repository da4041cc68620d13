/**
 * A vault as one SQLite file: makes it, recognises it, opens it (`layout.ts` has the format, `rows.ts` the port).
 *
 * Durable: write-ahead log, `synchronous=FULL`, so a commit is on the disk when it returns. What is overwritten or deleted is zeroed
 * (`secure_delete`). While it is open the process holds the vault's lock (`lock.ts`).
 * It does not encrypt: what is in the rows is sealed by the layers above.
 */
import { existsSync, realpathSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import { VaultError } from "@latchkey/core/errors";
import { checkFileHeader } from "./file-header.ts";
import { APPLICATION_ID, FIRST_LAYOUT, LAYOUT_VERSION, SCHEMA, UPGRADE } from "./layout.ts";
import { takeVaultLock, type VaultLock } from "./lock.ts";
import { closeToOthers, makePrivateFile, makePrivateFolder, syncFolder } from "./private-file.ts";
import { createRows } from "./rows.ts";
import { withFileErrors } from "./sqlite-error.ts";

export interface VaultFileOptions {
  /** The file may not grow beyond so many pages of 4096 bytes; by itself only the disk limits it. */
  readonly maxPages?: number;
}

/**
 * Makes an empty vault at `path` (and the folders above it, for the owner only) and opens it. It is there complete or not at all:
 * built beside and renamed. Throws `LK-VAULT-EXISTS`, `LK-VAULT-IN-USE`, `LK-VAULT-DISK-FULL` or `LK-VAULT-FILE`.
 */
export function createVaultFile(path: string, options: VaultFileOptions = {}): DeviceStore {
  return withFileErrors(path, () => createIn(makePrivateFolder(dirname(path)), basename(path), options));
}

function createIn(folder: string, name: string, options: VaultFileOptions): DeviceStore {
  const path = join(folder, name);
  const lock = takeVaultLock(path);
  try {
    if (existsSync(path)) throw new VaultError("LK-VAULT-EXISTS", `${path} exists already`);
    const unfinished = `${path}.creating`;
    // What an interrupted creation left, or a vault whose main file was deleted: SQLite would read its log into the new one.
    for (const base of [unfinished, path]) {
      for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(base + suffix, { force: true });
    }
    makePrivateFile(unfinished);
    const database = new DatabaseSync(unfinished);
    try {
      database.exec(
        [
          "BEGIN",
          ...SCHEMA,
          `PRAGMA application_id=${APPLICATION_ID}`,
          `PRAGMA user_version=${LAYOUT_VERSION}`,
          "COMMIT",
        ].join(";"),
      );
      database.exec("PRAGMA journal_mode=WAL");
    } finally {
      database.close();
    }
    renameSync(unfinished, path);
    syncFolder(folder);
    return openLocked(path, options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Opens the vault at `path`. Throws `LK-VAULT-MISSING`, `LK-VAULT-NOT-A-VAULT`, `LK-VAULT-NEWER`, `LK-VAULT-IN-USE`,
 * `LK-VAULT-DAMAGED` (the file as a whole; a damaged row is no reason) or `LK-VAULT-FILE`. Only a vault is ever written to.
 */
export function openVaultFile(path: string, options: VaultFileOptions = {}): DeviceStore {
  if (!existsSync(path)) throw new VaultError("LK-VAULT-MISSING", `no vault at ${path}`);
  return withFileErrors(path, () => {
    checkFileHeader(path);
    // Two names of one file are one vault.
    const real = realpathSync(path);
    const lock = takeVaultLock(real);
    try {
      return openLocked(real, options, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  });
}

/** The store in memory, for a vault that is thrown away: same rows, no file. */
export function createMemoryStore(): DeviceStore {
  const database = new DatabaseSync(":memory:");
  database.exec(SCHEMA.join(";"));
  return createRows(database, "memory", () => {});
}

function openLocked(path: string, options: VaultFileOptions, lock: VaultLock): DeviceStore {
  closeToOthers(path);
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // Exclusive: no other program, such as a shell of SQLite, can write beside us, and no shared-memory file is needed.
    database.exec(
      "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON",
    );
    checkLayout(database, path);
    if (options.maxPages !== undefined) database.exec(`PRAGMA max_page_count=${options.maxPages}`);
    return createRows(database, path, () => lock.release());
  } catch (error) {
    database.close();
    throw error;
  }
}

function checkLayout(database: DatabaseSync, path: string): void {
  const version = database.prepare("PRAGMA user_version").get()?.["user_version"] as number;
  if (version > LAYOUT_VERSION) {
    throw new VaultError(
      "LK-VAULT-NEWER",
      `${path} has layout ${version}, this version knows ${LAYOUT_VERSION}`,
    );
  }
  if (version === FIRST_LAYOUT) {
    database.exec(`BEGIN IMMEDIATE; ${UPGRADE}; PRAGMA user_version=${LAYOUT_VERSION}; COMMIT`);
    return checkLayout(database, path);
  }
  const found = database
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
    .all()
    .map(({ sql }) => sql);
  const expected = SCHEMA.length === found.length && SCHEMA.every((sql) => found.includes(sql));
  if (!expected)
    throw new VaultError("LK-VAULT-DAMAGED", `${path} does not have the tables of layout ${version}`);
}

/**
 * The relay's store in one SQLite file, through `node:sqlite` (relay.md § 7). WAL with synchronous=FULL: a commit that returned has been
 * synced, so an acknowledged entry survives a crash and a power cut. The driver is synchronous; one commit blocks the loop for a sync.
 *
 * Beside the file lies `<file>.mark`, the number of commits last seen. A database with fewer commits than its mark was restored from a
 * copy; then, as for a new file or a lost mark, it gets a new instance id, and clients heal it (relay.md § 11). Restoring file and mark
 * together from one copy is not noticed: delete the mark when restoring. The mark follows commits within a second.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, statfsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { VaultError } from "@latchkey/core/errors";
import { type Clock, INSTANCE_ID_BYTES, type Random } from "@latchkey/core/relay-protocol";
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from "./schema.ts";
import { createSqlStore } from "./sql-store.ts";
import { asBytes, asNumber, type Sql } from "./sql.ts";
import type { Store, StoreLimits } from "./store.ts";

export interface SqliteStoreOptions {
  readonly file: string;
  readonly limits: StoreLimits;
  readonly clock: Clock;
  readonly random: Random;
}

const MARK_EVERY_MS = 1000;
/** Pages freed by a purge or an expiry that are given back to the disk at once. */
const VACUUM_PAGES = 2000;

/** Opens or makes the file, readable by its owner only. Throws `LK-RELAY-CONFIG` when it is not a relay's. */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  const { file, limits, clock, random } = options;
  const db = openDatabase(file);
  const getMeta = db.prepare("SELECT value FROM meta WHERE key = ?");
  const setMeta = db.prepare(
    "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  const mark = openMark(`${file}.mark`, clock);
  let commits = asNumber(getMeta.get("commits")?.["value"] ?? 0);
  const sql = createSql(db, () => mark.follow(++commits));

  const previous = mark.read();
  const restored = previous === null || commits < previous;
  const known = getMeta.get("instance")?.["value"];
  const instanceId = restored || known === undefined ? random(INSTANCE_ID_BYTES) : asBytes(known);
  sql.transaction(() => {
    setMeta.run("instance", instanceId);
    // Uploads end with the socket that makes them; none is left from another run.
    db.exec("DELETE FROM snapshot_chunk WHERE snapshot IN (SELECT n FROM snapshot WHERE staged = 1)");
    db.exec("DELETE FROM snapshot WHERE staged = 1");
  });
  mark.write(commits);

  const queries = createSqlStore(sql, limits);

  return {
    instanceId,
    ...queries,
    async purge(room) {
      await queries.purge(room);
      reclaim(sql);
    },
    async expire(today) {
      const expired = await queries.expire(today);
      if (expired > 0) reclaim(sql);
      return expired;
    },
    async probe() {
      getMeta.get("instance");
      const { bavail, bsize } = statfsSync(dirname(file));
      return { freeBytes: bavail * bsize };
    },
    async close() {
      mark.write(commits);
      db.close();
    },
  };
}

/** Runs `read` on a relay's file without changing it. Throws `LK-RELAY-CONFIG` when it is not a relay's. */
export function readSqliteFile<T>(file: string, read: (sql: Pick<Sql, "prepare">) => T): T {
  const db = openFile(file, true);
  try {
    if (!isRelayFile(db)) refuse();
    return read(db);
  } finally {
    db.close();
  }
}

/** Runs `edit` on a relay's file, which must be there; the relay may run meanwhile. Throws `LK-RELAY-CONFIG` when it is not a relay's. */
export function editSqliteFile<T>(file: string, edit: (sql: Sql) => T): T {
  const db = openFile(file, false);
  try {
    if (!isRelayFile(db)) refuse();
    db.exec("PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON; PRAGMA synchronous = FULL");
    return edit(createSql(db, () => {}));
  } finally {
    db.close();
  }
}

/** Whether some process has the file open as a database. A damaged file is nobody's. */
export function isSqliteFileInUse(file: string): boolean {
  const db = openFile(file, false);
  try {
    // Leaving WAL needs the file for itself. Whoever opens it next goes back to WAL.
    db.exec("PRAGMA journal_mode = DELETE");
    return false;
  } catch (error) {
    return error instanceof Error && error.message.includes("locked");
  } finally {
    db.close();
  }
}

/** Takes what was dropped out of the file and out of the log. */
export function reclaim(sql: Sql): void {
  sql.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
  sql.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** `onCommit` is told of every transaction. */
function createSql(db: DatabaseSync, onCommit: () => void): Sql {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const countCommit = db.prepare("UPDATE meta SET value = value + 1 WHERE key = 'commits'");
  const end = db.prepare("COMMIT");
  return {
    exec: (text) => db.exec(text),
    prepare: (text) => db.prepare(text),
    transaction(act) {
      begin.run();
      let result;
      try {
        result = act();
        countCommit.run();
        end.run();
      } catch (error) {
        if (db.isTransaction) db.exec("ROLLBACK");
        throw error;
      }
      onCommit();
      return result;
    },
  };
}

function openDatabase(file: string): DatabaseSync {
  const db = openFile(file, false);
  try {
    // Judged before anything is changed: the file may be somebody's, a vault even.
    const empty = isEmptyFile(db);
    if (!empty && !isRelayFile(db)) refuse();
    chmodSync(file, 0o600);
    // What a room purges is overwritten, not just unlinked; the freed pages can be given back.
    db.exec("PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON; PRAGMA auto_vacuum = INCREMENTAL");
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000");
    if (empty) {
      const version = `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`;
      db.exec(`BEGIN; ${SCHEMA} INSERT INTO meta VALUES ('commits', 0); ${version}; COMMIT`);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function openFile(file: string, readOnly: boolean): DatabaseSync {
  try {
    if (!readOnly) mkdirSync(dirname(file), { recursive: true });
    return new DatabaseSync(file, { readOnly });
  } catch (error) {
    throw new VaultError("LK-RELAY-CONFIG", "relay file cannot be opened", { cause: error });
  }
}

const isRelayFile = (db: DatabaseSync): boolean =>
  readPragma(db, "application_id") === APPLICATION_ID && readPragma(db, "user_version") === SCHEMA_VERSION;

const isEmptyFile = (db: DatabaseSync): boolean =>
  readPragma(db, "application_id") === 0 &&
  readPragma(db, "user_version") === 0 &&
  db.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;

function readPragma(db: DatabaseSync, name: "application_id" | "user_version"): number {
  try {
    return asNumber(db.prepare(`PRAGMA ${name}`).get()?.[name]);
  } catch (error) {
    throw new VaultError("LK-RELAY-CONFIG", "relay file is not a database", { cause: error });
  }
}

function refuse(): never {
  throw new VaultError("LK-RELAY-CONFIG", "relay file is not the database of a relay of this version");
}

function openMark(path: string, clock: Clock) {
  let writtenAt = Number.NEGATIVE_INFINITY;

  function write(commits: number): void {
    writeFileSync(`${path}.new`, `${commits}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    writtenAt = clock.now();
  }

  return {
    write,
    follow(commits: number): void {
      if (Math.abs(clock.now() - writtenAt) < MARK_EVERY_MS) return;
      try {
        write(commits);
      } catch {
        // The commit is durable, which is what its caller must hear. A mark that stays behind only makes a restore harder to notice.
      }
    },
    /** The commits last seen, or `null` when there is no mark. */
    read(): number | null {
      try {
        const text = readFileSync(path, "utf8");
        return /^[0-9]{1,15}\n$/.test(text) ? Number(text) : null;
      } catch {
        return null;
      }
    },
  };
}

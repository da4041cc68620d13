/**
 * The store of one room in the SQLite of its Durable Object (relay.md § 9): the same queries as on a disk of one's own. The platform lets
 * nothing out of the object, no acknowledgement either, before what was written is durable.
 *
 * Whoever asks for a random room must cost nothing: tables and instance id are written with the room, not before. Until then the instance
 * id is one that nobody will meet again.
 */
import { INSTANCE_ID_BYTES, type Random } from "@latchkey/core/relay-protocol";
import { SCHEMA } from "./schema.ts";
import { createSqlStore, type SqlStore } from "./sql-store.ts";
import { asBytes, type Sql, type SqlRow, type SqlValue } from "./sql.ts";
import type { Store, StoreLimits } from "./store.ts";

/** The part of a Durable Object's storage that is used. */
export interface ObjectStorage {
  readonly sql: { exec(text: string, ...values: (null | number | string | ArrayBuffer)[]): Iterable<SqlRow> };
  transactionSync<T>(act: () => T): T;
}

const toPlatform = (value: SqlValue) =>
  value instanceof Uint8Array ? value.slice().buffer : typeof value === "bigint" ? Number(value) : value;
const fromPlatform = (row: SqlRow): SqlRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof ArrayBuffer ? new Uint8Array(value) : value,
    ]),
  );

function createSql(storage: ObjectStorage): Sql {
  const { sql } = storage;
  return {
    exec(text) {
      sql.exec(text);
    },
    prepare(text) {
      const all = (...values: SqlValue[]): SqlRow[] =>
        [...sql.exec(text, ...values.map(toPlatform))].map(fromPlatform);
      return {
        all,
        iterate: all,
        get: (...values) => all(...values)[0],
        run(...values) {
          all(...values);
          const [row] = sql.exec("SELECT last_insert_rowid() AS n, changes() AS changes");
          return { lastInsertRowid: row?.["n"] as number, changes: row?.["changes"] as number };
        },
      };
    },
    transaction: (act) => storage.transactionSync(act),
  };
}

export interface ObjectStore extends Store {
  /** There is no room, or none any more. */
  isEmpty(): boolean;
}

/** The store of an object that holds one room or none yet. */
export function openObjectStore(storage: ObjectStorage, limits: StoreLimits, random: Random): ObjectStore {
  const sql = createSql(storage);
  const queries: SqlStore = createSqlStore(sql, limits);
  const hasTables = (): boolean =>
    sql.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meta'").get() !== undefined;
  const known = hasTables() ? sql.prepare("SELECT value FROM meta WHERE key = 'instance'").get() : undefined;
  const instanceId = known === undefined ? random(INSTANCE_ID_BYTES) : asBytes(known["value"]);

  return {
    ...queries,
    instanceId,
    // Invitations are counted over all rooms, and an object knows one.
    invites: null,
    isEmpty: () => !hasTables() || sql.prepare("SELECT 1 FROM room").get() === undefined,
    openRoom: async (id, today) => (hasTables() ? queries.openRoom(id, today) : null),
    async createRoom(id, today) {
      if (!hasTables()) {
        storage.transactionSync(() => {
          sql.exec(SCHEMA);
          sql.prepare("INSERT INTO meta VALUES ('instance', ?)").run(instanceId);
        });
      }
      return queries.createRoom(id, today);
    },
    touch: async (rooms, today) => (hasTables() ? queries.touch(rooms, today) : undefined),
    expire: async (today) => (hasTables() ? queries.expire(today) : 0),
    probe: async () => ({ freeBytes: null }),
    close: async () => undefined,
  };
}

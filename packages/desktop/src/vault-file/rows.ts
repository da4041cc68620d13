/**
 * The `DeviceStore` port over an open SQLite database that has the layout of `layout.ts`.
 *
 * Each row is checked against its checksum when it is read; a damaged one comes back with `value: null` and stays as it is. `meta`
 * is kept twice: the whole copy is returned, and the damaged or missing one is written again with the next commit.
 * node:sqlite is synchronous: the promises of the port are settled when they are returned.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { compareBytes } from "@latchkey/core/bytes/equal";
import { encodeHex } from "@latchkey/core/bytes/text";
import type { DeviceStore, Row, RowChange, Table } from "@latchkey/core/storage/device-store";
import { computeChecksum } from "./checksum.ts";
import { META_COPY, SQL_TABLES } from "./layout.ts";
import { withFileErrors } from "./sqlite-error.ts";

const NO_BYTES = new Uint8Array();

/** `path` is for error messages only; `onClose` runs after the database is closed. */
export function createRows(database: DatabaseSync, path: string, onClose: () => void): DeviceStore {
  const prepared = new Map<string, StatementSync>();
  /** Good values of `meta` rows of which one copy is damaged or missing, by key in hex. */
  const repairs = new Map<string, Row & { readonly value: Uint8Array }>();

  function prepare(sql: string): StatementSync {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      prepared.set(sql, statement);
    }
    return statement;
  }

  function readOne(sqlTable: string, table: Table, key: Uint8Array): Row | null {
    const row = prepare(`SELECT value, sum FROM ${sqlTable} WHERE key = ?`).get(key);
    // Checked against the key that was asked for: an index that leads to another row is damage, too.
    return row === undefined ? null : checkRow(table, key, row["value"], row["sum"]);
  }

  function readRange(sqlTable: string, table: Table, prefix: Uint8Array): Row[] {
    const end = deriveEndOfPrefix(prefix);
    const rows =
      end === null
        ? prepare(`SELECT key, value, sum FROM ${sqlTable} WHERE key >= ? ORDER BY key`).all(prefix)
        : prepare(`SELECT key, value, sum FROM ${sqlTable} WHERE key >= ? AND key < ? ORDER BY key`).all(
            prefix,
            end,
          );
    return rows.map(({ key, value, sum }) => checkRow(table, key, value, sum));
  }

  function chooseCopy(key: Uint8Array, first: Row | null, second: Row | null): Row | null {
    const whole = first?.value != null ? first : second?.value != null ? second : null;
    if (whole === null) return first ?? second;
    const row = { key, value: whole.value as Uint8Array };
    if (first?.value == null || second?.value == null) repairs.set(encodeHex(key), row);
    return row;
  }

  function scanMeta(prefix: Uint8Array): Row[] {
    const rows = [...readRange(SQL_TABLES.meta, "meta", prefix), ...readRange(META_COPY, "meta", prefix)];
    const keys = new Map(rows.map(({ key }) => [encodeHex(key), key]));
    return [...keys.values()]
      .sort(compareBytes)
      .map((key) => chooseCopy(key, ...readCopies(key)))
      .filter((row) => row !== null);
  }

  function readCopies(key: Uint8Array): [Row | null, Row | null] {
    return [readOne(SQL_TABLES.meta, "meta", key), readOne(META_COPY, "meta", key)];
  }

  function write({ table, key, value }: RowChange): void {
    const sqlTables = table === "meta" ? [SQL_TABLES.meta, META_COPY] : [SQL_TABLES[table]];
    for (const sqlTable of sqlTables) {
      if (value === null) {
        prepare(`DELETE FROM ${sqlTable} WHERE key = ?`).run(key);
      } else {
        prepare(
          `INSERT INTO ${sqlTable} (key, value, sum) VALUES (?, ?, ?) ` +
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value, sum = excluded.sum",
        ).run(key, value, computeChecksum(table, key, value));
      }
    }
  }

  function commit(changes: readonly RowChange[]): void {
    try {
      database.exec("BEGIN IMMEDIATE");
      for (const row of repairs.values()) write({ table: "meta", ...row });
      for (const change of changes) write(change);
      database.exec("COMMIT");
    } catch (error) {
      // SQLite has rolled back by itself after some errors, such as a full disk.
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
    repairs.clear();
  }

  return {
    async get(table, key) {
      return withFileErrors(path, () =>
        table === "meta" ? chooseCopy(key, ...readCopies(key)) : readOne(SQL_TABLES[table], table, key),
      );
    },
    async scan(table, prefix = NO_BYTES) {
      return withFileErrors(path, () =>
        table === "meta" ? scanMeta(prefix) : readRange(SQL_TABLES[table], table, prefix),
      );
    },
    async commit(changes) {
      withFileErrors(path, () => commit(changes));
    },
    async close() {
      if (!database.isOpen) return;
      prepared.clear();
      try {
        withFileErrors(path, () => database.close());
      } finally {
        onClose();
      }
    },
  };
}

function checkRow(table: Table, key: unknown, value: unknown, sum: unknown): Row {
  // A damaged record can change even the type of what SQLite returns.
  if (!(key instanceof Uint8Array)) return { key: NO_BYTES, value: null };
  if (!(value instanceof Uint8Array) || computeChecksum(table, key, value) !== sum)
    return { key, value: null };
  return { key, value };
}

/** The least key above all that begin with `prefix`, or `null` when there is none. */
function deriveEndOfPrefix(prefix: Uint8Array): Uint8Array | null {
  const last = prefix.findLastIndex((byte) => byte !== 0xff);
  if (last === -1) return null;
  const end = prefix.slice(0, last + 1);
  end[last] = (end[last] as number) + 1;
  return end;
}

/**
 * How a vault lies in SQLite: the one description of the file's format.
 *
 * One SQLite table for each table of the `DeviceStore` port, and a second one for `meta`, without which nothing opens:
 *
 *   <table> (key BLOB unique, value BLOB, sum INTEGER)      sum: `checksum.ts`
 *
 * The header of the file says what it is: `application_id` "LKVT", never changed, and `user_version`, the version of this layout.
 */
import type { Table } from "@latchkey/core/storage/device-store";

/** "LKVT" in ASCII. */
export const APPLICATION_ID = 0x4c4b5654;

/** Rises when tables change. A file with a higher number is left alone. */
export const LAYOUT_VERSION = 2;

/** The SQLite table behind each table of the port. */
export const SQL_TABLES: Readonly<Record<Table, string>> = {
  meta: "meta",
  entry: "entry",
  held: "held",
  snapshot: "snapshot",
  cache: "cache",
  "sign-in": "sign_in",
  journal: "journal",
  relay: "relay",
  audit: "audit",
};

/** Where the second copy of each `meta` row is. */
export const META_COPY = "meta_copy";

const makeTable = (table: string): string =>
  `CREATE TABLE ${table} (key BLOB NOT NULL UNIQUE, value BLOB NOT NULL, sum INTEGER NOT NULL) STRICT`;

/** The statements that make an empty vault. SQLite keeps their text, so that opening can compare it. */
export const SCHEMA: readonly string[] = [...Object.values(SQL_TABLES), META_COPY].map(makeTable);

/** The layout without activity logs, and what it lacks. */
export const FIRST_LAYOUT = 1;
export const UPGRADE: string = makeTable(SQL_TABLES.audit);

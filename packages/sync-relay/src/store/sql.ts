/**
 * The part of an SQLite driver that the store needs: `node:sqlite` has it, other hosts can bring it. Synchronous; integers come as
 * numbers, BLOBs as `Uint8Array`.
 */

export type SqlValue = null | number | bigint | string | Uint8Array;
export type SqlRow = Readonly<Record<string, unknown>>;

export interface SqlStatement {
  run(...values: SqlValue[]): {
    readonly lastInsertRowid: number | bigint;
    readonly changes: number | bigint;
  };
  get(...values: SqlValue[]): SqlRow | undefined;
  all(...values: SqlValue[]): SqlRow[];
  iterate(...values: SqlValue[]): Iterable<SqlRow>;
}

export interface Sql {
  exec(text: string): void;
  prepare(text: string): SqlStatement;
  /** Runs `act` in one durable transaction: all of it is there afterwards, or, when it throws, nothing. */
  transaction<T>(act: () => T): T;
}

export const asNumber = (value: unknown): number => Number(value);
export const asBytes = (value: unknown): Uint8Array => value as Uint8Array;

/** A `DeviceStore` in memory for tests of what stands above it: rows can be damaged, and commits made to fail. */
import { compareBytes } from "../../src/bytes/equal.ts";
import { decodeHex, encodeHex } from "../../src/bytes/text.ts";
import type { DeviceStore, Row, RowChange, Table } from "../../src/storage/device-store.ts";
import { VaultError } from "../../src/errors.ts";

export interface MemoryStore extends DeviceStore {
  /** Every row there is. */
  rows(): { readonly table: Table; readonly key: Uint8Array }[];
  /** From now on the row comes back as damaged. */
  damage(table: Table, key: Uint8Array): void;
  /** Whether commits fail as on a full disk. */
  full: boolean;
  copy(): MemoryStore;
}

export function createMemoryStore(content: ReadonlyMap<string, Uint8Array | null> = new Map()): MemoryStore {
  const rows = new Map(content);
  const name = (table: Table, key: Uint8Array) => `${table} ${encodeHex(key)}`;
  const keyOf = (text: string) => decodeHex(text.slice(text.indexOf(" ") + 1)) as Uint8Array;
  return {
    full: false,
    rows: () =>
      [...rows.keys()].map((text) => ({
        table: text.slice(0, text.indexOf(" ")) as Table,
        key: keyOf(text),
      })),
    damage: (table, key) => rows.set(name(table, key), null),
    copy: () => createMemoryStore(rows),
    async get(table, key) {
      const value = rows.get(name(table, key));
      return value === undefined ? null : { key, value };
    },
    async scan(table, prefix = new Uint8Array(0)) {
      const start = name(table, prefix);
      const found: Row[] = [];
      for (const [text, value] of rows) if (text.startsWith(start)) found.push({ key: keyOf(text), value });
      return found.sort((a, b) => compareBytes(a.key, b.key));
    },
    async commit(changes: readonly RowChange[]) {
      if (this.full) throw new VaultError("LK-VAULT-DISK-FULL", "disk is full");
      for (const { table, key, value } of changes) {
        if (value === null) rows.delete(name(table, key));
        else rows.set(name(table, key), value.slice());
      }
    },
    async close() {},
  };
}

/** A store that nobody keeps: rows in memory, for a recovery page while it is used. Its keys lie in it as they are; both go with the process. */
import { compareBytes } from "@latchkey/core/bytes/equal";
import { decodeHex, encodeHex } from "@latchkey/core/bytes/text";
import type { KeyProtector } from "@latchkey/core/ports";
import type { DeviceStore, RowChange, Table } from "@latchkey/core/storage/device-store";

/** Gives every key back: what it guards is no safer than the page that lies beside the keyboard. */
export const scratchProtector: KeyProtector = {
  protect: (_, key) => Promise.resolve(key.slice()),
  release: (_, protectedKey) => Promise.resolve(protectedKey.slice()),
};

export function createScratchStore(): DeviceStore {
  const tables = new Map<Table, Map<string, Uint8Array>>();
  const tableOf = (name: Table): Map<string, Uint8Array> => {
    const table = tables.get(name) ?? new Map<string, Uint8Array>();
    tables.set(name, table);
    return table;
  };
  return {
    async get(table, key) {
      const value = tableOf(table).get(encodeHex(key));
      return value === undefined ? null : { key, value: value.slice() };
    },
    async scan(table, prefix = new Uint8Array()) {
      const start = encodeHex(prefix);
      const found = [...tableOf(table)]
        .filter(([key]) => key.startsWith(start))
        .map(([key, value]) => ({ key: decodeHex(key) as Uint8Array, value: value.slice() }));
      return found.sort((a, b) => compareBytes(a.key, b.key));
    },
    async commit(changes: readonly RowChange[]) {
      // What cannot be copied is refused before anything is changed.
      const copies = changes.map(({ table, key, value }) => {
        const copy = value === null ? null : Uint8Array.prototype.slice.call(value);
        return { rows: tableOf(table), key: encodeHex(key), value: copy };
      });
      for (const { rows, key, value } of copies) {
        if (value === null) rows.delete(key);
        else rows.set(key, value);
      }
    },
    close: () => Promise.resolve(),
  };
}

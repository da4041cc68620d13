/**
 * The `DeviceStore` port over an open IndexedDB database that has the layout of `vault-database.ts`.
 *
 *   key = the row's key     value = checksum u32, big-endian ‖ the row's value
 *
 * Each row is checked when it is read; a damaged one comes back with `value: null` and stays as it is. `meta` is kept twice: the whole copy
 * is returned, and the damaged or missing one is written again with the next commit. A commit is durable when it resolves
 * (`durability: "strict"`); what a browser makes of that is its own affair.
 */
import { compareBytes } from "@latchkey/core/bytes/equal";
import { encodeHex } from "@latchkey/core/bytes/text";
import type { DeviceStore, Row, RowChange, Table } from "@latchkey/core/storage/device-store";
import { computeChecksum } from "./checksum.ts";
import { whenCommitted, whenDone, withDatabaseErrors } from "./indexed-db.ts";

export const TABLES: readonly Table[] = [
  "meta",
  "entry",
  "held",
  "snapshot",
  "cache",
  "sign-in",
  "journal",
  "relay",
  "audit",
];
/** Where the second copy of `meta` is. */
export const META_COPY = "meta-copy";
type Place = Table | typeof META_COPY;

const CHECKSUM_BYTES = 4;

export function createRows(database: IDBDatabase): DeviceStore {
  /** Good values of `meta` rows of which one copy is damaged or missing, by key in hex. */
  const repairs = new Map<string, Row & { readonly value: Uint8Array }>();
  let closed = false;

  async function readOne(place: IDBObjectStore, table: Table, key: Uint8Array): Promise<Row | null> {
    const stored: unknown = await whenDone(place.get(key as Uint8Array<ArrayBuffer>));
    return stored === undefined ? null : checkRow(table, key, stored);
  }

  /** Everything or what begins with `prefix`, as it is stored. */
  async function readRange(place: IDBObjectStore, table: Table, prefix: Uint8Array): Promise<Row[]> {
    const range = rangeOf(prefix);
    const [keys, values] = await Promise.all([
      whenDone(place.getAllKeys(range)),
      whenDone(place.getAll(range) as IDBRequest<unknown[]>),
    ]);
    return keys.map((key, i) => checkRow(table, new Uint8Array(key as ArrayBuffer), values[i]));
  }

  function chooseCopy(key: Uint8Array, first: Row | null, second: Row | null): Row | null {
    const whole = first?.value != null ? first : second?.value != null ? second : null;
    if (whole === null) return first ?? second;
    const row = { key, value: whole.value as Uint8Array };
    if (first?.value == null || second?.value == null) repairs.set(encodeHex(key), row);
    return row;
  }

  async function scanMeta(first: IDBObjectStore, second: IDBObjectStore, prefix: Uint8Array): Promise<Row[]> {
    const [rows, copies] = (
      await Promise.all([readRange(first, "meta", prefix), readRange(second, "meta", prefix)])
    ).map((all) => new Map(all.map((row) => [encodeHex(row.key), row]))) as [
      Map<string, Row>,
      Map<string, Row>,
    ];
    const keys = new Map([...rows, ...copies].map(([name, { key }]) => [name, key]));
    return [...keys]
      .sort(([, a], [, b]) => compareBytes(a, b))
      .flatMap(([name, key]) => chooseCopy(key, rows.get(name) ?? null, copies.get(name) ?? null) ?? []);
  }

  function write(transaction: IDBTransaction, { table, key, value }: RowChange): void {
    const places: readonly Place[] = table === "meta" ? ["meta", META_COPY] : [table];
    for (const place of places) {
      const store = transaction.objectStore(place);
      if (value === null) store.delete(key as Uint8Array<ArrayBuffer>);
      else store.put(sumUp(table, key, value), key as Uint8Array<ArrayBuffer>);
    }
  }

  return {
    get: (table, key) =>
      withDatabaseErrors(async () => {
        const transaction = database.transaction(table === "meta" ? ["meta", META_COPY] : [table]);
        if (table !== "meta") return readOne(transaction.objectStore(table), table, key);
        const copies = ["meta", META_COPY].map((place) =>
          readOne(transaction.objectStore(place), "meta", key),
        );
        const [first = null, second = null] = await Promise.all(copies);
        return chooseCopy(key, first, second);
      }),
    scan: (table, prefix = new Uint8Array()) =>
      withDatabaseErrors(async () => {
        const transaction = database.transaction(table === "meta" ? ["meta", META_COPY] : [table]);
        return table === "meta"
          ? scanMeta(transaction.objectStore("meta"), transaction.objectStore(META_COPY), prefix)
          : readRange(transaction.objectStore(table), table, prefix);
      }),
    commit: (changes) =>
      withDatabaseErrors(async () => {
        const all = [...[...repairs.values()].map((row) => ({ table: "meta" as const, ...row })), ...changes];
        const places = new Set(
          all.flatMap(({ table }): Place[] => (table === "meta" ? ["meta", META_COPY] : [table])),
        );
        if (places.size === 0) return;
        const transaction = database.transaction([...places], "readwrite", { durability: "strict" });
        const committed = whenCommitted(transaction);
        try {
          for (const change of all) write(transaction, change);
        } catch (error) {
          transaction.abort();
          await committed.catch(() => {});
          throw error;
        }
        await committed;
        repairs.clear();
      }),
    async close() {
      if (!closed) database.close();
      closed = true;
    },
  };
}

/** All keys that begin with `prefix`. */
function rangeOf(prefix: Uint8Array): IDBKeyRange {
  const from = prefix as Uint8Array<ArrayBuffer>;
  const last = prefix.findLastIndex((byte) => byte !== 0xff);
  if (last === -1) return IDBKeyRange.lowerBound(from);
  const end = prefix.slice(0, last + 1);
  end[last] = (end[last] as number) + 1;
  return IDBKeyRange.bound(from, end, false, true);
}

/** A copy, and no more of the buffer than the value: what is stored is the whole buffer of a view. */
function sumUp(table: Table, key: Uint8Array, value: Uint8Array): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError("value of a row is not bytes");
  const stored = new Uint8Array(CHECKSUM_BYTES + value.length);
  new DataView(stored.buffer).setUint32(0, computeChecksum(table, key, value));
  stored.set(value, CHECKSUM_BYTES);
  return stored;
}

function checkRow(table: Table, key: Uint8Array, stored: unknown): Row {
  if (!(stored instanceof Uint8Array) || stored.length < CHECKSUM_BYTES) return { key, value: null };
  const sum = new DataView(stored.buffer, stored.byteOffset).getUint32(0);
  const value = stored.slice(CHECKSUM_BYTES);
  return { key, value: computeChecksum(table, key, value) === sum ? value : null };
}

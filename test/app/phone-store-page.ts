/** Runs in a page: the IndexedDB store, to be called from a test, with bytes as base64url over the way there. */
import { decodeBase64url, encodeBase64url } from "@latchkey/core/bytes/text";
import { isVaultError } from "@latchkey/core/errors";
import type { DeviceStore, Row, RowChange, Table } from "@latchkey/core/storage/device-store";
import { whenCommitted, whenDone } from "@latchkey/mobile-pairing/storage/indexed-db";
import { createRows, META_COPY } from "@latchkey/mobile-pairing/storage/rows";
import {
  DATABASE,
  makeVaultDatabase,
  openVaultDatabase,
  removeVaultDatabase,
} from "@latchkey/mobile-pairing/storage/vault-database";

export interface SentRow {
  readonly key: string;
  readonly value: string | null;
}
export interface SentChange extends SentRow {
  readonly table: Table;
  /** Something that is no bytes, to see what the store does. */
  readonly odd?: string;
}

const bytesOf = (text: string): Uint8Array => {
  const bytes = decodeBase64url(text);
  if (bytes === null) throw new TypeError("not base64url");
  return bytes;
};
const send = ({ key, value }: Row): SentRow => ({
  key: encodeBase64url(key),
  value: value === null ? null : encodeBase64url(value),
});

let store: DeviceStore | null = null;
const present = (): DeviceStore => {
  if (store === null) throw new TypeError("store is not open");
  return store;
};

const page = {
  async open(): Promise<void> {
    const whole = await openVaultDatabase(() => {});
    await (whole === null ? makeVaultDatabase(async () => {}) : whole.close());
    store = createRows(await whenDone(indexedDB.open(DATABASE)));
  },
  close: () => present().close(),
  remove: () => removeVaultDatabase(),
  async get(table: Table, key: string): Promise<SentRow | null> {
    const row = await present().get(table, bytesOf(key));
    return row === null ? null : send(row);
  },
  async scan(table: Table, prefix: string): Promise<SentRow[]> {
    return (await present().scan(table, bytesOf(prefix))).map(send);
  },
  async commit(changes: readonly SentChange[]): Promise<string | null> {
    const read = changes.map(({ table, key, value, odd }) => ({
      table,
      key: bytesOf(key),
      value: odd ?? (value === null ? null : bytesOf(value)),
    }));
    try {
      await present().commit(read as readonly RowChange[]);
      return null;
    } catch (error) {
      return isVaultError(error) ? error.code : String(error);
    }
  },
  /** Begins a copy and breaks off in the middle. */
  async makeAndFail(): Promise<string> {
    try {
      await makeVaultDatabase(async (unfinished) => {
        await unfinished.commit([{ table: "entry", key: Uint8Array.of(1), value: Uint8Array.of(1) }]);
        throw new RangeError("broken off");
      });
      return "made";
    } catch (error) {
      return String(error);
    }
  },
  /** What is stored of a row, exchanged behind the store's back. */
  async exchange(table: Table, key: string, copy: number, bytes: string | null): Promise<string> {
    const database = await whenDone(indexedDB.open(DATABASE));
    const place = copy === 1 ? META_COPY : table;
    const transaction = database.transaction(place, "readwrite");
    const objects = transaction.objectStore(place);
    const at = bytesOf(key) as Uint8Array<ArrayBuffer>;
    const before = (await whenDone(objects.get(at))) as Uint8Array;
    if (bytes !== null) objects.put(bytesOf(bytes), at);
    await whenCommitted(transaction);
    database.close();
    return encodeBase64url(before);
  },
};

declare global {
  interface Window {
    storePage: typeof page;
  }
}
window.storePage = page;

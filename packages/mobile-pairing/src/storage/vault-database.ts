/**
 * Where a browser keeps this device's copy of the vault: one IndexedDB database, with one object store a table of the `DeviceStore` port, the
 * second copy of `meta`, and a mark that is set when the copy is whole. A copy without the mark was broken off in the making; it counts for
 * nothing and is taken away. One page at a time holds it (Web Locks).
 *
 * A browser may clear all of it, without asking. The database then tells the page that is open (`close`), and the note beside it
 * (`copy-note.ts`) tells the next one.
 */
import { VaultError } from "@latchkey/core/errors";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import { whenCommitted, whenDone, withDatabaseErrors } from "./indexed-db.ts";
import { createRows, META_COPY, TABLES } from "./rows.ts";

export const DATABASE = "latchkey-vault";
const LAYOUT_VERSION = 2;
const MARKS = "marks";
const WHOLE = "whole";
const LOCK = "latchkey-vault";

/** Waits until no other page of this browser holds the vault, then holds it as long as this page lives. `onWait`: another one does. */
export async function takeVaultLock(onWait: () => void): Promise<void> {
  const hold = (taken: () => void) => (lock: Lock | null) => {
    if (lock === null) return undefined;
    taken();
    return new Promise<void>(() => {});
  };
  const isFree = await new Promise<boolean>((resolve, reject) => {
    navigator.locks
      .request(LOCK, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return hold(() => {})(lock);
      })
      .catch(reject);
  });
  if (isFree) return;
  onWait();
  await new Promise<void>((resolve, reject) => {
    navigator.locks.request(LOCK, hold(resolve)).catch(reject);
  });
}

/** The copy, or `null` when there is none. `onLost`: the browser cleared it while it was open. */
export async function openVaultDatabase(onLost: () => void): Promise<DeviceStore | null> {
  return withDatabaseErrors(async () => {
    const database = await open();
    const mark: unknown = await whenDone(database.transaction(MARKS).objectStore(MARKS).get(WHOLE));
    if (mark === undefined) {
      database.close();
      await removeVaultDatabase();
      return null;
    }
    database.addEventListener("close", onLost);
    return createRows(database);
  });
}

/** Lets `fill` write a new copy, which is there whole afterwards or not at all. Throws `LK-VAULT-EXISTS` and what `fill` throws. */
export async function makeVaultDatabase(fill: (store: DeviceStore) => Promise<void>): Promise<void> {
  await withDatabaseErrors(async () => {
    const existing = await openVaultDatabase(() => {});
    if (existing !== null) {
      await existing.close();
      throw new VaultError("LK-VAULT-EXISTS", "this browser has a vault already");
    }
    const database = await open();
    try {
      await fill(createRows(database));
      const transaction = database.transaction([MARKS], "readwrite", { durability: "strict" });
      transaction.objectStore(MARKS).put(true, WHOLE);
      await whenCommitted(transaction);
      database.close();
    } catch (error) {
      database.close();
      await removeVaultDatabase();
      throw error;
    }
  });
}

/** Erases the copy of this browser. Those of other devices stay. */
export async function removeVaultDatabase(): Promise<void> {
  await withDatabaseErrors(() => whenDone(indexedDB.deleteDatabase(DATABASE)));
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, LAYOUT_VERSION);
  request.addEventListener("upgradeneeded", () => {
    const { result } = request;
    // What an older layout lacks; in a new database everything.
    for (const name of [...TABLES, META_COPY, MARKS])
      if (!result.objectStoreNames.contains(name)) result.createObjectStore(name);
  });
  return whenDone(request);
}

/**
 * Whether the person wants Latchkey to answer websites in this browser profile. Kept in the extension's own IndexedDB, which needs no
 * permission; absent means yes: whoever loads the extension wants it to do something.
 */

const NAME = "wish";
const KEY = "isOn";

export async function readWish(): Promise<boolean> {
  const value: unknown = await run("readonly", (rows) => rows.get(KEY));
  return value !== false;
}

export async function writeWish(isOn: boolean): Promise<void> {
  await run("readwrite", (rows) => rows.put(isOn, KEY));
}

async function run<T>(mode: IDBTransactionMode, act: (rows: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open("latchkey", 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(NAME));
  const database = await resultOf(opening);
  try {
    return await resultOf(act(database.transaction(NAME, mode).objectStore(NAME)));
  } finally {
    database.close();
  }
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("storage failed")));
  });
}

/**
 * The store of a Durable Object keeps the contract, over a storage that behaves as the platform's does: ArrayBuffers in and out, several
 * statements at once, transactions as functions. On the platform's own runtime the relay's suite runs (`test/relay-hosts`).
 */
import { DatabaseSync } from "node:sqlite";
import type { RoomId } from "@latchkey/core/relay-protocol";
import { expect, onTestFinished, test } from "vitest";
import { type ObjectStorage, openObjectStore } from "../src/store/durable-object.ts";
import { bytesOf, randomOf } from "./rig.ts";
import { describeStoreContract, SMALL } from "./store-contract.ts";

const DAY = 20_000;
const ROOM = bytesOf(16) as RoomId;

function openStorage() {
  const db = new DatabaseSync(":memory:");
  onTestFinished(() => db.close());
  const buffersOf = (row: object) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]: [string, unknown]) => [
        name,
        value instanceof Uint8Array ? value.slice().buffer : value,
      ]),
    );
  const storage: ObjectStorage = {
    sql: {
      exec(text, ...values) {
        if (values.length === 0 && text.includes(";")) {
          db.exec(text);
          return [];
        }
        const bound = values.map((value) => (value instanceof ArrayBuffer ? new Uint8Array(value) : value));
        return db
          .prepare(text)
          .all(...bound)
          .map(buffersOf);
      },
    },
    transactionSync(act) {
      db.exec("BEGIN");
      try {
        const result = act();
        db.exec("COMMIT");
        return result;
      } catch (error) {
        db.exec("ROLLBACK");
        throw error;
      }
    },
  };
  const tables = (): number => db.prepare("SELECT * FROM sqlite_master").all().length;
  return { storage, tables };
}

describeStoreContract("Durable Object store", (limits) =>
  openObjectStore(openStorage().storage, limits, randomOf),
);

test("an object that was only asked writes nothing, and keeps its instance id once there is a room", async () => {
  const { storage, tables } = openStorage();
  const asked = openObjectStore(storage, SMALL, randomOf);
  expect(await asked.openRoom(ROOM, DAY)).toBeNull();
  await asked.expire(DAY);
  await asked.touch([1], DAY);
  expect([tables(), asked.isEmpty()]).toEqual([0, true]);
  const store = openObjectStore(storage, SMALL, randomOf);
  await store.createRoom(ROOM, DAY);
  expect(store.isEmpty()).toBe(false);
  expect(openObjectStore(storage, SMALL, randomOf).instanceId).toEqual(store.instanceId);
  await store.expire(DAY + 2);
  expect(store.isEmpty()).toBe(true);
});

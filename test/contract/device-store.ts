/**
 * What every adapter of the `DeviceStore` port (core/src/storage/device-store.ts) keeps, as one suite. An adapter's test calls it with a
 * harness; where the harness can reach the stored bytes, it also proves that damage is found.
 */
import fc from "fast-check";
import { compareBytes } from "@latchkey/core/bytes/equal";
import { encodeHex, encodeUtf8 } from "@latchkey/core/bytes/text";
import type { DeviceStore, RowChange, Table } from "@latchkey/core/storage/device-store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

export interface DeviceStoreHarness {
  /** Opens the store, empty for the first time. The one before is closed. */
  open(): Promise<DeviceStore>;
  dispose(): Promise<void>;
  /** Absent where nothing outlives `close`. */
  readonly disk?: StoredBytes;
}

/** Reaches what is stored, behind the back of a closed store. */
export interface StoredBytes {
  /** The byte strings that make up a stored row beside its key. */
  readonly parts: readonly string[];
  /** Rewrites one part of a row (of one copy of it, where there are two); the result undoes it. */
  rewrite(at: StoredPart, change: (bytes: Uint8Array) => Uint8Array): Undo | Promise<Undo>;
}

type Undo = () => void | Promise<void>;

export interface StoredPart {
  readonly table: Table;
  readonly key: Uint8Array;
  readonly part: string;
  /** 0, or for `meta` 0 or 1. */
  readonly copy: number;
}

const TABLES: readonly Table[] = [
  "meta",
  "entry",
  "held",
  "snapshot",
  "cache",
  "sign-in",
  "journal",
  "relay",
];
const BIG_VALUE_BYTES = 16 * 1024 * 1024;
const runs = process.env["SLOW"] ? 500 : 30;

const key = (...bytes: number[]): Uint8Array => new Uint8Array(bytes);
const put = (table: Table, at: Uint8Array, text: string): RowChange => ({
  table,
  key: at,
  value: encodeUtf8(text),
});

/** `isOnDisk`: the harnesses have a `disk`. */
export function describeDeviceStore(
  name: string,
  isOnDisk: boolean,
  createHarness: () => DeviceStoreHarness,
): void {
  describe(`${name} keeps the device store's contract`, () => {
    let harness: DeviceStoreHarness;
    let store: DeviceStore;

    beforeEach(async () => {
      harness = createHarness();
      store = await harness.open();
    });

    afterEach(async () => {
      await store.close();
      await harness.dispose();
    });

    test.for(TABLES)("gives back, replaces and deletes a row of %s", async (table) => {
      expect(await store.get(table, key(1))).toBeNull();
      await store.commit([put(table, key(1), "one")]);
      expect(await store.get(table, key(1))).toEqual({ key: key(1), value: encodeUtf8("one") });
      await store.commit([put(table, key(1), "two")]);
      expect(await store.get(table, key(1))).toEqual({ key: key(1), value: encodeUtf8("two") });
      await store.commit([{ table, key: key(1), value: null }]);
      expect(await store.get(table, key(1))).toBeNull();
      expect(await store.scan(table)).toEqual([]);
    });

    test("keeps tables apart", async () => {
      await store.commit(TABLES.map((table) => put(table, key(7), table)));
      for (const table of TABLES) {
        expect(await store.scan(table)).toEqual([{ key: key(7), value: encodeUtf8(table) }]);
      }
    });

    test("applies the changes of one commit in order", async () => {
      await store.commit([put("cache", key(1), "a"), put("cache", key(1), "b")]);
      await store.commit([{ table: "cache", key: key(1), value: null }, put("cache", key(1), "c")]);
      expect(await store.scan("cache")).toEqual([{ key: key(1), value: encodeUtf8("c") }]);
    });

    test("keeps empty keys and empty values", async () => {
      await store.commit([{ table: "held", key: key(), value: key() }]);
      expect(await store.get("held", key())).toEqual({ key: key(), value: key() });
    });

    test.for<Table>(["entry", "meta"])("scans %s by prefix in bytewise order", async (table) => {
      const keys = fc.uniqueArray(fc.uint8Array({ maxLength: 3 }), { maxLength: 20, selector: encodeHex });
      const prefixes = fc.oneof(
        fc.uint8Array({ maxLength: 2 }),
        fc.constant(key(0xff)),
        fc.constant(key(0xff, 0xff)),
      );
      await fc.assert(
        fc.asyncProperty(keys, prefixes, async (present, prefix) => {
          const old = await store.scan(table);
          await store.commit([
            ...old.map((row) => ({ table, key: row.key, value: null })),
            ...present.map((at) => put(table, at, encodeHex(at))),
          ]);
          const expected = present
            .filter((at) => encodeHex(at).startsWith(encodeHex(prefix)))
            .sort(compareBytes)
            .map((at) => ({ key: at, value: encodeUtf8(encodeHex(at)) }));
          expect(await store.scan(table, prefix)).toEqual(expected);
        }),
        { numRuns: runs },
      );
    });

    test("commits all changes or none", async () => {
      await store.commit([put("entry", key(1), "before"), put("meta", key(1), "before")]);
      const broken = { table: "journal", key: key(1), value: "not bytes" } as unknown as RowChange;
      await expect(
        store.commit([
          put("entry", key(1), "after"),
          put("meta", key(1), "after"),
          put("entry", key(2), "new"),
          broken,
        ]),
      ).rejects.toThrow();
      expect(await store.scan("entry")).toEqual([{ key: key(1), value: encodeUtf8("before") }]);
      expect(await store.get("meta", key(1))).toEqual({ key: key(1), value: encodeUtf8("before") });
      await store.commit([put("entry", key(1), "after")]);
      expect(await store.get("entry", key(1))).toEqual({ key: key(1), value: encodeUtf8("after") });
    });

    test("takes a value of 16 MiB", async () => {
      const value = new Uint8Array(BIG_VALUE_BYTES).fill(0xa5);
      value[BIG_VALUE_BYTES - 1] = 1;
      await store.commit([{ table: "snapshot", key: key(1), value }]);
      const row = await store.get("snapshot", key(1));
      expect(Buffer.compare(row?.value as Uint8Array, value)).toBe(0);
    });

    test("does not share bytes with the caller", async () => {
      const value = encodeUtf8("mine");
      await store.commit([{ table: "relay", key: key(1), value }]);
      value.fill(0);
      const row = await store.get("relay", key(1));
      expect(row?.value).toEqual(encodeUtf8("mine"));
      row?.value?.fill(0);
      expect((await store.get("relay", key(1)))?.value).toEqual(encodeUtf8("mine"));
    });

    test("closes twice", async () => {
      await store.close();
      await expect(store.close()).resolves.toBeUndefined();
    });

    if (!isOnDisk) return;
    describe("on its disk", () => {
      const at = key(3, 4);
      const VALUE = "a small row";

      async function reopen(): Promise<void> {
        await store.close();
        store = await harness.open();
      }

      /** Runs `check` for every flipped byte and every cut of each part of the row. */
      async function forEachDamage(table: Table, copy: number, check: () => Promise<void>): Promise<void> {
        const disk = harness.disk as StoredBytes;
        for (const part of disk.parts) {
          let length = 0;
          await store.close();
          await disk.rewrite({ table, key: at, part, copy }, (bytes) =>
            bytes.subarray(0, (length = bytes.length)),
          );
          expect(length).toBeGreaterThan(0);
          const damages = Array.from({ length }, (_, i) => [
            (bytes: Uint8Array) => bytes.with(i, (bytes[i] as number) ^ (1 << (i % 8))),
            (bytes: Uint8Array) => bytes.subarray(0, i),
          ]).flat();
          for (const damage of damages) {
            await store.close();
            const undo = await disk.rewrite({ table, key: at, part, copy }, damage);
            store = await harness.open();
            await check();
            await store.close();
            await undo();
          }
        }
        store = await harness.open();
      }

      test("has what was committed after it is opened again", async () => {
        await store.commit(TABLES.map((table) => put(table, at, table)));
        await reopen();
        for (const table of TABLES) expect((await store.get(table, at))?.value).toEqual(encodeUtf8(table));
      });

      test.for(TABLES.filter((table) => table !== "meta"))(
        "reports every flipped byte and every cut of a row of %s, and only that row",
        async (table) => {
          await store.commit([
            put(table, key(3), "before"),
            put(table, at, VALUE),
            put(table, key(3, 5), "after"),
          ]);
          await forEachDamage(table, 0, async () => {
            expect(await store.get(table, at)).toEqual({ key: at, value: null });
            expect(await store.scan(table)).toEqual([
              { key: key(3), value: encodeUtf8("before") },
              { key: at, value: null },
              { key: key(3, 5), value: encodeUtf8("after") },
            ]);
          });
          expect(await store.get(table, at)).toEqual({ key: at, value: encodeUtf8(VALUE) });
        },
      );

      test.for([0, 1])("reads meta although copy %i is damaged", async (copy) => {
        await store.commit([put("meta", at, VALUE)]);
        await forEachDamage("meta", copy, async () => {
          expect(await store.get("meta", at)).toEqual({ key: at, value: encodeUtf8(VALUE) });
          expect(await store.scan("meta")).toEqual([{ key: at, value: encodeUtf8(VALUE) }]);
        });
      });

      test.for([0, 1])("repairs copy %i of meta at the next commit after it was read", async (copy) => {
        const spoil = async (which: number): Promise<void> => {
          await (harness.disk as StoredBytes).rewrite(
            { table: "meta", key: at, part: "value", copy: which },
            (bytes) => bytes.with(0, 0xff),
          );
        };
        await store.commit([put("meta", at, VALUE)]);
        await store.close();
        await spoil(copy);
        store = await harness.open();
        await store.get("meta", at);
        await store.commit([put("entry", key(1), "unrelated")]);
        await store.close();
        await spoil(1 - copy);
        store = await harness.open();
        expect((await store.get("meta", at))?.value).toEqual(encodeUtf8(VALUE));
      });

      test("reports a meta row of which both copies are damaged", async () => {
        await store.commit([put("meta", at, VALUE), put("meta", key(9), "other")]);
        await store.close();
        for (const copy of [0, 1]) {
          await harness.disk?.rewrite({ table: "meta", key: at, part: "value", copy }, (bytes) =>
            bytes.with(copy, 0),
          );
        }
        store = await harness.open();
        expect(await store.get("meta", at)).toEqual({ key: at, value: null });
        expect(await store.scan("meta")).toEqual([
          { key: at, value: null },
          { key: key(9), value: encodeUtf8("other") },
        ]);
        await store.commit([put("meta", at, "new")]);
        expect((await store.get("meta", at))?.value).toEqual(encodeUtf8("new"));
      });
    });
  });
}

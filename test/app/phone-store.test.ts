/** The phone's store keeps the contract of the `DeviceStore` port, in real Chromium's IndexedDB. */
import { decodeBase64url, encodeBase64url } from "@latchkey/core/bytes/text";
import { type ErrorCode, VaultError } from "@latchkey/core/errors";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeDeviceStore, type DeviceStoreHarness } from "../contract/device-store.ts";
import { HAS_NO_CHROMIUM, LAUNCH_MS } from "./chromium.ts";
import { openScriptPage, type ScriptPage } from "./script-page.ts";
import type { SentChange, SentRow } from "./phone-store-page.ts";

const bytesOf = (text: string): Uint8Array => decodeBase64url(text) as Uint8Array;
const read = ({ key, value }: SentRow) => ({
  key: bytesOf(key),
  value: value === null ? null : bytesOf(value),
});

describe.skipIf(HAS_NO_CHROMIUM)("in Chromium", () => {
  let opened: ScriptPage;
  let page: Page;

  beforeAll(async () => {
    opened = await openScriptPage(new URL("phone-store-page.ts", import.meta.url));
    page = opened.page;
  }, LAUNCH_MS);
  afterAll(async () => opened?.close());

  /** The store in the page, as one here. */
  const store: DeviceStore = {
    async get(table, key) {
      const row = await page.evaluate(([t, k]) => window.storePage.get(t, k), [
        table,
        encodeBase64url(key),
      ] as const);
      return row === null ? null : read(row);
    },
    async scan(table, prefix = new Uint8Array()) {
      const rows = await page.evaluate(([t, p]) => window.storePage.scan(t, p), [
        table,
        encodeBase64url(prefix),
      ] as const);
      return rows.map(read);
    },
    async commit(changes) {
      const sent = changes.map(({ table, key, value }): SentChange => ({
        table,
        key: encodeBase64url(key),
        value: value instanceof Uint8Array ? encodeBase64url(value) : null,
        ...(value === null || value instanceof Uint8Array ? {} : { odd: String(value) }),
      }));
      const problem = await page.evaluate((all) => window.storePage.commit(all), sent);
      if (problem !== null) throw new VaultError(problem as ErrorCode, "commit was refused in the page");
    },
    close: () => page.evaluate(() => window.storePage.close()),
  };

  function createHarness(): DeviceStoreHarness {
    return {
      async open() {
        await page.evaluate(() => window.storePage.open());
        return store;
      },
      dispose: () => page.evaluate(() => window.storePage.remove()),
      disk: {
        parts: ["row"],
        async rewrite({ table, key, copy }, change) {
          const at = [table, encodeBase64url(key), copy] as const;
          const exchange = (bytes: string | null): Promise<string> =>
            page.evaluate(([to, b]) => window.storePage.exchange(...to, b), [at, bytes] as const);
          const before = await exchange(null);
          await exchange(encodeBase64url(change(bytesOf(before))));
          return async () => void (await exchange(before));
        },
      },
    };
  }

  describeDeviceStore("IndexedDB", true, createHarness);

  test("a copy that was broken off in the making is not there", async () => {
    expect(await page.evaluate(() => window.storePage.makeAndFail())).toBe("RangeError: broken off");
    await page.evaluate(() => window.storePage.open());
    expect(await store.scan("entry")).toEqual([]);
    await store.close();
    await page.evaluate(() => window.storePage.remove());
  });
});

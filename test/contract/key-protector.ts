/** What every adapter of the `KeyProtector` port (core/src/ports.ts) keeps, as one suite. */
import { isVaultError } from "@latchkey/core/errors";
import type { KeyProtector, Tier } from "@latchkey/core/ports";
import { beforeAll, describe, expect, test } from "vitest";

export interface KeyProtectorHarness {
  readonly protector: KeyProtector;
  /** Another person's protector: the same kind, another passphrase, another finger. */
  readonly stranger: KeyProtector;
}

const TIERS: readonly Tier[] = ["metadata", "signing"];
const REFUSALS = /^(?:LK-KEY-DAMAGED|LK-KEY-HELLO-GONE|LK-KEY-PASSPHRASE-WRONG|LK-AUTH-DENIED)$/;

export function describeKeyProtector(name: string, createHarness: () => Promise<KeyProtectorHarness>): void {
  describe(`${name} keeps the key protector's contract`, () => {
    const key = new Uint8Array(32).map((_, i) => i * 7);
    let harness: KeyProtectorHarness;

    beforeAll(async () => {
      harness = await createHarness();
    });

    async function expectRefused(released: Promise<Uint8Array>): Promise<void> {
      const error: unknown = await released.then(
        () => new Error("the key was released"),
        (reason: unknown) => reason,
      );
      if (!isVaultError(error)) throw error;
      expect(error.code).toMatch(REFUSALS);
    }

    test.for(TIERS)("gives back the key of the %s tier, and leaves the caller's alone", async (tier) => {
      const given = key.slice();
      const record = await harness.protector.protect(tier, given);
      expect(given).toEqual(key);
      expect(await harness.protector.release(tier, record)).toEqual(key);
    });

    test("makes another record each time", async () => {
      const records = await Promise.all([1, 2].map(() => harness.protector.protect("signing", key)));
      expect(records[0]).not.toEqual(records[1]);
    });

    test("releases both tiers at once", async () => {
      const records = await Promise.all(TIERS.map((tier) => harness.protector.protect(tier, key)));
      const keys = await Promise.all(
        TIERS.map((tier, i) => harness.protector.release(tier, records[i] as Uint8Array)),
      );
      expect(keys).toEqual([key, key]);
    });

    test("does not release one tier's key as the other's", async () => {
      await expectRefused(
        harness.protector.release("signing", await harness.protector.protect("metadata", key)),
      );
    });

    test("releases nothing to a stranger", async () => {
      await expectRefused(
        harness.stranger.release("metadata", await harness.protector.protect("metadata", key)),
      );
    });

    test("refuses a record with any flipped byte or any cut", async () => {
      const record = await harness.protector.protect("metadata", key);
      for (let i = 0; i < record.length; i++) {
        await expectRefused(
          harness.protector.release("metadata", record.with(i, (record[i] as number) ^ (1 << (i % 8)))),
        );
        await expectRefused(harness.protector.release("metadata", record.slice(0, i)));
      }
    });
  });
}

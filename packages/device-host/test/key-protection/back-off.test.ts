/** The growing wait after wrong passphrases, with a clock of the test's own. */
import { VaultError } from "@latchkey/core/errors";
import { beforeEach, expect, test } from "vitest";
import { createBackOff, deriveWait, type WrongTries } from "../../src/key-protection/back-off.ts";

const wrong = async (): Promise<never> => {
  throw new VaultError("LK-KEY-PASSPHRASE-WRONG", "wrong");
};
const right = async (): Promise<string> => "open";
const code = (expected: string): object => expect.objectContaining({ code: expected });

let now: number;
let kept: WrongTries | null;
let isDiskFull: boolean;

/** A new one each time, as after a restart: only `kept` is shared. */
const start = () =>
  createBackOff({
    clock: { now: () => now },
    record: {
      read: async () => kept,
      write: async (tries) => {
        if (isDiskFull) throw new VaultError("LK-VAULT-DISK-FULL", "full");
        kept = tries;
      },
    },
  });

async function failTimes(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    now += await start().remaining();
    await expect(start().try(wrong)).rejects.toThrow(code("LK-KEY-PASSPHRASE-WRONG"));
  }
}

beforeEach(() => {
  now = 1_000_000;
  kept = null;
  isDiskFull = false;
});

test.for([
  [0, 0],
  [4, 0],
  [5, 10_000],
  [6, 20_000],
  [10, 320_000],
  [11, 600_000],
  [5_000, 600_000],
] as const)("after %i wrong tries the wait is %i ms", ([tries, wait]) => {
  expect(deriveWait(tries)).toBe(wait);
});

test("five wrong tries start a wait that a restart does not end", async () => {
  await failTimes(5);
  await expect(start().try(right)).rejects.toThrow(code("LK-KEY-WAIT"));
  expect(await start().remaining()).toBe(10_000);
  now += 9_999;
  await expect(start().try(right)).rejects.toThrow(code("LK-KEY-WAIT"));
  now += 1;
  expect(await start().try(right)).toBe("open");
});

test("a try that came too early is not made and not counted", async () => {
  await failTimes(5);
  const before = kept;
  await expect(start().try(wrong)).rejects.toThrow(code("LK-KEY-WAIT"));
  expect(kept).toBe(before);
});

test("the right passphrase ends the count", async () => {
  await failTimes(4);
  await start().try(right);
  expect(kept).toBeNull();
  await failTimes(4);
  expect(await start().remaining()).toBe(0);
});

test("a clock that is set back does not make the wait longer", async () => {
  await failTimes(5);
  now -= 1_000_000_000;
  expect(await start().remaining()).toBe(10_000);
});

test("only a wrong passphrase counts", async () => {
  const denied = async (): Promise<never> => {
    throw new VaultError("LK-KEY-DAMAGED", "damaged");
  };
  await expect(start().try(denied)).rejects.toThrow(code("LK-KEY-DAMAGED"));
  expect(kept).toBeNull();
});

test("a full disk neither locks anyone out nor hides that the passphrase was wrong", async () => {
  await failTimes(4);
  isDiskFull = true;
  await expect(start().try(wrong)).rejects.toThrow(code("LK-KEY-PASSPHRASE-WRONG"));
  expect(await start().try(right)).toBe("open");
});

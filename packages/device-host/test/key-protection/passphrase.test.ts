/** The passphrase protector: the port's contract at a small cost, its own record, and once the cost that ships. */
import { randomBytes } from "node:crypto";
import { type CborValue, decodeCbor, encodeCbor } from "@latchkey/core/cbor/codec";
import { describe, expect, test } from "vitest";
import type { Argon2Cost } from "../../src/key-protection/argon2-cost.ts";
import { SHIPPED_COST } from "../../src/key-protection/argon2-node.ts";
import { createPassphraseProtector, encodePassphrase } from "../../src/key-protection/passphrase.ts";
// @boundaries-ignore the suites of test/contract are for every package
import { describeKeyProtector } from "../../../../test/contract/key-protector.ts";

const SMALL: Argon2Cost = { memoryKiB: 8, passes: 1, parallelism: 1 };
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const key = new Uint8Array(32).fill(5);
const code = (expected: string): object => expect.objectContaining({ code: expected });
const createProtector = (text: string, cost: Argon2Cost = SMALL) =>
  createPassphraseProtector({ passphrase: encodePassphrase(text), random, cost });

describeKeyProtector("a passphrase", async () => ({
  protector: createProtector("maple orbit lantern"),
  stranger: createProtector("maple orbit lanterns"),
}));

describe("a passphrase record", () => {
  test("ships with 256 MiB, 3 passes and 1 lane, and opens with them", async () => {
    const protector = createPassphraseProtector({ passphrase: encodePassphrase("copper violin"), random });
    const record = await protector.protect("signing", key);
    expect((decodeCbor(record) as CborValue[]).slice(0, 5)).toEqual([1, "argon2id", 262_144, 3, 1]);
    expect(SHIPPED_COST).toEqual({ memoryKiB: 262_144, passes: 3, parallelism: 1 });
    expect(await protector.release("signing", record)).toEqual(key);
  });

  test("opens with its own cost, whatever new ones are made with", async () => {
    const record = await createProtector("river", { memoryKiB: 64, passes: 2, parallelism: 2 }).protect(
      "signing",
      key,
    );
    expect(await createProtector("river").release("signing", record)).toEqual(key);
  });

  test("says that a passphrase is wrong", async () => {
    const record = await createProtector("river").protect("metadata", key);
    await expect(createProtector("River").release("metadata", record)).rejects.toThrow(
      code("LK-KEY-PASSPHRASE-WRONG"),
    );
  });

  const good: readonly CborValue[] = [1, "argon2id", 8, 1, 1, new Uint8Array(16), new Uint8Array(72)];
  test.for<[string, number, CborValue]>([
    ["an unknown version", 0, 2],
    ["an unknown algorithm", 1, "scrypt"],
    ["more memory than 1 GiB", 2, 1_048_577],
    ["less memory than a lane needs", 2, 7],
    ["more than 16 passes", 3, 17],
    ["no pass", 3, 0],
    ["more than 4 lanes", 4, 5],
    ["no lane", 4, 0],
    ["a short salt", 5, new Uint8Array(15)],
    ["a seal without room for a tag", 6, new Uint8Array(39)],
    ["a seal that is too long", 6, new Uint8Array(257)],
  ])("with %s is refused as damaged", async ([, field, value]) => {
    const protector = createProtector("river");
    await expect(protector.release("metadata", encodeCbor(good))).rejects.toThrow(
      code("LK-KEY-PASSPHRASE-WRONG"),
    );
    await expect(protector.release("metadata", encodeCbor(good.with(field, value)))).rejects.toThrow(
      code("LK-KEY-DAMAGED"),
    );
  });
});

describe("the bytes of a passphrase", () => {
  test.for([
    ["an accent in two pieces", "cafe\u0301", "caf\u00e9"],
    ["wide letters", "\uff52\uff49\uff56\uff45\uff52", "river"],
    ["a no-break space", "maple\u00a0orbit", "maple orbit"],
  ])("are the same for %s", ([, typed, plain]) => {
    expect(encodePassphrase(typed as string)).toEqual(encodePassphrase(plain as string));
  });

  test.for(["River", "river ", " river", "maple  orbit"])("keep %j as it is", (text) => {
    expect(Buffer.from(encodePassphrase(text)).toString()).toBe(text);
  });

  test.for([
    ["nothing", ""],
    ["1025 bytes", "x".repeat(1025)],
  ])("are refused for %s", ([, text]) => {
    expect(() => encodePassphrase(text as string)).toThrow(code("LK-KEY-PASSPHRASE-WRONG"));
  });
});

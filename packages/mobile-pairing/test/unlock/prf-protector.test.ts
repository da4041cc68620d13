/** The PRF protector keeps the key protector's contract, whatever authenticator gives its 32 bytes; Chromium's own is in test/app/phone-life.test.ts. */
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createPrfProtector } from "../../src/unlock/prf-protector.ts";
// @boundaries-ignore the suites of test/contract are for every package
import { describeKeyProtector } from "../../../../test/contract/key-protector.ts";

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const authenticator = (byte: number) => async () => new Uint8Array(32).fill(byte);

describeKeyProtector("WebAuthn's PRF", async () => ({
  protector: createPrfProtector(authenticator(1), random),
  stranger: createPrfProtector(authenticator(2), random),
}));

describe("one verification", () => {
  test("releases both tiers, and what the authenticator gave is wiped at the end", async () => {
    let asked = 0;
    const output = new Uint8Array(32).fill(3);
    const protector = createPrfProtector(async () => {
      asked++;
      return output;
    }, random);
    const key = new Uint8Array(32).fill(9);
    const record = await protector.protect("signing", key);
    expect(await protector.release("signing", record)).toEqual(key);
    expect(asked).toBe(1);
    protector.end();
    await Promise.resolve();
    expect(output).toEqual(new Uint8Array(32));
  });
});

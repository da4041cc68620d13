/** The keys of the tiers behind the Windows account and Windows Hello, both stood in for: the real ones are native. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { VaultError } from "@latchkey/core/errors";
import { describe, expect, test } from "vitest";
import { describeKeyProtector } from "./key-protector.ts";
import type { AccountSecrets } from "@latchkey/windows-provider/native/dpapi";
import type { HelloKey } from "@latchkey/windows-provider/native/hello";
import { createWindowsProtector } from "@latchkey/windows-provider/plugin/windows-protector";

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

function makeAccount(): AccountSecrets {
  const key = randomBytes(32);
  return {
    protect(secret, binding) {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(binding);
      return new Uint8Array(Buffer.concat([iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()]));
    },
    unprotect(blob, binding) {
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, blob.subarray(0, 12)).setAAD(binding);
        decipher.setAuthTag(blob.subarray(-16));
        return new Uint8Array(Buffer.concat([decipher.update(blob.subarray(12, -16)), decipher.final()]));
      } catch {
        return null;
      }
    },
  };
}

/** Signs the same way each time, as PKCS#1 v1.5 does. */
function makeHello(): HelloKey & { gestures: number } {
  const key = randomBytes(32);
  const hello = {
    gestures: 0,
    async sign(data: Uint8Array) {
      hello.gestures++;
      return new Uint8Array(createHmac("sha512", key).update(data).digest());
    },
  };
  return hello;
}

const makeProtector = (hello: HelloKey = makeHello()) =>
  createWindowsProtector({ secrets: makeAccount(), hello, random });

describeKeyProtector("Windows", async () => ({ protector: makeProtector(), stranger: makeProtector() }));

describe("the signing tier behind Windows Hello", () => {
  const key = random(32);

  test("opens with one gesture, and the metadata tier with none", async () => {
    const hello = makeHello();
    const protector = makeProtector(hello);
    const metadata = await protector.protect("metadata", key);
    expect(await protector.release("metadata", metadata)).toEqual(key);
    expect(hello.gestures).toBe(0);
    const signing = await protector.protect("signing", key);
    hello.gestures = 0;
    expect(await protector.release("signing", signing)).toEqual(key);
    expect(hello.gestures).toBe(1);
  });

  test("is not trusted to a key that signs differently each time", async () => {
    const protector = makeProtector({ sign: async () => random(256) });
    await expect(protector.protect("signing", key)).rejects.toMatchObject({ code: "LK-KEY-SECRET-REFUSED" });
  });

  test("stays closed when the person refuses", async () => {
    const hello = makeHello();
    const record = await makeProtector(hello).protect("signing", key);
    hello.sign = () => Promise.reject(new VaultError("LK-AUTH-DENIED", "refused"));
    await expect(makeProtector(hello).release("signing", record)).rejects.toMatchObject({
      code: "LK-AUTH-DENIED",
    });
  });

  test("stays closed to the key of a Hello that was set up anew", async () => {
    const record = await makeProtector().protect("signing", key);
    await expect(makeProtector().release("signing", record)).rejects.toMatchObject({
      code: "LK-KEY-DAMAGED",
    });
  });
});

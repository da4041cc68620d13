/** The keys of the tiers behind the Windows account and Windows Hello, both stood in for: the real ones are native. */
import { describe, expect, test } from "vitest";
import { describeKeyProtector } from "./key-protector.ts";
import type { HelloKey } from "@latchkey/windows-provider/native/hello";
import { createWindowsProtector } from "@latchkey/windows-provider/plugin/windows-protector";
import {
  createMemoryHello,
  makeAccount,
  type MemoryHello,
  random,
} from "@latchkey/windows-provider/test/memory-platform";

const makeProtector = (hello: HelloKey = createMemoryHello()) =>
  createWindowsProtector({ secrets: makeAccount(), hello, random });

describeKeyProtector("Windows", async () => ({ protector: makeProtector(), stranger: makeProtector() }));

describe("the signing tier behind Windows Hello", () => {
  const key = random(32);

  test("opens with one gesture, and the metadata tier with none", async () => {
    const hello = createMemoryHello();
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
    await expect(protector.protect("signing", key)).rejects.toMatchObject({ code: "LK-KEY-HELLO-UNFIT" });
  });

  test("stays closed when the person refuses", async () => {
    const hello = createMemoryHello();
    const record = await makeProtector(hello).protect("signing", key);
    hello.mood = "refuses";
    await expect(makeProtector(hello).release("signing", record)).rejects.toMatchObject({
      code: "LK-AUTH-DENIED",
    });
  });

  test.for([
    ["gone with the old one", (hello: MemoryHello) => hello.reset()],
    ["another one now", (hello: MemoryHello) => (hello.reset(), hello.sign(random(16), { make: true }))],
  ] as const)("stays closed when Windows Hello was set up anew, and its key is %s", async ([, set]) => {
    const hello = createMemoryHello();
    const protector = makeProtector(hello);
    const record = await protector.protect("signing", key);
    await set(hello);
    await expect(protector.release("signing", record)).rejects.toMatchObject({ code: "LK-KEY-HELLO-GONE" });
  });
});

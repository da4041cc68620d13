/** Keys of Windows Hello, the caller's side through vtables. */
import { createCancellation } from "@latchkey/core/authenticator/cancellation";
import { describe, expect, test } from "vitest";
import { HRESULT } from "../../src/native/hresult.ts";
import { openHelloKey } from "../../src/native/hello.ts";
import { createFakeHello } from "./fake-hello.ts";

const data = Uint8Array.from({ length: 16 }, (_, index) => index);

describe("a key of Windows Hello", () => {
  test("signs the same bytes the same way, other bytes and other keys another way", async () => {
    const winRt = createFakeHello();
    const key = openHelloKey(winRt, "Latchkey");
    const signature = await key.sign(data, { make: true });
    expect(signature).toHaveLength(64);
    expect(await key.sign(data)).toEqual(signature);
    expect(await key.sign(data.with(0, 9))).not.toEqual(signature);
    expect(await openHelloKey(winRt, "Other").sign(data, { make: true })).not.toEqual(signature);
    expect(winRt.live).toBe(0);
  });

  test("is made where it is to be made, and kept when it is there", async () => {
    const winRt = createFakeHello();
    const key = openHelloKey(winRt, "Latchkey");
    await expect(key.sign(data)).rejects.toMatchObject({ code: "LK-KEY-HELLO-GONE" });
    await key.sign(data, { make: true });
    const [made] = winRt.keys.values();
    await key.sign(data, { make: true });
    expect([...winRt.keys.values()]).toEqual([made]);
    expect(winRt.live).toBe(0);
  });

  test.for([
    ["cancels", 3, { code: "LK-AUTH-DENIED" }],
    ["wants a password", 4, { code: "LK-AUTH-DENIED" }],
    ["has lost the key", 2, { code: "LK-KEY-HELLO-GONE" }],
    ["has a locked device", 6, { hresult: HRESULT.notSupported }],
  ] as const)(
    "gives nothing when the person %s, and leaves no object behind",
    async ([, status, expected]) => {
      const winRt = createFakeHello();
      const key = openHelloKey(winRt, "Latchkey");
      await key.sign(data, { make: true });
      winRt.signStatus = status;
      await expect(key.sign(data)).rejects.toMatchObject(expected);
      expect(winRt.live).toBe(0);
    },
  );

  test("withdraws its prompt when the ceremony is cancelled", async () => {
    const winRt = createFakeHello();
    const key = openHelloKey(winRt, "Latchkey");
    await key.sign(data, { make: true });
    winRt.hangs = true;
    const cancellation = createCancellation();
    const signing = key.sign(data, { cancellation });
    cancellation.cancel();
    await expect(signing).rejects.toMatchObject({ hresult: HRESULT.userCancelled });
    expect([winRt.cancelled, winRt.live]).toEqual([1, 0]);
  });
});

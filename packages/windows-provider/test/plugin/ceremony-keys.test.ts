/** One prompt a ceremony, in every state of the signing tier. */
import { createCancellation, NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import type { KeyProtector, Tier } from "@latchkey/core/ports";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createCeremonyKeys } from "../../src/plugin/ceremony-keys.ts";
import { createUserVerification } from "../../src/plugin/user-verification.ts";
import { createMemoryPlugin } from "./memory-plugin.ts";

const KEEP_MS = 60_000;
const request = {
  window: 7,
  transactionId: new Uint8Array(16).fill(1),
  signature: new Uint8Array(),
  type: 1,
  encoded: Uint8Array.of(0xa0),
};
const sealed = Uint8Array.of(1);

function openKeys(keepMs: number) {
  const releases: Tier[] = [];
  const protector: KeyProtector = {
    protect: async (_, key) => key,
    async release(tier) {
      releases.push(tier);
      return new Uint8Array(32).fill(9);
    },
  };
  const verifyUser = vi.fn<() => Promise<void>>(async () => {});
  const keys = createCeremonyKeys({ protectorFor: () => protector, verifyUser, keepMs: async () => keepMs });
  const sign = async (): Promise<Uint8Array> => {
    const given = await keys.forCeremony(request, NEVER_CANCELLED)("sign in");
    return given.release("signing", sealed);
  };
  return { keys, releases, verifyUser, sign };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("a ceremony", () => {
  test("opens a closed tier with the protector's own prompt, and has no second one, every time", async () => {
    const { keys, releases, verifyUser, sign } = openKeys(0);
    await sign();
    await sign();
    expect(releases).toEqual(["signing", "signing"]);
    expect(verifyUser).not.toHaveBeenCalled();
    expect(keys.isOpen).toBe(false);
  });

  test("has Windows verify the person where the tier is kept open, and the protector prompts nobody", async () => {
    const { releases, verifyUser, sign } = openKeys(KEEP_MS);
    await sign();
    await sign();
    expect(releases).toEqual(["signing"]);
    expect(verifyUser).toHaveBeenCalledOnce();
  });

  test("gets a copy of a kept key: wiping it spoils nothing", async () => {
    const { sign } = openKeys(KEEP_MS);
    (await sign()).fill(0);
    expect(await sign()).toEqual(new Uint8Array(32).fill(9));
  });

  test("gets no key when Windows does not verify the person", async () => {
    const { verifyUser, sign } = openKeys(KEEP_MS);
    await sign();
    verifyUser.mockRejectedValueOnce(new Error("no"));
    await expect(sign()).rejects.toThrow("no");
  });

  test("finds the tier closed after its time, and after the vault was locked", async () => {
    const { keys, releases, sign } = openKeys(KEEP_MS);
    await sign();
    await vi.advanceTimersByTimeAsync(KEEP_MS);
    expect(keys.isOpen).toBe(false);
    await sign();
    keys.forget();
    await sign();
    expect(releases).toHaveLength(3);
  });
});

describe("a verification by Windows", () => {
  const words = { userName: "", hint: "" };

  test("that is cancelled leaves at once, and the next one waits until its prompt has gone", async () => {
    const plugin = createMemoryPlugin();
    const prompt = Promise.withResolvers<Uint8Array>();
    plugin.verify = () => prompt.promise;
    const verify = createUserVerification(plugin, new Uint8Array(16));
    const cancellation = createCancellation();
    const first = verify(request, words, cancellation);
    await vi.advanceTimersByTimeAsync(0);
    cancellation.cancel();
    await expect(first).rejects.toMatchObject({ code: "LK-AUTH-CANCELLED" });
    const second = verify(request, words, NEVER_CANCELLED).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(0);
    expect(plugin.calls.filter((call) => call === "verifyUser")).toHaveLength(1);
    prompt.resolve(new Uint8Array());
    await second;
    expect(plugin.calls.filter((call) => call === "verifyUser")).toHaveLength(2);
  });

  test("counts for nothing without a signature over the request", async () => {
    const plugin = createMemoryPlugin();
    const verify = createUserVerification(plugin, new Uint8Array(16));
    await expect(verify(request, words, NEVER_CANCELLED)).rejects.toThrow(/not signed for this request/);
  });
});

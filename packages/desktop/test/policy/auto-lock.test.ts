import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startAutoLock } from "../../src/policy/auto-lock.ts";

const MINUTE = 60_000;

/** Open from the start; what locks it tells. */
function makeHost() {
  const locks: (() => void)[] = [];
  const opens: (() => void)[] = [];
  const host = {
    onOpen: (listener: () => void) => {
      opens.push(listener);
      listener();
    },
    onLock: (listener: () => void) => void locks.push(listener),
    lock: vi.fn(async () => locks.forEach((listener) => listener())),
  };
  return { host, open: () => opens.forEach((listener) => listener()) };
}

describe("a vault that locks itself", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());
  const fail = (fault: unknown): void => {
    throw fault;
  };

  test("locks after the minutes, once, and again after it was opened", async () => {
    const { host, open } = makeHost();
    startAutoLock(host, 10, fail);
    await vi.advanceTimersByTimeAsync(10 * MINUTE - 1);
    expect(host.lock).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(host.lock).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(host.lock).toHaveBeenCalledOnce();
    open();
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(host.lock).toHaveBeenCalledTimes(2);
  });

  test("stays open while it is used, however long, and the time begins anew after", async () => {
    const { host } = makeHost();
    const autoLock = startAutoLock(host, 10, fail);
    await vi.advanceTimersByTimeAsync(9 * MINUTE);
    const { promise, resolve } = Promise.withResolvers<string>();
    const used = autoLock.using(() => promise);
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(host.lock).not.toHaveBeenCalled();
    resolve("done");
    expect(await used).toBe("done");
    await vi.advanceTimersByTimeAsync(10 * MINUTE - 1);
    expect(host.lock).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(host.lock).toHaveBeenCalledOnce();
  });

  test("gives a failure through, and its time begins anew after it too", async () => {
    const { host } = makeHost();
    const autoLock = startAutoLock(host, 1, fail);
    await expect(autoLock.using(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(host.lock).toHaveBeenCalledOnce();
    autoLock.stop();
  });
});

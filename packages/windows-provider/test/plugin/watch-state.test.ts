/** When the provider is switched on or off: by Windows' call, or by looking, and never twice for the same. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HRESULT } from "../../src/native/hresult.ts";
import { waitForChange, watchState } from "../../src/plugin/watch-state.ts";
import { createMemoryPlugin } from "./memory-plugin.ts";

const clsid = new Uint8Array(16);

beforeEach(() => vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => vi.useRealTimers());
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("the state of the registration", () => {
  test("is told when it changes, once, whether Windows calls or not", async () => {
    const plugin = createMemoryPlugin();
    plugin.state = "disabled";
    const told: string[] = [];
    const stop = watchState(plugin, clsid, (state) => told.push(state), 5_000);
    plugin.changed();
    await turn();
    expect(told).toEqual([]);
    plugin.state = "enabled";
    plugin.changed();
    await turn();
    vi.advanceTimersByTime(5_000);
    expect(told).toEqual(["enabled"]);
    plugin.state = null;
    vi.advanceTimersByTime(5_000);
    expect(told).toEqual(["enabled", "missing"]);
    stop();
    plugin.state = "disabled";
    plugin.changed();
    await turn();
    vi.advanceTimersByTime(5_000);
    expect(told).toEqual(["enabled", "missing"]);
  });

  test("is asked again after a remote session refused it, and without Windows' call", () => {
    const plugin = createMemoryPlugin();
    plugin.onStateChange = () => {
      throw Object.assign(new Error("x"), {});
    };
    expect(() => watchState(plugin, clsid, () => {})).toThrow("x");

    const other = createMemoryPlugin();
    other.state = "disabled";
    const told: string[] = [];
    watchState(other, clsid, (state) => told.push(state), 1_000);
    other.failNext("getState", HRESULT.notSupported);
    other.state = "enabled";
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual(["enabled"]);
  });

  test("is waited for, until it is another one or nobody waits", async () => {
    const plugin = createMemoryPlugin();
    plugin.state = "disabled";
    const aborted = new AbortController();
    const first = waitForChange(plugin, clsid, "disabled", aborted.signal);
    aborted.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    expect(await waitForChange(plugin, clsid, "missing", new AbortController().signal)).toBe("disabled");
    const second = waitForChange(plugin, clsid, "disabled", new AbortController().signal);
    plugin.state = "enabled";
    plugin.changed();
    expect(await second).toBe("enabled");
  });
});

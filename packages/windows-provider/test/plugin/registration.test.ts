/** Registration as a table of what Windows has, and what comes out. */
import { describe, expect, test } from "vitest";
import { CHANNELS } from "../../src/channel.ts";
import { HRESULT } from "../../src/native/hresult.ts";
import { makeAuthenticatorInfo } from "../../src/plugin/authenticator-info.ts";
import { readState, register, unregister } from "../../src/plugin/registration.ts";
import { createMemoryPlugin } from "./memory-plugin.ts";

const { clsid } = CHANNELS.stable;
const details = {
  clsid,
  name: "Latchkey",
  rpId: "example.com",
  lightLogo: "",
  darkLogo: "",
  info: new Uint8Array(),
};

describe("registering", () => {
  test.for<["disabled" | "enabled" | null, readonly string[], "disabled" | "enabled"]>([
    [null, ["getState", "add"], "disabled"],
    ["disabled", ["getState", "update", "getState"], "disabled"],
    ["enabled", ["getState", "update", "getState"], "enabled"],
  ])("where Windows has %s", async ([state, calls, expected]) => {
    const plugin = createMemoryPlugin();
    plugin.state = state;
    expect(await register(plugin, details)).toBe(expected);
    expect(plugin.calls).toEqual(calls);
  });

  test("updates where another process was quicker, and never removes", async () => {
    const plugin = createMemoryPlugin();
    plugin.getState = () => null;
    plugin.state = "enabled";
    expect(await register(plugin, details)).toBe("disabled");
    expect(plugin.calls).toEqual(["add", "update"]);
  });

  test.for([HRESULT.noPackage, HRESULT.notSupported, HRESULT.notImplemented])(
    "passes %i on",
    async (hresult) => {
      const plugin = createMemoryPlugin();
      plugin.failNext("add", hresult);
      await expect(register(plugin, details)).rejects.toMatchObject({ hresult });
    },
  );
});

test("unregistering takes the passkeys out first, and is content with nothing there", () => {
  const plugin = createMemoryPlugin();
  plugin.state = "enabled";
  unregister(plugin, clsid);
  unregister(plugin, clsid);
  expect(plugin.calls).toEqual(["removeAllCredentials", "remove", "removeAllCredentials", "remove"]);
  expect(readState(plugin, clsid)).toBe("missing");
});

test("channels have different class ids, names and AAGUIDs", () => {
  const channels = Object.values(CHANNELS);
  expect(new Set(channels.map(({ clsidText }) => clsidText)).size).toBe(channels.length);
  expect(new Set(channels.map(({ name }) => name)).size).toBe(channels.length);
  expect(new Set(channels.map(({ aaguid }) => Buffer.from(aaguid).toString("hex"))).size).toBe(
    channels.length,
  );
  expect(channels.map(({ aaguid }) => aaguid.length)).toEqual([16, 16]);
});

test("what is registered is core's own description, cut to what Windows passes on", () => {
  const hex = Buffer.from(makeAuthenticatorInfo(CHANNELS.stable.aaguid)).toString("hex");
  // Microsoft's sample has these bytes up to the algorithms, but for the AAGUID.
  expect(hex).toMatch(
    /^a60182684649444f5f325f30684649444f5f325f310282637072666b686d61632d7365637265740350.{32}04a362726bf5627570f5627576f5098168696e7465726e616c0a82a263616c672664747970656a7075626c69632d6b6579a263616c6739010064747970656a7075626c69632d6b6579$/,
  );
});

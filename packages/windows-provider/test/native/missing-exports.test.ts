/** A Windows that exports less: what is missing is named, and every call says that it is not there instead of crashing. */
import { describe, expect, test } from "vitest";
import { HRESULT } from "../../src/native/hresult.ts";
import type { ExportFinder } from "../../src/native/plugin-exports.ts";
import type { NativeFunction } from "../../src/native/system-library.ts";
import { findMissingExports, openWebAuthnPlugin } from "../../src/native/webauthn-dll.ts";

const clsid = new Uint8Array(16);
const details = { clsid, name: "a", rpId: "b", lightLogo: "", darkLogo: "", info: new Uint8Array() };
const request = { window: 1, transactionId: clsid, userName: "", hint: "" };
const fault = (error: unknown): never => {
  throw error;
};

describe("a Windows without webauthn.dll's plugin functions", () => {
  const plugin = openWebAuthnPlugin(fault, null);

  test("is told by the functions that it lacks", () => {
    expect(findMissingExports(null)).toHaveLength(4);
    const some: ExportFinder = { find: (name) => (/State|Add/.test(name) ? ((() => 0) as never) : null) };
    expect(findMissingExports(some)).toEqual([
      "WebAuthNPluginPerformUserVerification",
      "WebAuthNPluginGetOperationSigningPublicKey",
    ]);
  });

  test.for<[string, () => unknown]>([
    ["state", () => plugin.getState(clsid)],
    ["registration", () => plugin.add(details)],
    ["update", () => plugin.update(details)],
    ["removal", () => plugin.remove(clsid)],
    ["notice", () => plugin.onStateChange(clsid, () => {})],
    ["list", () => plugin.listCredentials(clsid)],
    ["verification", () => plugin.verifyUser(request)],
    ["count", () => plugin.countVerifications(clsid)],
    ["key for requests", () => plugin.getOperationKey(clsid)],
    ["key of verifications", () => plugin.getVerificationKey(clsid)],
  ])("answers each question for the %s with E_NOTIMPL", async ([, ask]) => {
    await expect((async () => ask())()).rejects.toMatchObject({ hresult: HRESULT.notImplemented });
  });
});

describe("a function with a successor", () => {
  const calls: string[] = [];
  const open = (results: Readonly<Record<string, number>>) => {
    calls.length = 0;
    const find: ExportFinder["find"] = (name) => {
      const result = results[name];
      if (result === undefined) return null;
      const called = (): number => (calls.push(name), result);
      return called as unknown as NativeFunction;
    };
    return openWebAuthnPlugin(fault, { find });
  };
  const [UPDATE, UPDATE_2] = [
    "WebAuthNPluginUpdateAuthenticatorDetails",
    "WebAuthNPluginUpdateAuthenticatorDetails2",
  ] as const;

  test("is asked where the successor is missing", async () => {
    await open({ [UPDATE]: HRESULT.ok }).update(details);
    expect(calls).toEqual([UPDATE]);
  });

  test("is asked where the successor is a stub, which is not asked a second time", async () => {
    const plugin = open({ [UPDATE]: HRESULT.ok, [UPDATE_2]: HRESULT.notImplemented });
    await plugin.update(details);
    await plugin.update(details);
    expect(calls).toEqual([UPDATE_2, UPDATE, UPDATE]);
  });

  test("is not asked where the successor answers, whatever it answers", async () => {
    const plugin = open({ [UPDATE]: HRESULT.ok, [UPDATE_2]: HRESULT.notFound });
    await expect(plugin.update(details)).rejects.toMatchObject({ hresult: HRESULT.notFound });
    expect(calls).toEqual([UPDATE_2]);
  });
});

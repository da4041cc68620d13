/** Windows' list of passkeys kept equal to the vault's, by difference. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HRESULT } from "../../src/native/hresult.ts";
import {
  type ListedPasskey,
  NO_NAME,
  syncCredentialCache,
  toCachedCredential,
} from "../../src/plugin/credential-cache.ts";
import { createMemoryPlugin } from "./memory-plugin.ts";

const clsid = new Uint8Array(16);

const passkey = (id: number, change: Partial<ListedPasskey> = {}): ListedPasskey => ({
  credentialId: new Uint8Array(32).fill(id),
  rpId: "example.com",
  rpName: "Example",
  userHandle: Uint8Array.of(id + 1),
  userName: `user-${id}`,
  userDisplayName: `User ${id}`,
  ...change,
});

describe("a listed passkey", () => {
  test.for<[string, Partial<ListedPasskey>, object]>([
    ["without a site's name", { rpName: null }, { rpName: "example.com" }],
    ["without a display name", { userDisplayName: "" }, { userDisplayName: "user-1" }],
    ["with a display name alone", { userName: null }, { userName: "User 1", userDisplayName: "User 1" }],
    [
      "without any name",
      { userName: null, userDisplayName: " " },
      { userName: NO_NAME, userDisplayName: NO_NAME },
    ],
    ["with a NUL in its name", { userName: "a\0b" }, { userName: "ab" }],
  ])("%s has something in every field", ([, change, expected]) => {
    expect(toCachedCredential(passkey(1, change))).toMatchObject(expected);
  });

  test.for<[string, Partial<ListedPasskey>]>([
    ["an id of 15 bytes", { credentialId: new Uint8Array(15) }],
    ["an id of 1024 bytes", { credentialId: new Uint8Array(1024) }],
    ["no user handle", { userHandle: new Uint8Array() }],
    ["a user handle of 65 bytes", { userHandle: new Uint8Array(65) }],
    ["no site", { rpId: "" }],
  ])("with %s is left out, for Windows would refuse the batch", ([, change]) => {
    expect(toCachedCredential(passkey(1, change))).toBeNull();
  });
});

describe("the list", () => {
  test("is left alone when nothing has changed", () => {
    const plugin = createMemoryPlugin();
    syncCredentialCache(plugin, clsid, [passkey(1), passkey(2)]);
    plugin.calls.length = 0;
    expect(syncCredentialCache(plugin, clsid, [passkey(2), passkey(1)])).toEqual({ added: 0, removed: 0 });
    expect(plugin.calls).toEqual(["listCredentials"]);
  });

  test("loses what is gone and takes what is new or renamed, and nothing else is touched", () => {
    const plugin = createMemoryPlugin();
    syncCredentialCache(plugin, clsid, [passkey(1), passkey(2), passkey(3)]);
    const change = syncCredentialCache(plugin, clsid, [
      passkey(2),
      passkey(3, { userName: "renamed" }),
      passkey(4),
    ]);
    expect(change).toEqual({ added: 2, removed: 2 });
    expect([...plugin.cache.values()].map(({ userName }) => userName).sort()).toEqual([
      "renamed",
      "user-2",
      "user-4",
    ]);
  });

  test("is never emptied, and never asked to change by nothing", () => {
    const plugin = createMemoryPlugin();
    syncCredentialCache(plugin, clsid, []);
    expect(plugin.calls).toEqual(["listCredentials"]);
  });

  test("takes each of a batch by itself when Windows has one of them already", () => {
    const plugin = createMemoryPlugin();
    plugin.failNext("addCredentials", HRESULT.exists);
    syncCredentialCache(plugin, clsid, [passkey(1), passkey(2)]);
    expect(plugin.cache.size).toBe(2);
  });

  test("loses a whole batch, also when Windows misses one of it", () => {
    const plugin = createMemoryPlugin();
    syncCredentialCache(plugin, clsid, [passkey(1), passkey(2)]);
    plugin.failNext("removeCredentials", HRESULT.notFound);
    syncCredentialCache(plugin, clsid, []);
    expect(plugin.cache.size).toBe(0);
  });

  test("is old or new for each passkey, whenever it is interrupted, and whole after the next time", () => {
    const ids = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 150 });
    fc.assert(
      fc.property(ids, ids, fc.constantFrom("addCredentials", "removeCredentials"), (before, after, call) => {
        const plugin = createMemoryPlugin();
        syncCredentialCache(
          plugin,
          clsid,
          before.map((id) => passkey(id)),
        );
        plugin.failNext(call, HRESULT.fail);
        const sync = () =>
          syncCredentialCache(
            plugin,
            clsid,
            after.map((id) => passkey(id, { userName: `new-${id}` })),
          );
        try {
          sync();
        } catch {
          // Interrupted.
        }
        // What was not reached the first time has not used up its failure yet.
        try {
          sync();
        } catch {
          sync();
        }
        expect([...plugin.cache.values()].map(({ userName }) => userName).sort()).toEqual(
          after.map((id) => `new-${id}`).sort(),
        );
      }),
      { numRuns: process.env["SLOW"] === "1" ? 1_000 : 50 },
    );
  });
});

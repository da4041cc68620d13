/** Where the vault is by default. */
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { deriveDefaultVaultPath, resolveVaultPath } from "../../src/cli/vault-path.ts";

test.for([
  ["linux", {}, "/home/ana", "/home/ana/.local/share/latchkey/vault.latchkey"],
  ["linux", { XDG_DATA_HOME: "/data" }, "/home/ana", "/data/latchkey/vault.latchkey"],
  ["linux", { XDG_DATA_HOME: "" }, "/home/ana", "/home/ana/.local/share/latchkey/vault.latchkey"],
  ["linux", { XDG_DATA_HOME: "data" }, "/home/ana", "/home/ana/.local/share/latchkey/vault.latchkey"],
  [
    "darwin",
    { XDG_DATA_HOME: "/data" },
    "/Users/ana",
    "/Users/ana/Library/Application Support/Latchkey/vault.latchkey",
  ],
  ["win32", { LOCALAPPDATA: "D:\\Local" }, "C:\\Users\\ana", "D:\\Local\\Latchkey\\vault.latchkey"],
  ["win32", {}, "C:\\Users\\ana", "C:\\Users\\ana\\AppData\\Local\\Latchkey\\vault.latchkey"],
] as const)("on %s with %j it is under %s", ([platform, env, home, path]) => {
  expect(deriveDefaultVaultPath(platform, env, home)).toBe(path);
});

test("--vault wins over LATCHKEY_VAULT, which wins over the default", () => {
  expect(resolveVaultPath("a", { LATCHKEY_VAULT: "b" })).toBe(resolve("a"));
  expect(resolveVaultPath(undefined, { LATCHKEY_VAULT: "b" })).toBe(resolve("b"));
  expect(resolveVaultPath(undefined, { LATCHKEY_VAULT: "" })).toMatch(/vault\.latchkey$/);
});

/**
 * A vault file that is there whole or not at all: made and filled under another name, then renamed. A crash in between leaves only the
 * unfinished one, which the next attempt takes away.
 */
import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import { VaultError } from "@latchkey/core/errors";
import { syncFolder } from "../vault-file/private-file.ts";
import { createVaultFile } from "../vault-file/vault-file.ts";

/** Throws `LK-VAULT-EXISTS` and what `createVaultFile` and `fill` throw. */
export async function makeVaultFile(
  path: string,
  fill: (store: DeviceStore) => Promise<void>,
): Promise<void> {
  if (existsSync(path)) throw new VaultError("LK-VAULT-EXISTS", `${path} exists already`);
  const unfinished = `${path}.unfinished`;
  const remove = (suffixes: readonly string[]): void => {
    for (const suffix of suffixes) rmSync(unfinished + suffix, { force: true });
  };
  remove(["", "-wal", "-journal"]);
  const store = createVaultFile(unfinished);
  try {
    await fill(store);
    await store.close();
    renameSync(unfinished, path);
    syncFolder(dirname(path));
  } catch (error) {
    await store.close();
    throw error;
  } finally {
    remove(["", "-wal", "-journal", ".lock"]);
  }
}

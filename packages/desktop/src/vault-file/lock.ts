/**
 * Two processes never write one vault. Who has it open holds an exclusive lock on `<vault>.lock`, an SQLite file that stays empty.
 * The lock is the operating system's (`fcntl` on POSIX, `LockFileEx` on Windows, both taken by SQLite; Node itself has neither): it
 * ends with the process, however that ends, so nothing is ever left to clean up. The empty file stays.
 */
import { DatabaseSync } from "node:sqlite";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import { makePrivateFile } from "./private-file.ts";
import { withFileErrors } from "./sqlite-error.ts";

export interface VaultLock {
  release(): void;
}

/** Takes the lock of the vault at `vaultPath`, or throws `LK-VAULT-IN-USE` at once: nobody waits for another process. */
export function takeVaultLock(vaultPath: string): VaultLock {
  const path = `${vaultPath}.lock`;
  try {
    return withFileErrors(path, () => {
      makePrivateFile(path);
      const database = new DatabaseSync(path, { timeout: 0 });
      try {
        database.exec("BEGIN EXCLUSIVE");
      } catch (error) {
        database.close();
        throw error;
      }
      return { release: () => database.close() };
    });
  } catch (error) {
    if (isVaultError(error, "LK-VAULT-IN-USE")) {
      throw new VaultError("LK-VAULT-IN-USE", `vault ${vaultPath} is open in another process`, {
        cause: error,
      });
    }
    if (isVaultError(error, "LK-VAULT-NOT-A-VAULT")) {
      throw new VaultError("LK-VAULT-FILE", `lock file ${path} holds something else`, { cause: error });
    }
    throw error;
  }
}

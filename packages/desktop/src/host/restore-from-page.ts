/** Using a recovery page on this machine: `device-host/restore-from-page.ts` does it, the vault becomes a file. */
import { existsSync } from "node:fs";
import { type RestorePlan, type Restored, restoreFromPage } from "@latchkey/device-host/restore-from-page";
import { createNativeCredentialCrypto } from "../credential-crypto.ts";
import { readPieces } from "./finished-file.ts";
import { makeVaultFile } from "./new-vault-file.ts";
import { systemClock, systemRandom } from "./vault-host.ts";

export type FilePlan = Omit<RestorePlan, "deps" | "hasVault" | "makeStore" | "backup"> & {
  /** Where the vault file is to be. */
  readonly path: string;
  /** A backup file, or `null`. */
  readonly backup: string | null;
};

/** Throws what `restoreFromPage` and `makeVaultFile` throw; then there is no vault file. */
export const restoreFile = ({ path, backup, ...plan }: FilePlan): Promise<Restored> =>
  restoreFromPage({
    ...plan,
    deps: { random: systemRandom, clock: systemClock, crypto: createNativeCredentialCrypto() },
    hasVault: existsSync(path),
    makeStore: (fill) => makeVaultFile(path, fill),
    backup: backup === null ? null : readPieces(backup),
  });

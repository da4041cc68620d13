/** A new vault file out of a backup file (`core/recovery/found-from-archive.ts`). */
import { VaultError, isVaultError } from "@latchkey/core/errors";
import { deriveBackupKems } from "@latchkey/core/archive/backup-keys";
import { wipe } from "@latchkey/core/crypto/wipe";
import type { KeyProtector } from "@latchkey/core/ports";
import { foundFromArchive } from "@latchkey/core/recovery/found-from-archive";
import {
  type ArchivedRoots,
  type LastLog,
  openRootsWithPage,
  openWithPassphrase,
  readLastLog,
} from "@latchkey/core/recovery/open-archive";
import { stretchAgain } from "@latchkey/device-host/key-protection/stretch-passphrase";
import { createNativeCredentialCrypto } from "../credential-crypto.ts";
import { readPieces } from "./finished-file.ts";
import { makeVaultFile } from "./new-vault-file.ts";
import { systemClock, systemRandom } from "./vault-host.ts";

export interface BackupPlan {
  /** Where the new vault file is to be. */
  readonly path: string;
  readonly file: string;
  readonly key: { readonly page: Uint8Array } | { readonly passphrase: string };
  readonly name: string;
  readonly platform: string;
  readonly protector: KeyProtector;
}

/** Throws what `makeVaultFile`, `readLastLog` and `foundFromArchive` throw, `LK-RECOVERY-BACKUP` when the key does not open it; then there is no vault. */
export async function restoreBackup(plan: BackupPlan): Promise<{ readonly passkeys: number }> {
  const { name, platform } = plan;
  const log = await readLastLog(readPieces(plan.file));
  const roots =
    "page" in plan.key
      ? openRootsWithPage(log, plan.key.page)
      : await tryPassphrase(log, plan.key.passphrase);
  const deps = { random: systemRandom, clock: systemClock, crypto: createNativeCredentialCrypto() };
  let passkeys = 0;
  await makeVaultFile(plan.path, async (store) => {
    ({ passkeys } = await foundFromArchive(log, roots, { ...deps, store }, plan.protector, {
      name,
      platform,
    }));
  });
  wipe(roots.metadataRoot);
  return { passkeys };
}

async function tryPassphrase(log: LastLog, passphrase: string): Promise<ArchivedRoots> {
  for (const slot of log.keys?.passphrases ?? []) {
    const kems = deriveBackupKems(await stretchAgain(passphrase, slot));
    try {
      return openWithPassphrase(log, slot, kems);
    } catch (error) {
      if (!isVaultError(error, "LK-RECOVERY-BACKUP")) throw error;
    } finally {
      wipe(kems.metadata.secretKey, kems.signing.secretKey);
    }
  }
  throw new VaultError("LK-RECOVERY-BACKUP", "no passphrase of this backup is the one that was given");
}

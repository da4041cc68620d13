/** A passphrase for a backup as 32 bytes (`core/archive/backup-keys.ts`): Argon2id at what ships, or at what a file says, within the bounds of its reader. */
import { BACKUP_SALT_BYTES, type PassphraseParameters } from "@latchkey/core/archive/backup-keys";
import { wipe } from "@latchkey/core/crypto/wipe";
import type { Random } from "@latchkey/core/ports";
import { runArgon2id, SHIPPED_COST } from "#argon2";
import { encodePassphrase } from "./passphrase.ts";

/** With a salt of its own. The caller wipes what was stretched. */
export async function stretchPassphrase(
  text: string,
  random: Random,
): Promise<{ readonly parameters: PassphraseParameters; readonly stretched: Uint8Array }> {
  const { memoryKiB: memory, passes, parallelism: lanes } = SHIPPED_COST;
  const parameters = { memory, passes, lanes, salt: random(BACKUP_SALT_BYTES) };
  return { parameters, stretched: await stretchAgain(text, parameters) };
}

/** The same bytes again. Throws `LK-KEY-PASSPHRASE-WRONG` for none, or one that is too long. */
export async function stretchAgain(
  text: string,
  { memory, passes, lanes, salt }: PassphraseParameters,
): Promise<Uint8Array> {
  const passphrase = encodePassphrase(text);
  try {
    return await runArgon2id(passphrase, salt, { memoryKiB: memory, passes, parallelism: lanes });
  } finally {
    wipe(passphrase);
  }
}

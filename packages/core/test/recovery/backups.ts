/** Backups for tests: their pieces, and a passphrase that costs nothing. */
import { deriveBackupKems } from "../../src/archive/backup-keys.ts";
import { encodeUtf8 } from "../../src/bytes/text.ts";
import { sha256 } from "../../src/crypto/sha256.ts";
import type { Device } from "../../src/device/device.ts";
import { exportLog } from "../../src/device/export-log.ts";
import type { Random } from "../../src/ports.ts";
import {
  type BackupPassphrase,
  makeBackupKeys,
  makeBackupPassphrase,
} from "../../src/recovery/backup-settings.ts";

/** Of a backup that is made now. */
export async function* piecesOf(device: Device, passphrase: BackupPassphrase | null) {
  yield* exportLog(device, await makeBackupKeys(device, passphrase));
}

/** Stretched by a hash: how Argon2id does it is the host's matter and tested there. */
export function makeBackupPassphraseFor(text: string, random: Random) {
  const parameters = { memory: 1_024, passes: 1, lanes: 1, salt: random(16) };
  const stretched = sha256(encodeUtf8(text));
  const kems = deriveBackupKems(stretched);
  return { passphrase: makeBackupPassphrase(parameters, stretched), kems };
}

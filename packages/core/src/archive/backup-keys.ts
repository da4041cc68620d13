/**
 * What makes a backup of an archive (`archive-record.ts`): keys before the logs, by which a passphrase opens it, or a recovery page that is younger than the
 * epoch. They stand in a log of their own, so that the form of an archive stays the same: readers that have no root for a log pass it over.
 *
 *   key log    = the archive's first log: log id 16 zeros, no seals, keys in the place of the sealed epoch, one part: one zero byte
 *   keys       = [1, log id(16), [slot, …]]                                            of the last log
 *   slot       = [1, member record hash(32), metadata seal of M, signing seal of S or null]
 *   slot       = [2, memory in KiB, passes, lanes, salt(16), metadata seal of M, signing seal of S or null]
 *   KEM seed   = KDF(Argon2id of the passphrase(32), key-backup, [which])              which: "metadata-kem" or "secret-kem"
 *
 * Seals as in an epoch record (§ 6); in the place of a member's record hash a passphrase has H(backup-slot, memory, passes, lanes, salt).
 */
import { equalBytes } from "../bytes/equal.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { deriveKey, hash, HASH_BYTES } from "../crypto/hash.ts";
import { deriveKemKeyPair, KEM_SEED_BYTES, type KemKeyPair } from "../crypto/kem.ts";
import { LABELS } from "../crypto/labels.ts";
import { VaultError } from "../errors.ts";
import { LOG_ID_BYTES } from "../log/entry.ts";
import type { EpochSeal } from "../membership/epoch-record.ts";
import { ROOT_SEAL_BYTES } from "../membership/seal.ts";
import type { ArchiveRecord } from "./archive-record.ts";

const VERSION = 1;
const KEY_LOG_ID: Uint8Array = new Uint8Array(LOG_ID_BYTES);
const MAX_SLOTS = 16;
export const BACKUP_SALT_BYTES = 16;
const SLOTS = { member: 1, passphrase: 2 } as const;

/** How a passphrase becomes 32 bytes: Argon2id, version 1.3. */
export interface PassphraseParameters {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
  readonly salt: Uint8Array;
}

export interface PassphraseSlot extends PassphraseParameters {
  readonly metadata: Uint8Array;
  readonly signing: Uint8Array | null;
}

export interface BackupKeys {
  /** Of the log that they open. */
  readonly logId: Uint8Array;
  /** Members whose seals the epoch's record does not have. */
  readonly members: readonly EpochSeal[];
  readonly passphrases: readonly PassphraseSlot[];
}

export const isKeyLogId = (logId: Uint8Array): boolean => equalBytes(logId, KEY_LOG_ID);

/** The two key pairs of a passphrase, from the 32 bytes that Argon2id made of it. */
export function deriveBackupKems(stretched: Uint8Array): {
  readonly metadata: KemKeyPair;
  readonly signing: KemKeyPair;
} {
  const pair = (which: string): KemKeyPair =>
    deriveKemKeyPair(deriveKey(stretched, LABELS.backupKeys, [which], KEM_SEED_BYTES));
  return { metadata: pair("metadata-kem"), signing: pair("secret-kem") };
}

/** What stands for a member's record hash in a passphrase's seals: parameters that were changed open nothing. */
export const nameSlot = ({ memory, passes, lanes, salt }: PassphraseParameters): Uint8Array =>
  hash(LABELS.backupSlot, memory, passes, lanes, salt);

/** The records of the key log. */
export function listKeyRecords(keys: BackupKeys): ArchiveRecord[] {
  const slots: CborValue[] = [
    ...keys.members.map(({ member, metadata, signing }) => [SLOTS.member, member, metadata, signing]),
    ...keys.passphrases.map(({ memory, passes, lanes, salt, metadata, signing }) => [
      SLOTS.passphrase,
      memory,
      passes,
      lanes,
      salt,
      metadata,
      signing,
    ]),
  ];
  const sealedEpoch = encodeCbor([VERSION, keys.logId, slots]);
  return [
    { is: "log", logId: KEY_LOG_ID, seals: [], sealedEpoch },
    { is: "part", bytes: new Uint8Array(1) },
  ];
}

/** Throws `LK-EXPORT-DAMAGED`, also for keys of a later version. */
export function readBackupKeys(bytes: Uint8Array): BackupKeys {
  return readStructure("LK-EXPORT-DAMAGED", bytes, (value) => {
    const fields = new Fields(value, "backup keys", 3);
    const version = fields.uint("version");
    if (version !== VERSION)
      throw new VaultError("LK-EXPORT-DAMAGED", `backup keys of version ${version}, known ${VERSION}`);
    const logId = fields.bytes("log id", LOG_ID_BYTES);
    const members: EpochSeal[] = [];
    const passphrases: PassphraseSlot[] = [];
    fields.list("slots", MAX_SLOTS, (item) => {
      const isMember = Array.isArray(item) && item[0] === SLOTS.member;
      const slot = new Fields(item, "backup slot", isMember ? 4 : 7);
      slot.uint("kind", SLOTS.passphrase);
      if (isMember) members.push({ member: slot.bytes("record hash", HASH_BYTES), ...readSeals(slot) });
      else passphrases.push({ ...readParameters(slot), ...readSeals(slot) });
    });
    return { logId, members, passphrases };
  });
}

const readSeals = (slot: Fields): Pick<EpochSeal, "metadata" | "signing"> => ({
  metadata: slot.bytes("metadata seal", ROOT_SEAL_BYTES),
  signing: slot.optional((f) => f.bytes("signing seal", ROOT_SEAL_BYTES)),
});

/** Bounds as for the passphrase of a vault: whoever wrote the file does not decide how much memory is taken. */
function readParameters(slot: Fields): PassphraseParameters {
  return {
    memory: slot.uint("memory", 1_048_576),
    passes: slot.uint("passes", 16),
    lanes: slot.uint("lanes", 4),
    salt: slot.bytes("salt", BACKUP_SALT_BYTES),
  };
}

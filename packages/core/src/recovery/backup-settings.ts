/**
 * How this device makes backups: a matter of the device, for the folder is on its disk. With what a passphrase needs so that backups can be made without it:
 * the public keys that it leads to, and the signing root's seal, which is made at a user verification.
 *
 *   row  meta / "backup" = sealed [1, folder, hours between, copies kept, passphrase or null, [made ms, file, passkeys] or null]
 *   passphrase = [memory in KiB, passes, lanes, salt(16), metadata KEM key(1216), secret KEM key(1216), [log id(16), signing seal] or null]
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import {
  BACKUP_SALT_BYTES,
  type BackupKeys,
  deriveBackupKems,
  nameSlot,
  type PassphraseParameters,
  type PassphraseSlot,
} from "../archive/backup-keys.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { KEM_PUBLIC_KEY_BYTES } from "../crypto/kem.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Device } from "../device/device.ts";
import { findRoot } from "../device/epoch-root.ts";
import type { SigningTier } from "../device/tiers.ts";
import { LOG_ID_BYTES } from "../log/entry.ts";
import type { EpochSeal } from "../membership/epoch-record.ts";
import { ROOT_SEAL_BYTES, sealRoot } from "../membership/seal.ts";
import { findPageSeals } from "./page-seals.ts";
import { listPages } from "./page-setting.ts";

const VERSION = 1;
const KEY = encodeUtf8("backup");
const MAX_PATH_LENGTH = 4_096;
const MAX_HOURS = 8_760;
const MAX_COPIES = 1_000;

/** A passphrase that backups open with, as the device knows it: not at all. */
export interface BackupPassphrase extends PassphraseParameters {
  readonly metadataKem: Uint8Array;
  readonly secretKem: Uint8Array;
  /** `S` of one log, sealed to it. */
  readonly signing: { readonly logId: Uint8Array; readonly seal: Uint8Array } | null;
}

export interface BackupSettings {
  /** An absolute path. */
  readonly folder: string;
  /** 0: only when asked for. */
  readonly hours: number;
  readonly copies: number;
  readonly passphrase: BackupPassphrase | null;
  /** The latest that went well. */
  readonly latest: { readonly madeAt: number; readonly file: string; readonly passkeys: number } | null;
}

export async function readBackupSettings({ deps, context }: Device): Promise<BackupSettings | null> {
  const row = await deps.store.get("meta", KEY);
  const plaintext = row === null ? null : context.rows.open("meta", row);
  if (plaintext === null) return null;
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "backup row", 6);
    fields.uint("version", VERSION);
    return {
      folder: fields.text("folder", MAX_PATH_LENGTH),
      hours: fields.uint("hours", MAX_HOURS),
      copies: fields.uint("copies", MAX_COPIES),
      passphrase: fields.optional((f) => readPassphrase(f.value())),
      latest: fields.optional((f) => {
        const latest = new Fields(f.value(), "latest backup", 3);
        const madeAt = latest.uint("made");
        return { madeAt, file: latest.text("file", MAX_PATH_LENGTH), passkeys: latest.uint("passkeys") };
      }),
    };
  });
}

export function writeBackupSettings(device: Device, settings: BackupSettings | null): Promise<void> {
  const { rows } = device.context;
  if (settings === null) return device.commit([{ table: "meta", key: KEY, value: null }]);
  const { folder, hours, copies, passphrase, latest } = settings;
  const content = encodeCbor([
    VERSION,
    folder,
    hours,
    copies,
    passphrase === null ? null : encodePassphraseKeys(passphrase),
    latest === null ? null : [latest.madeAt, latest.file, latest.passkeys],
  ]);
  return device.commit([rows.seal("meta", KEY, content)]);
}

/** From the 32 bytes that Argon2id made of a passphrase, which are wiped. */
export function makeBackupPassphrase(
  parameters: PassphraseParameters,
  stretched: Uint8Array,
): BackupPassphrase {
  const { metadata, signing } = deriveBackupKems(stretched);
  wipe(stretched, metadata.secretKey, signing.secretKey);
  return { ...parameters, metadataKem: metadata.publicKey, secretKem: signing.publicKey, signing: null };
}

/** The same with the present epoch's signing root sealed to it; itself where there is nothing to do. */
export function sealSigningRoot(
  device: Device,
  passphrase: BackupPassphrase,
  signing: SigningTier,
): BackupPassphrase {
  const { logId } = device.context.epoch;
  const root = findRoot(signing.roots, logId);
  if (root === null || (passphrase.signing !== null && equalBytes(passphrase.signing.logId, logId)))
    return passphrase;
  const place = { logId, member: nameSlot(passphrase), root: "S" } as const;
  const seal = sealRoot(passphrase.secretKem, place, root.root, device.deps.random);
  return { ...passphrase, signing: { logId, seal } };
}

/** After a user verification: the next backup opens whole. */
export async function renewBackupSeals(device: Device, signing: SigningTier): Promise<void> {
  const settings = await readBackupSettings(device);
  if (settings === null || settings.passphrase === null) return;
  const passphrase = sealSigningRoot(device, settings.passphrase, signing);
  if (passphrase !== settings.passphrase) await writeBackupSettings(device, { ...settings, passphrase });
}

/** What goes before the logs of a backup that is made now; `null` where the epoch's own seals are enough. */
export async function makeBackupKeys(
  device: Device,
  passphrase: BackupPassphrase | null,
): Promise<BackupKeys | null> {
  const { logId } = device.context.epoch;
  const members: EpochSeal[] = [];
  for (const { member } of listPages(device)) {
    const isNamed = device.epoch.record.seals.some(
      (seal) => member !== null && equalBytes(seal.member, member.hash),
    );
    const seals = member === null || isNamed ? null : await findPageSeals(device, member.hash);
    if (seals !== null) members.push(seals);
  }
  const passphrases = passphrase === null ? [] : [makeSlot(device, passphrase)];
  return members.length + passphrases.length === 0 ? null : { logId, members, passphrases };
}

function makeSlot(device: Device, passphrase: BackupPassphrase): PassphraseSlot {
  const { memory, passes, lanes, salt, metadataKem, signing } = passphrase;
  const { logId } = device.context.epoch;
  const place = { logId, member: nameSlot(passphrase), root: "M" } as const;
  return {
    memory,
    passes,
    lanes,
    salt,
    metadata: sealRoot(metadataKem, place, device.metadataRoot(), device.deps.random),
    signing: signing !== null && equalBytes(signing.logId, logId) ? signing.seal : null,
  };
}

const encodePassphraseKeys = (passphrase: BackupPassphrase): CborValue => {
  const { memory, passes, lanes, salt, metadataKem, secretKem, signing } = passphrase;
  const seal = signing === null ? null : [signing.logId, signing.seal];
  return [memory, passes, lanes, salt, metadataKem, secretKem, seal];
};

function readPassphrase(value: CborValue): BackupPassphrase {
  const fields = new Fields(value, "backup passphrase", 7);
  return {
    memory: fields.uint("memory"),
    passes: fields.uint("passes"),
    lanes: fields.uint("lanes"),
    salt: fields.bytes("salt", BACKUP_SALT_BYTES),
    metadataKem: fields.bytes("metadata KEM key", KEM_PUBLIC_KEY_BYTES),
    secretKem: fields.bytes("secret KEM key", KEM_PUBLIC_KEY_BYTES),
    signing: fields.optional((f) => {
      const seal = new Fields(f.value(), "signing seal", 2);
      return { logId: seal.bytes("log id", LOG_ID_BYTES), seal: seal.bytes("seal", ROOT_SEAL_BYTES) };
    }),
  };
}

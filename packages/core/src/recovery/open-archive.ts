/**
 * Opening an archive without a device of the vault: with a recovery page, whose seals stand in it, or with a passphrase (`archive/backup-keys.ts`). Only
 * its last log counts: it has all that was there when the archive was made.
 */
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import type { CborValue } from "../cbor/codec.ts";
import {
  type BackupKeys,
  isKeyLogId,
  nameSlot,
  type PassphraseSlot,
  readBackupKeys,
} from "../archive/backup-keys.ts";
import { readArchive } from "../archive/read-archive.ts";
import { openSealedEpoch } from "../archive/verify-archive.ts";
import { type KemKeyPair, openFromKem } from "../crypto/kem.ts";
import { wipe } from "../crypto/wipe.ts";
import { encodeWelcome } from "../device/welcome.ts";
import { isVaultError, VaultError } from "../errors.ts";
import { MAX_SNAPSHOT_BYTES } from "../log/snapshot.ts";
import { deriveMetadataKeys, deriveSigningKeys } from "../membership/device.ts";
import { deriveMetadataEpochKeys } from "../membership/epoch.ts";
import { readEpochClaim, type EpochSeal } from "../membership/epoch-record.ts";
import { derivePageSeeds } from "../membership/page.ts";
import { openRoot } from "../membership/seal.ts";

/** More than a log of an epoch ever has. */
const MAX_ENTRY_SUM = 256 * 1024 * 1024;

export interface LastLog {
  readonly logId: Uint8Array;
  readonly seals: readonly EpochSeal[];
  readonly sealedEpoch: Uint8Array;
  readonly snapshot: Uint8Array;
  readonly entries: readonly Uint8Array[];
  readonly keys: BackupKeys | null;
  /** Seals of the logs before it. */
  readonly earlier: readonly { readonly logId: Uint8Array; readonly seals: readonly EpochSeal[] }[];
}

/** From where a page begins, as `openWelcome` reads it. */
export interface ArchivedWelcome {
  readonly welcome: Uint8Array;
  readonly snapshot: Uint8Array;
  readonly entries: readonly Uint8Array[];
}

export interface ArchivedRoots {
  readonly metadataRoot: Uint8Array;
  /** `null` in a backup that was made before the person was next verified after a change of keys. */
  readonly signingRoot: Uint8Array | null;
  readonly epochPayload: CborValue;
}

/** Reads all of an archive and keeps its last log. Throws `LK-EXPORT-DAMAGED`. */
export async function readLastLog(pieces: AsyncIterable<Uint8Array>): Promise<LastLog> {
  let keys: BackupKeys | null = null;
  const logs: { logId: Uint8Array; seals: readonly EpochSeal[]; sealedEpoch: Uint8Array }[] = [];
  let parts: Uint8Array[] = [];
  let entries: Uint8Array[] = [];
  let size = 0;
  for await (const record of readArchive(pieces)) {
    if (record.is === "log") {
      if (isKeyLogId(record.logId)) keys = readBackupKeys(record.sealedEpoch);
      else logs.push(record);
      [parts, entries, size] = [[], [], 0];
      continue;
    }
    size += record.bytes.length;
    if (size > (record.is === "part" ? MAX_SNAPSHOT_BYTES : MAX_ENTRY_SUM))
      throw new VaultError("LK-EXPORT-DAMAGED", "archive is larger than any vault");
    (record.is === "part" ? parts : entries).push(record.bytes);
  }
  const last = logs.pop();
  if (last === undefined) throw new VaultError("LK-EXPORT-DAMAGED", "archive has no log");
  const own = keys !== null && equalBytes(keys.logId, last.logId) ? keys : null;
  return { ...last, snapshot: concatBytes(...parts), entries, keys: own, earlier: logs };
}

/**
 * Throws `LK-RECOVERY-DEAD` when the page opens an earlier log and not the last one, `LK-RECOVERY-BACKUP` when it opens none, and what reading an epoch record
 * throws.
 */
export function openWithPage(log: LastLog, secret: Uint8Array): ArchivedWelcome {
  const { metadata, signing } = derivePageSeeds(secret);
  const { metadataKem, entry } = deriveMetadataKeys(metadata);
  wipe(signing.authority, signing.secretKem, entry.secretKey);
  const found = findSeal([...log.seals, ...(log.keys?.members ?? [])], log.logId, metadataKem);
  if (found === null) {
    const isDead = log.earlier.some(({ logId, seals }) => findSeal(seals, logId, metadataKem) !== null);
    throw new VaultError(
      isDead ? "LK-RECOVERY-DEAD" : "LK-RECOVERY-BACKUP",
      "page has no seal in the last log of the archive",
    );
  }
  const { recordKey } = deriveMetadataEpochKeys(found.root);
  const epochPayload = openSealedEpoch(recordKey, log.logId, log.sealedEpoch);
  wipe(found.root);
  const welcome = encodeWelcome({
    epochPayload,
    memberHash: found.seal.member,
    metadataSeal: found.seal.metadata,
    signingSeal: found.seal.signing,
    seen: [],
  });
  return { welcome, snapshot: log.snapshot, entries: log.entries };
}

/** The roots of the last log, by a passphrase's key pairs. Throws `LK-RECOVERY-BACKUP`. */
export function openWithPassphrase(
  log: LastLog,
  slot: PassphraseSlot,
  kems: { readonly metadata: KemKeyPair; readonly signing: KemKeyPair },
): ArchivedRoots {
  const place = { logId: log.logId, member: nameSlot(slot) };
  const metadataRoot = tryToOpen(kems.metadata, [place.logId, place.member, "M"], slot.metadata);
  if (metadataRoot === null)
    throw new VaultError("LK-RECOVERY-BACKUP", "passphrase does not open the archive");
  const { recordKey } = deriveMetadataEpochKeys(metadataRoot);
  const epochPayload = openSealedEpoch(recordKey, log.logId, log.sealedEpoch);
  const { signingCommitment } = readEpochClaim(epochPayload).record;
  const signingRoot =
    slot.signing === null
      ? null
      : openRoot(kems.signing, { ...place, root: "S" }, slot.signing, signingCommitment);
  return { metadataRoot, signingRoot, epochPayload };
}

/** The same by a page. */
export function openRootsWithPage(log: LastLog, secret: Uint8Array): ArchivedRoots {
  const { metadata, signing } = derivePageSeeds(secret);
  const { metadataKem } = deriveMetadataKeys(metadata);
  const { secretKem } = deriveSigningKeys(signing);
  const found = findSeal([...log.seals, ...(log.keys?.members ?? [])], log.logId, metadataKem);
  if (found === null) throw new VaultError("LK-RECOVERY-BACKUP", "page has no seal in the archive");
  const { recordKey } = deriveMetadataEpochKeys(found.root);
  const epochPayload = openSealedEpoch(recordKey, log.logId, log.sealedEpoch);
  const { signingCommitment } = readEpochClaim(epochPayload).record;
  const { member, signing: seal } = found.seal;
  const signingRoot =
    seal === null
      ? null
      : openRoot(secretKem, { logId: log.logId, member, root: "S" }, seal, signingCommitment);
  return { metadataRoot: found.root, signingRoot, epochPayload };
}

/** A page does not know the hash of its own record: it tries each. */
function findSeal(
  seals: readonly EpochSeal[],
  logId: Uint8Array,
  kem: KemKeyPair,
): { readonly seal: EpochSeal; readonly root: Uint8Array } | null {
  for (const seal of seals) {
    const root = tryToOpen(kem, [logId, seal.member, "M"], seal.metadata);
    if (root !== null) return { seal, root };
  }
  return null;
}

function tryToOpen(kem: KemKeyPair, context: readonly CborValue[], seal: Uint8Array): Uint8Array | null {
  try {
    return openFromKem(kem, context, seal);
  } catch (error) {
    if (isVaultError(error, "LK-EPOCH-SEAL")) return null;
    throw error;
  }
}

/**
 * What an archive holds, judged with the metadata roots of its logs alone and without a device: epoch records and their makers, snapshots, who is
 * a member, and each entry's signature, seal and place in its chain. It does not replay changes: that is the replica's part, and a second reader's.
 *
 * A chain that was cut at its end leaves no trace but in what others have seen of it: whoever knows how far the chains went compares `tips`.
 */
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { readStructure, readValue } from "../cbor/fields.ts";
import { openBytes, splitSealed } from "../crypto/aead.ts";
import { LABELS } from "../crypto/labels.ts";
import { VaultError } from "../errors.ts";
import { type ChainTip, NO_ENTRY } from "../log/entry.ts";
import { openSnapshot } from "../log/snapshot.ts";
import { SealedEntry } from "../log/verify.ts";
import { type DeviceIdentity, deriveDeviceTag } from "../membership/device.ts";
import {
  commitToRoot,
  deriveLogId,
  deriveMetadataEpochKeys,
  type MetadataEpochKeys,
} from "../membership/epoch.ts";
import { readEpochClaim, type VerifiedEpoch, verifyEpochRecord } from "../membership/epoch-record.ts";
import {
  decodeMemberEntry,
  type Member,
  readNamedMemberRecord,
  verifyMemberRecord,
} from "../membership/member-record.ts";
import type { CredentialCrypto } from "../ports.ts";
import { type ArchiveRecord, encodeSeals } from "./archive-record.ts";
import { isKeyLogId } from "./backup-keys.ts";
import { readArchive } from "./read-archive.ts";

export interface VerifiedLog {
  readonly logId: Uint8Array;
  readonly epoch: VerifiedEpoch;
  readonly devices: number;
  readonly entries: number;
  /** The newest entry of each chain, in no order. */
  readonly tips: readonly ChainTip[];
}

interface OpenLog {
  readonly record: Extract<ArchiveRecord, { is: "log" }>;
  readonly keys: MetadataEpochKeys;
  readonly root: Uint8Array;
  readonly parts: Uint8Array[];
  /** Once the first entry, or the end of the log, shows that the snapshot is whole. */
  begun: { readonly epoch: VerifiedEpoch; readonly members: Map<string, Member> } | null;
  readonly entries: Map<string, ChainTip>;
  readonly tips: Map<string, ChainTip>;
}

/**
 * Verifies all of an archive. `rootOf` gives the metadata root of a log, or `null`. Throws `LK-EXPORT-DAMAGED` for what is not whole, `LK-EXPORT-KEY`
 * for a log without a root, else what the checks of entries, snapshots, members and epochs throw.
 */
export async function verifyArchive(
  pieces: AsyncIterable<Uint8Array>,
  rootOf: (logId: Uint8Array) => Uint8Array | null,
  crypto: Pick<CredentialCrypto, "sha256">,
): Promise<VerifiedLog[]> {
  const verified: VerifiedLog[] = [];
  let log: OpenLog | null = null;
  let isKeyLog = false;
  for await (const record of readArchive(pieces)) {
    if (record.is === "log") {
      const isFirst = log === null && !isKeyLog;
      isKeyLog = isKeyLogId(record.logId);
      if (isKeyLog && !isFirst)
        throw new VaultError("LK-EXPORT-DAMAGED", "keys stand elsewhere than before all logs");
    }
    // What stands there opens with a page or a passphrase; whoever has the roots needs it not.
    if (isKeyLog) continue;
    if (record.is === "log") {
      if (log !== null) verified.push(endLog(log, crypto));
      log = openLog(record, rootOf);
    } else if (record.is === "part") log?.parts.push(record.bytes);
    else if (log !== null) takeEntry(log, begin(log, crypto), record.bytes);
  }
  if (log === null) throw new VaultError("LK-EXPORT-DAMAGED", "archive has keys and no log");
  verified.push(endLog(log, crypto));
  return verified;
}

function openLog(record: OpenLog["record"], rootOf: (logId: Uint8Array) => Uint8Array | null): OpenLog {
  const root = rootOf(record.logId);
  if (root === null)
    throw new VaultError("LK-EXPORT-KEY", `no root for log ${encodeHex(record.logId).slice(0, 8)}`);
  const keys = deriveMetadataEpochKeys(root);
  return { record, keys, root, parts: [], begun: null, entries: new Map(), tips: new Map() };
}

/** The epoch and its members, from sealed epoch and snapshot: each has to fit the other, the root and the log's name. */
function begin(log: OpenLog, crypto: Pick<CredentialCrypto, "sha256">): NonNullable<OpenLog["begun"]> {
  if (log.begun !== null) return log.begun;
  const { logId, seals, sealedEpoch } = log.record;
  const payload = openSealedEpoch(log.keys.recordKey, logId, sealedEpoch);
  const claim = readEpochClaim(payload);
  const fits =
    equalBytes(claim.record.logId, logId) &&
    equalBytes(claim.record.metadataCommitment, commitToRoot("M", log.root)) &&
    equalBytes(
      deriveLogId(log.keys.roomAuth.publicKey, claim.record.roomAuthorityPublicKey, crypto),
      logId,
    ) &&
    equalBytes(encodeCbor(encodeSeals(seals)), encodeCbor(encodeSeals(claim.record.seals)));
  if (!fits) throw new VaultError("LK-EXPORT-DAMAGED", "epoch record does not belong to its log");
  const snapshot = concatBytes(...log.parts);
  const { members } = openSnapshot(log.keys.snapshotKey, logId, snapshot, claim.record.snapshotHash);
  const named = claim.record.members.map(({ record }) => record);
  const known = members.map((bytes) => readNamedMemberRecord(bytes, named).member);
  const maker = known.find(({ identity }) => equalBytes(identity.entryPublicKey, claim.maker));
  if (maker === undefined)
    throw new VaultError("LK-EPOCH-SIGNATURE", "maker of the epoch is no member of it");
  log.begun = {
    epoch: verifyEpochRecord(payload, maker),
    members: new Map(known.map((member) => [tagOf(member.identity, logId), member])),
  };
  return log.begun;
}

/** The payload of the epoch's record. Throws `LK-EXPORT-KEY` when the key is of another log. */
export function openSealedEpoch(
  recordKey: Uint8Array,
  logId: Uint8Array,
  sealedEpoch: Uint8Array,
): CborValue {
  const sealed = splitSealed(sealedEpoch, "LK-EXPORT-KEY");
  const plain = openBytes(recordKey, LABELS.archiveSeal, [logId], sealed, "LK-EXPORT-KEY");
  return readStructure("LK-EXPORT-DAMAGED", plain, (value) => value);
}

const tagOf = ({ entryPublicKey }: DeviceIdentity, logId: Uint8Array): string =>
  encodeHex(deriveDeviceTag(entryPublicKey, logId, 0));

function takeEntry(log: OpenLog, { epoch, members }: NonNullable<OpenLog["begun"]>, bytes: Uint8Array): void {
  const { logId } = log.record;
  const sealed = SealedEntry.decode(bytes);
  const { deviceTag, seq, prev } = sealed.header;
  const tag = encodeHex(deviceTag);
  const author = members.get(tag);
  if (author === undefined || !equalBytes(sealed.header.logId, logId)) {
    throw new VaultError("LK-EXPORT-DAMAGED", `entry ${seq} is by no member of its log`);
  }
  const opened = sealed.verify(author.identity.entryPublicKey).open(log.keys, epoch.hash);
  const previous = log.entries.get(encodeHex(prev));
  const follows =
    seq === 1
      ? equalBytes(prev, NO_ENTRY)
      : previous?.seq === seq - 1 && equalBytes(previous.deviceTag, deviceTag);
  if (!follows) throw new VaultError("LK-EXPORT-DAMAGED", `entry ${seq} does not follow one that is here`);
  if (opened.kind === "member") {
    const entry = readValue("LK-EPOCH-MALFORMED", () => decodeMemberEntry(opened.payload));
    const { member } = verifyMemberRecord(entry.record, logId, author.identity);
    members.set(tagOf(member.identity, logId), member);
  }
  const tip = { deviceTag, seq, hash: opened.hash };
  log.entries.set(encodeHex(opened.hash), tip);
  if (seq > (log.tips.get(tag)?.seq ?? 0)) log.tips.set(tag, tip);
}

function endLog(log: OpenLog, crypto: Pick<CredentialCrypto, "sha256">): VerifiedLog {
  const { epoch, members } = begin(log, crypto);
  return {
    logId: log.record.logId,
    epoch,
    devices: [...members.values()].filter(({ page }) => !page).length,
    entries: log.entries.size,
    tips: [...log.tips.values()],
  };
}

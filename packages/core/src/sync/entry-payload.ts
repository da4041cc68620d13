/**
 * What an opened entry does beyond taking its place in a chain: the changes that it carries, the member that it adds, the epoch record
 * that it brings. Each payload is judged here, in its author's name; `receive-entries.ts` has the order of the checks.
 */
import { verifyBatch } from "../audit/audit-batch.ts";
import { hashLine } from "../audit/audit-line.ts";
import { lineRow, tipRow } from "../audit/audit-rows.ts";
import { equalBytes } from "../bytes/equal.ts";
import { decodeHex, encodeHex } from "../bytes/text.ts";
import { readValue } from "../cbor/fields.ts";
import { VaultError } from "../errors.ts";
import { decodeChangePayload, decodeReissuePayload } from "../log/change.ts";
import { MAX_DEVICES, type OpenedEntry } from "../log/verify.ts";
import { decodeApproval, verifyApproval } from "../membership/approval.ts";
import { deriveDeviceTag } from "../membership/device.ts";
import { type EpochRecord, readEpochClaim, verifyEpochRecord } from "../membership/epoch-record.ts";
import { decodeMemberEntry, type MemberRecord, verifyMemberRecord } from "../membership/member-record.ts";
import { admitChange, type AdmittedChange, admitReissuedChange } from "../vault/admit.ts";
import { deriveActor } from "../vault/operation-id.ts";
import type { Draft } from "./receive-draft.ts";
import type { CachedChange } from "./replica-rows.ts";
import { decodeReadmission } from "../membership/readmission.ts";
import { lateSealRow } from "./late-seal.ts";
import { findMember, type LogMember, type ReplicaContext, type SeenEpoch } from "./replica-state.ts";

/** The changes of the entry, each admitted, or `null` while the device is unknown whose operation is issued again. */
export function admitChanges(
  draft: Draft,
  opened: OpenedEntry,
  author: LogMember,
): readonly AdmittedChange[] | null {
  if (opened.kind === "change") {
    const { session, changes } = decodeChangePayload(opened.payload);
    const actor = deriveActor(author.member.identity.entryPublicKey, session);
    return changes.map((change) => admitChange(change.bytes, change.hash, actor));
  }
  if (opened.kind !== "reissue") return [];
  const operations = decodeReissuePayload(opened.payload);
  // What a removed device did and no record covered ends with it.
  if (operations.some(({ operation }) => findMember(draft, operation.device) === null)) return null;
  return operations.flatMap(({ operation, time, changes }) =>
    changes.map((change) => admitReissuedChange(change.bytes, change.hash, operation, time)),
  );
}

export const toCached = (change: AdmittedChange): CachedChange => ({
  hash: decodeHex(change.hash) as Uint8Array,
  actor: change.actor,
  bytes: change.bytes,
});

/** Throws `LK-EPOCH-MALFORMED`, `LK-EPOCH-SIGNATURE` or `LK-VAULT-LIMIT`. */
export function addMember(
  context: ReplicaContext,
  draft: Draft,
  opened: OpenedEntry,
  author: LogMember,
): void {
  const entry = readValue("LK-EPOCH-MALFORMED", () => decodeMemberEntry(opened.payload));
  const { logId } = context.epoch;
  const record = verifyMemberRecord(entry.record, logId, author.member.identity);
  const deviceTag = deriveDeviceTag(record.member.identity.entryPublicKey, logId, 0);
  const key = encodeHex(deviceTag);
  if (draft.members.has(key)) return;
  if (draft.members.size >= MAX_DEVICES) {
    throw new VaultError("LK-VAULT-LIMIT", `vault has ${MAX_DEVICES} devices already`);
  }
  const member = { ...record, deviceTag, onProbation: record.member.probation !== null };
  draft.members.set(key, member);
  draft.membersChanged = true;
  draft.notices.push({ is: "member-added", member });
}

/**
 * Ends the probation of the member that the entry is about, and keeps the seal if that is this device. `false` while the member is unknown.
 * Throws `LK-EPOCH-MALFORMED` or `LK-EPOCH-SIGNATURE`.
 */
export function addApproval(
  context: ReplicaContext,
  draft: Draft,
  opened: OpenedEntry,
  author: LogMember,
): boolean {
  const approval = readValue("LK-EPOCH-MALFORMED", () => decodeApproval(opened.payload));
  const { logId } = context.epoch;
  verifyApproval(author.member.identity.authorityPublicKey, logId, approval);
  const found = [...draft.members].find(([, { hash }]) => equalBytes(hash, approval.member));
  if (found === undefined) return false;
  const [key, member] = found;
  if (!member.onProbation) return true;
  draft.members.set(key, { ...member, onProbation: false });
  draft.membersChanged = true;
  if (equalBytes(member.deviceTag, context.self.deviceTag))
    draft.rows.push(lateSealRow(context.rows, logId, approval.signingSeal));
  draft.notices.push({ is: "probation-ended", member });
  return true;
}

/**
 * The epoch that the entry brings: of this log, after it or beside it. `null` while its maker is unknown or on probation. Throws `LK-EPOCH-MALFORMED` or
 * `LK-EPOCH-SIGNATURE`.
 */
export function verifySeenEpoch(
  context: ReplicaContext,
  draft: Draft,
  opened: OpenedEntry,
): SeenEpoch | null {
  const claim = readEpochClaim(opened.payload);
  const maker = findMaker(context, draft, claim.maker);
  if (maker === null) return null;
  const { hash, record } = verifyEpochRecord(opened.payload, maker.member);
  const parent = draft.epochs.get(encodeHex(record.parent));
  if (parent !== undefined && record.number !== parent.record.number + 1) {
    throw new VaultError(
      "LK-EPOCH-MALFORMED",
      `epoch record ${record.number} stands on record ${parent.record.number}`,
    );
  }
  if (parent !== undefined && !keepsSeniority(parent.record, record))
    throw new VaultError("LK-EPOCH-MALFORMED", `epoch record ${record.number} changes somebody's seniority`);
  return { hash, record, payload: opened.payload, makerRecord: maker.hash };
}

/** Whoever its parent names keeps the place among rivals: nobody makes itself older. */
const keepsSeniority = (parent: EpochRecord, { members }: EpochRecord): boolean =>
  members.every(({ record, seniority }) => {
    const before = parent.members.find((member) => equalBytes(member.record, record));
    return before === undefined || before.seniority === seniority;
  });

function findMaker(context: ReplicaContext, draft: Draft, entryPublicKey: Uint8Array): MemberRecord | null {
  const present = findMember(draft, entryPublicKey);
  // Until its probation is over it is not the one to say who is a member.
  if (present !== null) return present.onProbation ? null : present;
  const isMaker = ({ member }: MemberRecord) => equalBytes(member.identity.entryPublicKey, entryPublicKey);
  return context.former.find(isMaker) ?? null;
}

/**
 * Takes a readmission that is for this device; one for another is nothing to it. `false` while its epoch is unknown. Throws
 * `LK-EPOCH-MALFORMED` or `LK-EPOCH-SIGNATURE`.
 */
export function addReadmission(
  context: ReplicaContext,
  draft: Draft,
  opened: OpenedEntry,
  author: LogMember,
): boolean {
  const { epochHash, entry } = readValue("LK-EPOCH-MALFORMED", () => decodeReadmission(opened.payload));
  const key = encodeHex(epochHash);
  const epoch = draft.epochs.get(key);
  if (epoch === undefined) return false;
  const { hash, member } = verifyMemberRecord(entry.record, epoch.record.logId, author.member.identity);
  const isOwn = equalBytes(member.identity.entryPublicKey, context.self.signer.publicKey);
  if (!isOwn || draft.readmissions.has(key)) return true;
  const { metadataSeal, signingSeal } = entry;
  draft.readmissions.set(key, { epochHash, ownRecord: hash, metadataSeal, signingSeal });
  draft.notices.push({ is: "epoch-seen", epoch });
  return true;
}

/** Keeps the lines of its author's activity log that the entry brings. Throws `LK-ENTRY-MALFORMED`. */
export function addAuditLines(
  { rows }: ReplicaContext,
  draft: Draft,
  opened: OpenedEntry,
  author: LogMember,
): void {
  const device = author.member.identity.entryPublicKey;
  const lines = verifyBatch(device, opened.payload);
  const last = lines.at(-1)?.line;
  if (last === undefined) return;
  draft.rows.push(...lines.map((signed) => lineRow(rows, device, signed)));
  draft.rows.push(tipRow(rows, device, { number: last.number, hash: hashLine(device, last) }));
}

export function addEpoch(draft: Draft, epoch: SeenEpoch): void {
  const key = encodeHex(epoch.hash);
  if (draft.epochs.has(key)) return;
  draft.epochs.set(key, epoch);
  draft.notices.push({ is: "epoch-seen", epoch });
}

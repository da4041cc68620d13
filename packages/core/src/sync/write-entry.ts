/**
 * Writing: what this device's person or the device itself does becomes one entry of its chain. The step holds the rows of the entry, of
 * the cache and of the journal (`journal.ts`): committed together, a change is either saved whole or not made.
 */
import { encodeHex } from "../bytes/text.ts";
import type { CborValue } from "../cbor/codec.ts";
import { VaultError } from "../errors.ts";
import { encodeChangePayload, encodeReissuePayload, type ReissuedOperation } from "../log/change.ts";
import { type ChainTip, type EntryKind, makeEntry, NO_ENTRY, RECORD_KINDS } from "../log/entry.ts";
import { type Approval, encodeApproval } from "../membership/approval.ts";
import { encodeMemberEntry, type MemberEntry, verifyMemberRecord } from "../membership/member-record.ts";
import { deriveDeviceTag } from "../membership/device.ts";
import type { AdmittedChange } from "../vault/admit.ts";
import { deriveActor, type OperationId } from "../vault/operation-id.ts";
import type { VaultOperation } from "../vault/operations.ts";
import type { RowChange } from "../storage/device-store.ts";
import { epochSeenRow } from "./epoch-seen-rows.ts";
import { toCached } from "./entry-payload.ts";
import { type JournalEntry, journalRow, keepWrites } from "./journal.ts";
import { cacheRow, entryRow, membersRow, tipsRow } from "./replica-rows.ts";
import {
  findMember,
  type LogMember,
  type ReplicaContext,
  type ReplicaState,
  type SeenEpoch,
  type Step,
} from "./replica-state.ts";

/** The id of the next operation of this session: for operations that carry their own, such as a deletion. */
export function nextOperationId(context: ReplicaContext, state: ReplicaState): OperationId {
  return {
    device: context.self.signer.publicKey,
    session: context.self.session,
    number: state.operations + 1,
  };
}

/**
 * One act on the vault as one change in one entry, or `null` when everything is as it wants already. Throws what
 * `VaultDocument.edit` throws, or `LK-ENTRY-TOO-LARGE`.
 */
export function writeChange(
  context: ReplicaContext,
  state: ReplicaState,
  operations: readonly VaultOperation[],
): Step | null {
  const { signer, session } = context.self;
  const edit = state.document.edit(deriveActor(signer.publicKey, session), operations);
  if (edit === null) return null;
  const operation = nextOperationId(context, state);
  const { change, hash: changeHash } = edit;
  const payload = encodeChangePayload({
    session,
    changes: [{ operation, hash: changeHash, bytes: change.bytes }],
  });
  const step = writeEntry(context, { ...state, document: edit.document }, "change", payload);
  return {
    ...step,
    state: { ...step.state, operations: operation.number },
    rows: [
      ...step.rows,
      cacheRow(context.rows, state.nextPosition, [toCached(change)]),
      journalRow(context.rows, {
        operation: { id: operation, time: change.startOperation, writes: keepWrites(edit.writes) },
        placements: [context.epoch.hash],
        sealedIn: context.epoch.logId,
      }),
    ],
    touched: new Set(edit.touched),
  };
}

/**
 * Several acts, each one change in one entry, as one step: all of them are saved, or none. `null` when there was nothing to do. Throws what
 * `writeChange` throws.
 */
export function writeChanges(
  context: ReplicaContext,
  state: ReplicaState,
  acts: readonly (readonly VaultOperation[])[],
): Step | null {
  const steps: Step[] = [];
  for (const operations of acts) {
    const step = writeChange(context, steps.at(-1)?.state ?? state, operations);
    if (step !== null) steps.push(step);
  }
  const last = steps.at(-1);
  if (last === undefined) return null;
  return {
    state: last.state,
    rows: steps.flatMap(({ rows }) => rows),
    notices: steps.flatMap(({ notices }) => notices),
    touched: new Set(steps.flatMap(({ touched }) => [...touched])),
  };
}

/** An operation that is issued again, with the changes that `vault/reissue.ts` made for it. */
export interface Reissue {
  readonly entry: JournalEntry;
  readonly changes: readonly AdmittedChange[];
}

/**
 * Operations of earlier epochs in one entry. The journal notes where they are now, in the same transaction: after a crash they are there
 * once. Throws `LK-ENTRY-TOO-LARGE`.
 */
export function writeReissue(
  context: ReplicaContext,
  state: ReplicaState,
  reissues: readonly Reissue[],
): Step {
  const changes = reissues.flatMap((reissue) => reissue.changes);
  const { document, touched } = state.document.apply(...changes);
  const operations = reissues.map(({ entry, changes: own }): ReissuedOperation => ({
    operation: entry.operation.id,
    time: entry.operation.time,
    changes: own.map(toCached),
  }));
  const step = writeEntry(context, { ...state, document }, "reissue", encodeReissuePayload(operations));
  const journal = reissues.map(({ entry }) =>
    journalRow(context.rows, { ...entry, placements: [...entry.placements, context.epoch.hash] }),
  );
  const cache =
    changes.length === 0 ? [] : [cacheRow(context.rows, state.nextPosition, changes.map(toCached))];
  return { ...step, rows: [...step.rows, ...cache, ...journal], touched: new Set(touched) };
}

/**
 * The record that makes another device a member, with the epoch's roots sealed to it. It is judged as the others will judge it: throws
 * `LK-EPOCH-SIGNATURE` unless this device is a member and both its keys signed. `rows` are committed with it.
 */
export function writeMember(
  context: ReplicaContext,
  state: ReplicaState,
  entry: MemberEntry,
  rows: readonly RowChange[] = [],
): Step {
  const sponsor = findMember(state, context.self.signer.publicKey);
  if (sponsor === null) throw new VaultError("LK-EPOCH-SIGNATURE", "this device is no member yet");
  const record = verifyMemberRecord(entry.record, context.epoch.logId, sponsor.member.identity);
  const deviceTag = deriveDeviceTag(record.member.identity.entryPublicKey, context.epoch.logId, 0);
  const member: LogMember = { ...record, deviceTag, onProbation: record.member.probation !== null };
  const members = new Map(state.members).set(encodeHex(deviceTag), member);
  const step = writeEntry(context, { ...state, members }, "member", encodeMemberEntry(entry));
  return { ...step, rows: [...step.rows, membersRow(context.rows, members), ...rows] };
}

/**
 * Ends the probation of the member with this tag. The step is none of this device's judging: the others refuse it unless its authority key
 * signed the approval.
 */
export function writeApproval(
  context: ReplicaContext,
  state: ReplicaState,
  member: LogMember,
  approval: Approval,
): Step {
  const members = new Map(state.members).set(encodeHex(member.deviceTag), { ...member, onProbation: false });
  const step = writeEntry(context, { ...state, members }, "approval", encodeApproval(approval));
  const notices = [...step.notices, { is: "probation-ended", member } as const];
  return { ...step, rows: [...step.rows, membersRow(context.rows, members)], notices };
}

/** A sealed sign of life that names everything this device has: how the others notice what a relay keeps from them. */
export function writeBeacon(context: ReplicaContext, state: ReplicaState): Step {
  return writeEntry(context, { ...state, told: new Map() }, "beacon", null);
}

/** Lines of this device's activity log (`audit/audit-batch.ts`); `rows` are committed with them. */
export function writeAuditBatch(
  context: ReplicaContext,
  state: ReplicaState,
  payload: CborValue,
  rows: readonly RowChange[],
): Step {
  const step = writeEntry(context, state, "audit", payload);
  return { ...step, rows: [...step.rows, ...rows] };
}

/** The acknowledgement *opened*: `statement` is signed by the authority key (`membership/opened.ts`). */
export function writeOpened(context: ReplicaContext, state: ReplicaState, statement: CborValue): Step {
  return writeEntry(context, state, "ack", statement);
}

/** An epoch record: the founder's first entry, or the last that its maker writes in this log. */
export function writeEpochRecord(context: ReplicaContext, state: ReplicaState, epoch: SeenEpoch): Step {
  const epochs = new Map(state.epochs).set(encodeHex(epoch.hash), epoch);
  const step = writeEntry(context, { ...state, epochs }, "epoch-record", epoch.payload);
  return { ...step, rows: [...step.rows, epochSeenRow(context.rows, epoch)] };
}

function writeEntry(context: ReplicaContext, state: ReplicaState, kind: EntryKind, payload: CborValue): Step {
  const { epoch, self, random } = context;
  const own = encodeHex(self.deviceTag);
  const tip = state.tips.get(own);
  const header = {
    logId: epoch.logId,
    deviceTag: self.deviceTag,
    seq: (tip?.seq ?? 0) + 1,
    prev: tip?.hash ?? NO_ENTRY,
  };
  const seen = listUntold(state, own);
  const sealKey = RECORD_KINDS.has(kind) ? epoch.keys.recordKey : epoch.keys.entryKey;
  const body = { epochHash: epoch.hash, seen, kind, payload };
  const made = makeEntry(header, body, { sealKey, signer: self.signer }, random);
  const { deviceTag } = self;
  const { seq } = header;
  const entry = { hash: made.hash, deviceTag, seq, kind, position: state.nextPosition };
  const next: ReplicaState = {
    ...state,
    tips: new Map(state.tips).set(own, { deviceTag: self.deviceTag, seq: header.seq, hash: made.hash }),
    accepted: new Map(state.accepted).set(encodeHex(made.hash), entry),
    told: new Map([...state.told, ...seen.map((chain) => [encodeHex(chain.deviceTag), chain.seq] as const)]),
    nextPosition: entry.position + 1,
  };
  return {
    state: next,
    rows: [entryRow(epoch.logId, entry, made.bytes), tipsRow(context.rows, next)],
    notices: [{ is: "accepted", kind, deviceTag: self.deviceTag }],
    touched: new Set(),
  };
}

/** What changed of the other chains since this device last said so. */
function listUntold(state: ReplicaState, own: string): ChainTip[] {
  return [...state.tips]
    .filter(([tag, tip]) => tag !== own && tip.seq > (state.told.get(tag) ?? 0))
    .map(([, tip]) => tip);
}

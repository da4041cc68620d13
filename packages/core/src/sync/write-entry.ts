/**
 * Writing: what this device's person or the device itself does becomes one entry of its chain. The step holds the rows of the entry, of
 * the cache and of the journal: committed together, a change is either saved whole or not made.
 *
 * The journal keeps the device's own operations path by path, with the hash of each value replaced and the place where the operation
 * was put (epoch hash, seq): from it they are issued again when an epoch ends without them (sync-protocol.md § 6).
 *
 *   row  journal / session(8) ‖ number u64 = sealed [1, operation id, [[container, key, value, replaced hash], …], [[epoch hash, seq], …]]
 */
import { concatBytes } from "../bytes/concat.ts";
import { encodeHex } from "../bytes/text.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { wipe } from "../crypto/wipe.ts";
import type { RowChange } from "../storage/device-store.ts";
import { VaultError } from "../errors.ts";
import { encodeChangePayload } from "../log/change.ts";
import { type ChainTip, type EntryKind, makeEntry, NO_ENTRY, RECORD_KINDS } from "../log/entry.ts";
import { encodeMemberEntry, type MemberEntry, verifyMemberRecord } from "../membership/member-record.ts";
import { deriveDeviceTag } from "../membership/device.ts";
import { deriveActor, type OperationId, operationIdFields } from "../vault/operation-id.ts";
import type { VaultOperation, Write } from "../vault/operations.ts";
import { cacheRow, encodePosition, entryRow, membersRow, tipsRow } from "./replica-rows.ts";
import {
  findMember,
  type LogMember,
  type ReplicaContext,
  type ReplicaState,
  type Step,
} from "./replica-state.ts";

const JOURNAL_VERSION = 1;

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
  const cached = { hash: changeHash, actor: change.actor, bytes: change.bytes };
  return {
    ...step,
    state: { ...step.state, operations: operation.number },
    rows: [
      ...step.rows,
      cacheRow(context.rows, state.nextPosition, [cached]),
      journalRow(context, operation, edit.writes, ownSeq(context, step.state)),
    ],
    touched: new Set(edit.touched),
  };
}

/**
 * The record that makes another device a member, with the epoch's roots sealed to it. It is judged as the others will judge it: throws
 * `LK-EPOCH-SIGNATURE` unless this device is a member and both its keys signed.
 */
export function writeMember(context: ReplicaContext, state: ReplicaState, entry: MemberEntry): Step {
  const sponsor = findMember(state, context.self.signer.publicKey);
  if (sponsor === null) throw new VaultError("LK-EPOCH-SIGNATURE", "this device is no member yet");
  const record = verifyMemberRecord(entry.record, context.epoch.logId, sponsor.member.identity);
  const deviceTag = deriveDeviceTag(record.member.identity.entryPublicKey, context.epoch.logId, 0);
  const member: LogMember = { ...record, deviceTag };
  const members = new Map(state.members).set(encodeHex(deviceTag), member);
  const step = writeEntry(context, { ...state, members }, "member", encodeMemberEntry(entry));
  return { ...step, rows: [...step.rows, membersRow(context.rows, members)] };
}

/** A sealed sign of life that names everything this device has: how the others notice what a relay keeps from them. */
export function writeBeacon(context: ReplicaContext, state: ReplicaState): Step {
  return writeEntry(context, { ...state, told: new Map() }, "beacon", null);
}

/** The epoch record as the founder's first entry. */
export function writeEpochRecord(context: ReplicaContext, state: ReplicaState, payload: CborValue): Step {
  return writeEntry(context, state, "epoch-record", payload);
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
  const entry = { hash: made.hash, deviceTag: self.deviceTag, seq: header.seq, position: state.nextPosition };
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

const ownSeq = (context: ReplicaContext, state: ReplicaState): number =>
  state.tips.get(encodeHex(context.self.deviceTag))?.seq ?? 0;

function journalRow(
  context: ReplicaContext,
  operation: OperationId,
  writes: readonly Write[],
  seq: number,
): RowChange {
  const plaintext = encodeCbor([
    JOURNAL_VERSION,
    operationIdFields(operation),
    writes.map(({ container, key, value, replaced }) => [
      container,
      key,
      value,
      replaced === null ? null : hash(LABELS.replacedValue, replaced),
    ]),
    [[context.epoch.hash, seq]],
  ]);
  const key = concatBytes(operation.session, encodePosition(operation.number));
  try {
    return context.rows.seal("journal", key, plaintext);
  } finally {
    wipe(plaintext);
  }
}

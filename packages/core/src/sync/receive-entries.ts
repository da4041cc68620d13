/**
 * Receiving: entries as they come, in any order, twice, damaged or forged, and the state after them. The order of checks is that of
 * sync-protocol.md § 4; each is a state of the typestates in `log/verify.ts` and `vault/admit.ts`.
 *
 * An entry ends in one of four ways: it is *not ours* (another log) or known, and ignored; it *waits* for its author's membership, its
 * predecessor, a dependency or the maker of an epoch record; it is *refused*, kept as evidence with the reason; or it is *accepted*.
 * What waits is tried again whenever something was accepted, so the order of arrival does not matter.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { type ErrorCode, isVaultError, VaultError } from "../errors.ts";
import { type ChainTip, type EntryKind, NO_ENTRY } from "../log/entry.ts";
import { type OpenedEntry, SealedEntry } from "../log/verify.ts";
import { checkOpened } from "../membership/opened.ts";
import { PAGE_KINDS } from "../membership/page.ts";
import type { AdmittedChange } from "../vault/admit.ts";
import {
  addApproval,
  addAuditLines,
  addEpoch,
  addMember,
  addReadmission,
  admitChanges,
  toCached,
  verifySeenEpoch,
} from "./entry-payload.ts";
import { applyPending, closeDraft, type Draft, openDraft, takeChanges } from "./receive-draft.ts";
import { cacheRow, entryRow } from "./replica-rows.ts";
import type { HeldReason, LogMember, ReplicaContext, ReplicaState, Step } from "./replica-state.ts";

/**
 * Entries kept that no member is known to have made, so that a flood fills no disk: so many refused ones, as evidence, and so many that
 * wait for their author's membership. One of these that was dropped shows as a gap later, and is asked for again.
 */
const MAX_UNVOUCHED = 256;

/** What counts only when a device that may sign says it: until then it waits. A record names its maker itself, who need not be the author. */
export const MEMBERSHIP_ACTS: ReadonlySet<EntryKind> = new Set(["member", "readmission", "approval"]);

type Received = Step & { readonly outcomes: readonly (Uint8Array | null)[] };

/**
 * The state after these entries, and for each whether it is in the vault now (its hash) or not (`null`). All their changes are applied
 * together, in a third of the time; when one of them does not fit, all is done again with one at a time, to tell which.
 */
export function receiveEntries(
  context: ReplicaContext,
  state: ReplicaState,
  entries: readonly Uint8Array[],
): Received {
  try {
    return receive(context, state, entries, true);
  } catch (error) {
    if (!isVaultError(error, "LK-ENTRY-CHANGE")) throw error;
    return receive(context, state, entries, false);
  }
}

function receive(
  context: ReplicaContext,
  state: ReplicaState,
  entries: readonly Uint8Array[],
  together: boolean,
): Received {
  const draft = openDraft(state, together);
  const hashes = entries.map((bytes) => judge(context, draft, bytes));
  retryWaiting(context, draft);
  applyPending(draft);
  const outcomes = hashes.map((hash) => (hash !== null && draft.accepted.has(encodeHex(hash)) ? hash : null));
  return { ...closeDraft(context, state, draft), outcomes };
}

/** Takes one entry as far as it goes. Returns its hash, or `null` for bytes that are no entry of this log. */
function judge(context: ReplicaContext, draft: Draft, bytes: Uint8Array): Uint8Array | null {
  let sealed: SealedEntry;
  try {
    sealed = SealedEntry.decode(bytes);
  } catch (error) {
    draft.notices.push({ is: "refused", code: codeOf(error), deviceTag: null });
    return null;
  }
  if (!equalBytes(sealed.header.logId, context.epoch.logId)) return null;
  const key = encodeHex(sealed.hash);
  if (draft.accepted.has(key)) return isTrueCopy(draft, sealed) ? sealed.hash : null;
  try {
    const wait = acceptEntry(context, draft, sealed);
    if (wait === null) draft.held.delete(key);
    else if (wait !== "member" || hasRoom(draft, key, isUnknown)) hold(draft, sealed, { waitsFor: wait });
  } catch (error) {
    const code = codeOf(error);
    draft.notices.push({ is: "refused", code, deviceTag: sealed.header.deviceTag });
    if (hasRoom(draft, key, isRefused)) hold(draft, sealed, { refused: code });
  }
  return sealed.hash;
}

/** The hash is of the entry without its signature: a copy that a relay holds with another one would be refused by everybody else. */
function isTrueCopy(draft: Draft, sealed: SealedEntry): boolean {
  // Nobody's entry was accepted, and no member leaves a log.
  const author = draft.members.get(encodeHex(sealed.header.deviceTag)) as LogMember;
  try {
    sealed.verify(author.member.identity.entryPublicKey);
    return true;
  } catch (error) {
    codeOf(error);
    return false;
  }
}

const isRefused = (reason: HeldReason): boolean => "refused" in reason;
const isUnknown = (reason: HeldReason): boolean => "waitsFor" in reason && reason.waitsFor === "member";

function hasRoom(draft: Draft, key: string, isOfKind: (reason: HeldReason) => boolean): boolean {
  const kept = [...draft.held.values()].filter(({ reason }) => isOfKind(reason));
  return kept.length < MAX_UNVOUCHED || draft.held.has(key);
}

function hold(draft: Draft, sealed: SealedEntry, reason: HeldReason): void {
  const key = encodeHex(sealed.hash);
  const present = draft.held.get(key);
  // A copy with a spoiled signature has the hash of the true one: it must not take its place while that one waits.
  if (present !== undefined && "waitsFor" in present.reason && "refused" in reason) return;
  const { deviceTag, seq, prev } = sealed.header;
  draft.held.set(key, { hash: sealed.hash, bytes: sealed.bytes, deviceTag, seq, prev, reason });
}

function codeOf(error: unknown): ErrorCode {
  if (isVaultError(error)) return error.code;
  throw error;
}

/** Applies the entry to the draft and returns `null`, or says what it waits for. Throws the reason for which it is refused. */
function acceptEntry(
  context: ReplicaContext,
  draft: Draft,
  sealed: SealedEntry,
): "member" | "previous" | "dependencies" | "epoch" | null {
  const author = draft.members.get(encodeHex(sealed.header.deviceTag));
  if (author === undefined) return "member";
  const opened = sealed
    .verify(author.member.identity.entryPublicKey)
    .open(context.epoch.keys, context.epoch.hash);
  if (author.member.page && !PAGE_KINDS.has(opened.kind))
    throw new VaultError("LK-ENTRY-FORBIDDEN", `a recovery page wrote an entry of kind ${opened.kind}`);
  noteSeen(draft, opened.seen);
  // What does not depend on the state is judged before anything is waited for: so alike on every device.
  const admitted = admitChanges(draft, opened, author);
  if (admitted === null) return "member";
  if (author.onProbation && MEMBERSHIP_ACTS.has(opened.kind)) return "member";
  // A record speaks for itself: whoever lacks what came before it in its chain moves all the same.
  const epoch = opened.kind === "epoch-record" ? verifySeenEpoch(context, draft, opened) : undefined;
  if (epoch === null) return "epoch";
  if (epoch !== undefined) addEpoch(draft, epoch);
  if (opened.kind === "readmission" && !addReadmission(context, draft, opened, author)) return "epoch";
  if (opened.kind === "ack") checkOpened(opened.payload, context.epoch.hash, author.member.identity);
  if (!followsChain(draft, opened)) {
    const { deviceTag, seq, prev } = opened.header;
    noteSeen(draft, [{ deviceTag, seq: seq - 1, hash: prev }]);
    return "previous";
  }
  if (!takeChanges(draft, admitted)) return "dependencies";
  if (opened.kind === "approval" && !addApproval(context, draft, opened, author)) return "member";
  if (opened.kind === "member") addMember(context, draft, opened, author);
  if (opened.kind === "audit") addAuditLines(context, draft, opened, author);
  recordAccepted(context, draft, opened, admitted);
  return null;
}

/** Whether the entry before it is here. Throws `LK-ENTRY-MALFORMED` when `prev` names an entry that cannot be before it. */
function followsChain(draft: Draft, { header }: OpenedEntry): boolean {
  if (header.seq === 1) {
    if (equalBytes(header.prev, NO_ENTRY)) return true;
    throw new VaultError("LK-ENTRY-MALFORMED", "entry 1 of a device names one before it");
  }
  const previous = draft.accepted.get(encodeHex(header.prev));
  if (previous === undefined) return false;
  if (previous.seq === header.seq - 1 && equalBytes(previous.deviceTag, header.deviceTag)) return true;
  throw new VaultError("LK-ENTRY-MALFORMED", `entry ${header.seq} does not follow the entry it names`);
}

function recordAccepted(
  context: ReplicaContext,
  draft: Draft,
  opened: OpenedEntry,
  admitted: readonly AdmittedChange[],
): void {
  const { deviceTag, seq } = opened.header;
  const tag = encodeHex(deviceTag);
  const tip = draft.tips.get(tag);
  if (tip !== undefined && seq <= tip.seq) noteFork(draft, deviceTag, seq);
  draft.marksChanged = true;
  const position = draft.nextPosition++;
  const entry = { hash: opened.hash, deviceTag, seq, kind: opened.kind, position };
  draft.accepted.set(encodeHex(opened.hash), entry);
  if (tip === undefined || seq > tip.seq) draft.tips.set(tag, { deviceTag, seq, hash: opened.hash });
  const named = draft.named.get(tag);
  if (named !== undefined && seq >= named.seq) draft.named.delete(tag);
  draft.rows.push(entryRow(context.epoch.logId, entry, opened.bytes));
  if (admitted.length > 0) draft.rows.push(cacheRow(context.rows, position, admitted.map(toCached)));
  draft.notices.push({ is: "accepted", kind: opened.kind, deviceTag });
}

/** Below the tip: the entry fills a hole, or another one has its number; then two copies of the device live. */
function noteFork(draft: Draft, deviceTag: Uint8Array, seq: number): void {
  const tag = encodeHex(deviceTag);
  if (draft.forked.has(tag)) return;
  for (const other of draft.accepted.values()) {
    if (other.seq !== seq || !equalBytes(other.deviceTag, deviceTag)) continue;
    draft.forked.add(tag);
    draft.marksChanged = true;
    draft.notices.push({ is: "device-lives-twice", deviceTag, seq });
    return;
  }
}

/** `seen` detects what is missing, or that a chain has another branch; it never holds an entry back. */
function noteSeen(draft: Draft, seen: readonly ChainTip[]): void {
  for (const tip of seen) {
    const tag = encodeHex(tip.deviceTag);
    if (!draft.members.has(tag) || draft.accepted.has(encodeHex(tip.hash))) continue;
    const here = draft.tips.get(tag)?.seq ?? 0;
    if (tip.seq <= here) noteFork(draft, tip.deviceTag, tip.seq);
    else if (tip.seq > (draft.named.get(tag)?.seq ?? 0)) {
      draft.named.set(tag, tip);
      draft.marksChanged = true;
    }
  }
}

/** Tries what waits until nothing more is accepted. */
function retryWaiting(context: ReplicaContext, draft: Draft): void {
  let before: number;
  do {
    before = draft.accepted.size;
    const waiting = [...draft.held.values()].filter(
      ({ reason, deviceTag }) => "waitsFor" in reason && draft.members.has(encodeHex(deviceTag)),
    );
    waiting.sort((a, b) => a.seq - b.seq);
    for (const { bytes } of waiting) judge(context, draft, bytes);
  } while (draft.accepted.size !== before);
}

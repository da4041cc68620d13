/**
 * A replica state in the making: copies of what receiving may change, and what has changed. Accepted changes gather until all entries are
 * judged and are applied together, in a third of the time that one by one takes; or, to tell which does not fit, entry by entry.
 */
import type { RowChange } from "../storage/device-store.ts";
import type { ChainTip } from "../log/entry.ts";
import type { AdmittedChange } from "../vault/admit.ts";
import type { PasskeyId } from "../vault/schema.ts";
import type { OwnReadmission } from "../membership/readmission.ts";
import { epochSeenRow, readmissionsRow } from "./epoch-seen-rows.ts";
import { heldKey, heldRow, membersRow, tipsRow } from "./replica-rows.ts";
import type {
  AcceptedEntry,
  HeldEntry,
  LogMember,
  Notice,
  ReplicaContext,
  ReplicaState,
  SeenEpoch,
  Step,
} from "./replica-state.ts";

export interface Draft extends ReplicaState {
  document: ReplicaState["document"];
  members: Map<string, LogMember>;
  tips: Map<string, ChainTip>;
  accepted: Map<string, AcceptedEntry>;
  held: Map<string, HeldEntry>;
  named: Map<string, ChainTip>;
  epochs: Map<string, SeenEpoch>;
  readmissions: Map<string, OwnReadmission>;
  forked: Set<string>;
  nextPosition: number;
  readonly rows: RowChange[];
  readonly notices: Notice[];
  readonly touched: Set<PasskeyId>;
  /** Accepted changes that are not in the document yet, by hash: until all entries are judged, or until the entry is. */
  readonly queue: { readonly together: boolean; readonly pending: Map<string, AdmittedChange> };
  membersChanged: boolean;
  /** High-water marks, what others named, forks: kept in one row. */
  marksChanged: boolean;
}

/** `together`: changes wait for `applyPending`. */
export function openDraft(state: ReplicaState, together: boolean): Draft {
  return {
    ...state,
    queue: { together, pending: new Map() },
    members: new Map(state.members),
    tips: new Map(state.tips),
    accepted: new Map(state.accepted),
    held: new Map(state.held),
    named: new Map(state.named),
    epochs: new Map(state.epochs),
    readmissions: new Map(state.readmissions),
    forked: new Set(state.forked),
    rows: [],
    notices: [],
    touched: new Set(),
    membersChanged: false,
    marksChanged: false,
  };
}

/** The step, once nothing is pending. */
export function closeDraft(context: ReplicaContext, before: ReplicaState, draft: Draft): Step {
  const { rows, notices, touched, membersChanged, marksChanged, queue: _queue, ...state } = draft;
  const { logId } = context.epoch;
  for (const [key, held] of draft.held) {
    if (before.held.get(key) !== held) rows.push(heldRow(logId, held));
  }
  for (const [key, held] of before.held) {
    if (!draft.held.has(key)) rows.push({ table: "held", key: heldKey(logId, held.hash), value: null });
  }
  for (const [key, epoch] of draft.epochs) {
    if (!before.epochs.has(key)) rows.push(epochSeenRow(context.rows, epoch));
  }
  if (draft.readmissions.size > before.readmissions.size) {
    rows.push(readmissionsRow(context.rows, draft.readmissions));
  }
  if (membersChanged) rows.push(membersRow(context.rows, draft.members));
  if (marksChanged) rows.push(tipsRow(context.rows, draft));
  return { state, rows, notices, touched };
}

/** Takes the changes of one entry, all or none. `false` when one depends on what is not here. Throws `LK-ENTRY-CHANGE`. */
export function takeChanges(draft: Draft, admitted: readonly AdmittedChange[]): boolean {
  const { document } = draft;
  const { together, pending } = draft.queue;
  const own = new Set<string>();
  for (const change of admitted) {
    const missing = document.missingDependencies(change);
    if (missing.some((hash) => !pending.has(hash) && !own.has(hash))) return false;
    own.add(change.hash);
  }
  for (const change of admitted) pending.set(change.hash, change);
  if (!together) applyPending(draft);
  return true;
}

export function applyPending(draft: Draft): void {
  const changes = [...draft.queue.pending.values()];
  draft.queue.pending.clear();
  const { document, touched } = draft.document.apply(...changes);
  draft.document = document;
  for (const id of touched) draft.touched.add(id);
}

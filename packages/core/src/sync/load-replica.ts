/**
 * Opening a replica from its rows. Two ways lead to the same state: the cache (a saved document and the changes since), which is quick;
 * and replaying the log from the snapshot, entry by entry with every check. Whatever single row is damaged, one of the two is whole.
 *
 *   cache / one byte 0 = sealed [position after, [head, …], saved document]
 *
 * The log is the truth: the cache is believed only when all of it opens and leads to the heads that were noted with the last entry, and
 * is written again when it was not. A row that is gone without a trace is missed by the same notes: each chain counts from 1 to its tip.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import { isVaultError, VaultError } from "../errors.ts";
import { MAX_SNAPSHOT_BYTES } from "../log/snapshot.ts";
import type { EpochRecord } from "../membership/epoch-record.ts";
import { readNamedMemberRecord } from "../membership/member-record.ts";
import { admitChange } from "../vault/admit.ts";
import { loadDocument, type VaultDocument } from "../vault/document.ts";
import { readChoices, readReadmissions, readSeenEpochs } from "./epoch-seen-rows.ts";
import {
  decodePosition,
  type KeptMarks,
  membersRowKey,
  readCachedChanges,
  readHeads,
  readMembers,
  readTips,
  tipsRowKey,
} from "./replica-rows.ts";
import { readEntries, readHeld, replayLog } from "./replay-log.ts";
import type { AcceptedEntry, LogMember, ReplicaContext, ReplicaState } from "./replica-state.ts";

const SAVED_KEY = new Uint8Array([0]);
/** Changes in the cache before the document is saved anew: replaying so many costs less than a tenth of a second. */
export const MAX_CACHED_CHANGES = 256;

export interface LoadedReplica {
  readonly state: ReplicaState;
  /** Entries whose rows are damaged: they were here and are to be fetched again. */
  readonly damagedEntries: number;
  /** Keys of damaged rows whose entry has been fetched again since. */
  readonly replacedRows: readonly Uint8Array[];
  /** Keys of damaged rows of entries that waited or were refused. */
  readonly damagedHeld: readonly Uint8Array[];
  /** The epoch's snapshot is missing or damaged here. */
  readonly snapshotDamaged: boolean;
  /** The cache was not whole or has grown long: it should be made anew. */
  readonly cacheStale: boolean;
  /** Changes that the cache holds beside the saved document. */
  readonly cachedChanges: number;
}

/** Throws `LK-VAULT-DAMAGED` when neither cache nor log leads to a document, which takes two damaged rows. */
export async function loadReplica(
  store: DeviceStore,
  context: ReplicaContext,
  epoch: EpochRecord,
): Promise<LoadedReplica> {
  const entries = await readEntries(store, context);
  const { held, damaged: damagedHeld } = await readHeld(store, context);
  const tipsPlaintext = await readMeta(store, context, tipsRowKey);
  const marks = tipsPlaintext === null ? null : readTips(tipsPlaintext);
  const cached = marks === null ? null : await readCache(store, context, marks);
  const snapshotRow = await store.get("snapshot", epoch.logId);
  const epochs = await readSeenEpochs(store, context.rows);
  const readmissions = await readReadmissions(store, context.rows);
  const choices = await readChoices(store, context.rows);
  const base = {
    epochs,
    choices,
    readmissions,
    accepted: entries.accepted,
    held,
    told: new Map<string, number>(),
    nextPosition: entries.nextPosition,
    operations: 0,
  };
  const facts = {
    damagedEntries: marks === null ? entries.damaged : countMissing(entries.accepted, marks),
    replacedRows: entries.replaced,
    damagedHeld,
    snapshotDamaged: !snapshotRow?.value,
  };
  if (cached !== null) {
    const cacheStale = cached.changes > MAX_CACHED_CHANGES;
    const cachedChanges = cacheStale ? 0 : cached.changes;
    return { ...facts, state: { ...base, ...cached.state }, cacheStale, cachedChanges };
  }
  if (!snapshotRow?.value) throw new VaultError("LK-VAULT-DAMAGED", "cache and snapshot are both damaged");
  const replayed = replayLog(context, { epoch, snapshot: snapshotRow.value, epochs }, entries.rows, held);
  const marked = marks === null ? replayed : keepMarks(replayed, marks);
  const state = { ...marked, readmissions, choices };
  return { ...facts, state, cacheStale: true, cachedChanges: 0 };
}

/** How many entries of the chains up to their tips are not here. */
function countMissing(accepted: ReadonlyMap<string, AcceptedEntry>, { tips }: KeptMarks): number {
  const present = new Set(
    [...accepted.values()].map(({ deviceTag, seq }) => `${encodeHex(deviceTag)} ${seq}`),
  );
  const expected = [...tips.values()].reduce((sum, { seq }) => sum + seq, 0);
  return expected - present.size;
}

/** High-water marks never fall: what is not here any more is a gap, and this device goes on after its last entry, not before. */
function keepMarks(state: ReplicaState, marks: KeptMarks): ReplicaState {
  const tips = new Map(state.tips);
  const named = new Map([...state.named, ...marks.named]);
  for (const [tag, tip] of marks.tips) {
    if (tip.seq <= (tips.get(tag)?.seq ?? 0)) continue;
    tips.set(tag, tip);
    named.set(tag, tip);
  }
  return { ...state, tips, named };
}

/** The rows of a fresh cache: the document saved, older changes gone. */
export async function makeCacheRows(
  store: DeviceStore,
  context: ReplicaContext,
  state: ReplicaState,
): Promise<readonly RowChange[]> {
  const { document, nextPosition } = state;
  const saved = context.rows.seal(
    "cache",
    SAVED_KEY,
    encodeCbor([nextPosition, document.heads(), document.save()]),
  );
  const rows = await store.scan("cache");
  const old = rows.filter(({ key }) => key.length > 1 && decodePosition(key) < nextPosition);
  return [saved, ...old.map(({ key }) => ({ table: "cache" as const, key, value: null }))];
}

interface CachedState {
  readonly state: Pick<ReplicaState, "document" | "members" | "tips" | "named" | "forked">;
  readonly changes: number;
}

/** The cached document with members and marks, or `null` when any part is missing or damaged. */
async function readCache(
  store: DeviceStore,
  context: ReplicaContext,
  { heads, ...marks }: KeptMarks,
): Promise<CachedState | null> {
  const members = await readMeta(store, context, membersRowKey);
  if (members === null) return null;
  const rows = await store.scan("cache");
  const opened = rows.map((row) => ({ row, plaintext: context.rows.open("cache", row) }));
  if (opened.some(({ plaintext }) => plaintext === null)) return null;
  const savedRow = opened.find(({ row }) => row.key.length === 1);
  if (savedRow === undefined) return null;
  try {
    const saved = readSaved(savedRow.plaintext as Uint8Array);
    const changes = opened
      .filter(({ row }) => row.key.length > 1)
      .flatMap(({ plaintext }) => readCachedChanges(plaintext as Uint8Array))
      .map((change) => admitChange(change.bytes, change.hash, change.actor));
    const document = saved.document.apply(...changes).document;
    if (!equalBytes(encodeCbor(document.heads()), encodeCbor(heads))) return null;
    return {
      state: { document, members: readMemberMap(members), ...marks },
      changes: changes.length,
    };
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}

async function readMeta(
  store: DeviceStore,
  context: ReplicaContext,
  key: Uint8Array,
): Promise<Uint8Array | null> {
  const row = await store.get("meta", key);
  return row === null ? null : context.rows.open("meta", row);
}

function readSaved(plaintext: Uint8Array): { readonly document: VaultDocument } {
  return readStructure("LK-VAULT-DAMAGED", plaintext, (value) => {
    const fields = new Fields(value, "saved document row", 3);
    fields.uint("position");
    const heads = readHeads(fields);
    return { document: loadDocument(fields.bytes("document", { min: 1, max: MAX_SNAPSHOT_BYTES }), heads) };
  });
}

/** Members as this device sealed them for itself: their signatures were checked when they came. */
function readMemberMap(plaintext: Uint8Array): Map<string, LogMember> {
  const members = new Map<string, LogMember>();
  for (const { deviceTag, record, hash, onProbation } of readMembers(plaintext)) {
    members.set(encodeHex(deviceTag), { ...readNamedMemberRecord(record, [hash]), deviceTag, onProbation });
  }
  return members;
}

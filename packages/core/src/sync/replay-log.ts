/**
 * A log read out of the store and replayed: the state at the beginning of its epoch, then every entry again with every check, in the order in which
 * they were accepted.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { openSnapshot } from "../log/snapshot.ts";
import { SealedEntry } from "../log/verify.ts";
import { deriveDeviceTag } from "../membership/device.ts";
import type { EpochRecord } from "../membership/epoch-record.ts";
import { readNamedMemberRecord } from "../membership/member-record.ts";
import type { DeviceStore } from "../storage/device-store.ts";
import { loadDocument } from "../vault/document.ts";
import { receiveEntries } from "./receive-entries.ts";
import { readEntryKey, readHeldRow } from "./replica-rows.ts";
import type { AcceptedEntry, HeldEntry, LogMember, ReplicaContext, ReplicaState } from "./replica-state.ts";

/** The state at the beginning of an epoch, from its snapshot. Throws `LK-EPOCH-SNAPSHOT` or `LK-VAULT-DAMAGED`. */
export function startReplica(
  context: ReplicaContext,
  epoch: EpochRecord,
  snapshot: Uint8Array,
  epochs: ReplicaState["epochs"] = new Map(),
): ReplicaState {
  const content = openSnapshot(context.epoch.keys.snapshotKey, epoch.logId, snapshot, epoch.snapshotHash);
  const named = epoch.members.map((member) => member.record);
  const members = new Map<string, LogMember>();
  for (const bytes of content.members) {
    const record = readNamedMemberRecord(bytes, named);
    const deviceTag = deriveDeviceTag(record.member.identity.entryPublicKey, epoch.logId, 0);
    const onProbation = epoch.members.some((each) => each.probation && equalBytes(each.record, record.hash));
    members.set(encodeHex(deviceTag), { ...record, deviceTag, onProbation });
  }
  return {
    document: loadDocument(content.document),
    members,
    tips: new Map(),
    accepted: new Map(),
    held: new Map(),
    named: new Map(),
    epochs,
    readmissions: new Map(),
    choices: new Set(),
    forked: new Set(),
    told: new Map(),
    nextPosition: 0,
    operations: 0,
  };
}

export interface EntryRows {
  readonly accepted: Map<string, AcceptedEntry>;
  readonly damaged: number;
  readonly replaced: readonly Uint8Array[];
  readonly rows: { readonly entry: AcceptedEntry; readonly bytes: Uint8Array }[];
  readonly nextPosition: number;
}

export async function readEntries(store: DeviceStore, context: ReplicaContext): Promise<EntryRows> {
  const accepted = new Map<string, AcceptedEntry>();
  const damaged: Uint8Array[] = [];
  const rows: EntryRows["rows"] = [];
  let nextPosition = 0;
  for (const { key, value } of await store.scan("entry", context.epoch.logId)) {
    const entry = readEntryKey(key);
    nextPosition = entry.position + 1;
    if (value === null) damaged.push(key);
    else {
      accepted.set(encodeHex(entry.hash), entry);
      rows.push({ entry, bytes: value });
    }
  }
  const replaced = damaged.filter((key) => accepted.has(encodeHex(readEntryKey(key).hash)));
  return { accepted, damaged: damaged.length - replaced.length, replaced, rows, nextPosition };
}

export async function readHeld(store: DeviceStore, context: ReplicaContext) {
  const held = new Map<string, HeldEntry>();
  const damaged: Uint8Array[] = [];
  for (const { key, value } of await store.scan("held", context.epoch.logId)) {
    if (value === null) {
      damaged.push(key);
      continue;
    }
    const { reason, bytes } = readHeldRow(value);
    const { hash, header } = SealedEntry.decode(bytes);
    held.set(encodeHex(hash), { hash, bytes, ...header, reason });
  }
  return { held, damaged };
}

/** The state of an epoch from its snapshot and what is here of its log, if the device has been there before. */
export async function reenterReplica(
  store: DeviceStore,
  context: ReplicaContext,
  epoch: EpochRecord,
  snapshot: Uint8Array,
  epochs: ReplicaState["epochs"],
): Promise<ReplicaState> {
  const { rows, nextPosition } = await readEntries(store, context);
  const { held } = await readHeld(store, context);
  const state = replayLog(context, { epoch, snapshot, epochs }, rows, held);
  return { ...state, nextPosition: Math.max(nextPosition, state.nextPosition) };
}

/** Every entry again from the snapshot on, with every check, in the order of the first time. */
export function replayLog(
  context: ReplicaContext,
  from: {
    readonly epoch: EpochRecord;
    readonly snapshot: Uint8Array;
    readonly epochs: ReplicaState["epochs"];
  },
  rows: EntryRows["rows"],
  held: ReadonlyMap<string, HeldEntry>,
): ReplicaState {
  let state = startReplica(context, from.epoch, from.snapshot, from.epochs);
  for (const { entry, bytes } of rows) {
    state = receiveEntries(context, { ...state, nextPosition: entry.position }, [bytes]).state;
  }
  return receiveEntries(
    context,
    state,
    [...held.values()].map(({ bytes }) => bytes),
  ).state;
}

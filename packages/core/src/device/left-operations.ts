/**
 * What others wrote into a log that this device has left, and what the epoch that counts does not have: it waits for its author, who issues it
 * again when it comes. Who cannot wait any longer takes it into its own journal and answers for it from then on (sync-protocol.md § 6).
 */
import { encodeHex } from "../bytes/text.ts";
import { equalBytes } from "../bytes/equal.ts";
import { isVaultError } from "../errors.ts";
import { decodeChangePayload, decodeReissuePayload } from "../log/change.ts";
import { openSnapshot } from "../log/snapshot.ts";
import { type OpenedEntry, SealedEntry } from "../log/verify.ts";
import { deriveMetadataEpochKeys } from "../membership/epoch.ts";
import type { EpochClaim } from "../membership/epoch-record.ts";
import type { RowChange } from "../storage/device-store.ts";
import { type JournalEntry, journalKey, journalRow } from "../sync/journal.ts";
import { readEntryKey } from "../sync/replica-rows.ts";
import { findMember, type LogMember } from "../sync/replica-state.ts";
import { admitChange, admitReissuedChange } from "../vault/admit.ts";
import { createGenesisDocument, loadDocument, type VaultDocument } from "../vault/document.ts";
import { keepLogged, type LoggedOperation } from "../vault/logged-operations.ts";
import { deriveActor } from "../vault/operation-id.ts";
import { CORE, type PasskeyId, splitKey } from "../vault/schema.ts";
import type { Device } from "./device.ts";
import { listApplied } from "./epoch-content.ts";
import { carriesSecret } from "./journal-secrets.ts";
import { type KeptLog, readKeptLogs } from "./kept-log.ts";
import { withoutPurged } from "./without-purged.ts";

/**
 * Operations in this log, of other devices that are still members, which the present epoch does not have. None where the content of the log was
 * erased. Throws `LK-EPOCH-SNAPSHOT` or `LK-VAULT-DAMAGED` when the present epoch is damaged here.
 */
export async function readLeft(device: Device, kept: KeptLog): Promise<readonly JournalEntry[]> {
  const { context, deps, state } = device;
  const { logId } = kept.epoch.record;
  const snapshot = await deps.store.get("snapshot", logId);
  if (snapshot === null) return [];
  const keys = deriveMetadataEpochKeys(device.metadataRoot(logId));
  const logged: LoggedOperation[] = [];
  for (const { key, value } of await deps.store.scan("entry", logId)) {
    const author = kept.members.get(encodeHex(readEntryKey(key).deviceTag));
    if (value === null || author === undefined) continue;
    try {
      const sealed = SealedEntry.decode(value).verify(author.member.identity.entryPublicKey);
      logged.push(...readLogged(sealed.open(keys, kept.epoch.hash), author));
    } catch (error) {
      // What came late was opened and not judged: what does not hold now never will.
      if (!isVaultError(error)) throw error;
    }
  }
  const own = context.self.signer.publicKey;
  const isLeft = ({ id }: LoggedOperation): boolean =>
    !equalBytes(id.device, own) && findMember(state, id.device) !== null;
  if (!logged.some(isLeft)) return [];
  const applied = await listApplied(device);
  const opening = openDocument(keys.snapshotKey, kept.epoch, snapshot.value);
  try {
    return keepLogged(opening, logged)
      .filter((operation, i) => isLeft(logged[i] as LoggedOperation) && !applied.has(operation.id))
      .map((operation) => withoutPurged(state.document, operation))
      .filter(({ writes }) => writes.length > 0)
      .map((operation) => ({ operation, placements: [kept.epoch.hash], sealedIn: logId }));
  } finally {
    opening.free();
  }
}

/** Where it is damaged nothing tells what was replaced: then values are offered that might have been put. */
function openDocument(key: Uint8Array, { record }: EpochClaim, snapshot: Uint8Array | null): VaultDocument {
  if (snapshot === null) return createGenesisDocument();
  try {
    return loadDocument(openSnapshot(key, record.logId, snapshot, record.snapshotHash).document);
  } catch (error) {
    if (isVaultError(error, "LK-EPOCH-SNAPSHOT") || isVaultError(error, "LK-VAULT-DAMAGED"))
      return createGenesisDocument();
    throw error;
  }
}

function readLogged({ kind, payload }: OpenedEntry, author: LogMember): LoggedOperation[] {
  if (kind === "change") {
    const { session, changes } = decodeChangePayload(payload);
    const actor = deriveActor(author.member.identity.entryPublicKey, session);
    return changes.map(({ operation, hash, bytes }) => {
      const change = admitChange(bytes, hash, actor);
      return { id: operation, time: change.startOperation, changes: [change] };
    });
  }
  if (kind !== "reissue") return [];
  return decodeReissuePayload(payload).map(({ operation, time, changes }) => ({
    id: operation,
    time,
    changes: changes.map((change) => admitReissuedChange(change.bytes, change.hash, operation, time)),
  }));
}

/** The rows with which this device's journal has what is left in a log: before its content goes. */
export async function takeLeft(device: Device, kept: KeptLog): Promise<RowChange[]> {
  const rows: RowChange[] = [];
  for (const entry of await readLeft(device, kept)) {
    const known = await device.deps.store.get("journal", journalKey(entry.operation.id));
    if (known === null) rows.push(journalRow(device.context.rows, entry));
  }
  return rows;
}

/** Takes those with which these passkeys were made, wherever they are left: something of this device's own rests on them. Says whether there were any. */
export async function takeMade(device: Device, ids: ReadonlySet<PasskeyId>): Promise<boolean> {
  const rows: RowChange[] = [];
  for (const kept of await readKeptLogs(device.deps.store, device.context.rows)) {
    for (const entry of await readLeft(device, kept)) {
      const makes = entry.operation.writes.some(({ container, key }) => {
        const register = container === "settings" ? null : splitKey(key);
        return register?.register === CORE && ids.has(register.id);
      });
      if (makes) rows.push(journalRow(device.context.rows, entry));
    }
  }
  await device.commit(rows);
  return rows.length > 0;
}

/** The logs, by id, in which secrets of others are left: whoever is to issue them again needs the signing root. */
export async function listSealedLeft(device: Device): Promise<readonly Uint8Array[]> {
  const logIds: Uint8Array[] = [];
  for (const kept of await readKeptLogs(device.deps.store, device.context.rows)) {
    const left = await readLeft(device, kept);
    if (left.some(({ operation }) => operation.writes.some(carriesSecret)))
      logIds.push(kept.epoch.record.logId);
  }
  return logIds;
}

/** How many operations wait for each device, by its entry public key in hex. */
export async function countLeft(device: Device): Promise<ReadonlyMap<string, number>> {
  const waiting = new Map<string, Set<string>>();
  for (const kept of await readKeptLogs(device.deps.store, device.context.rows)) {
    for (const { operation } of await readLeft(device, kept)) {
      const key = encodeHex(operation.id.device);
      const names = waiting.get(key) ?? new Set();
      waiting.set(key, names.add(encodeHex(journalKey(operation.id))));
    }
  }
  return new Map([...waiting].map(([key, names]) => [key, names.size]));
}

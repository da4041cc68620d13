/**
 * Issuing the operations of this device's journal again that the epoch it is in does not have: after a move, and again once the person is verified,
 * for those that carry a secret (sync-protocol.md § 6). It may be done at any time and any number of times: what is there already is left.
 */
import { equalBytes } from "../bytes/equal.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import { openSnapshot } from "../log/snapshot.ts";
import { deriveSecretKey } from "../membership/epoch.ts";
import { type JournalEntry, readUncovered } from "../sync/journal.ts";
import { findMember } from "../sync/replica-state.ts";
import { type Reissue, writeReissue } from "../sync/write-entry.ts";
import { eachPasskey } from "../vault/cells.ts";
import { loadDocument } from "../vault/document.ts";
import { createReissuer, type KeptOperation, linkOperations } from "../vault/reissue.ts";
import { CORE, type PasskeyId, SCHEMA_VERSION } from "../vault/schema.ts";
import type { Device } from "./device.ts";
import { findRoot } from "./epoch-root.ts";
import { carriesSecret, isCore, passkeyOf, resealWrite } from "./journal-secrets.ts";
import { takeMade } from "./left-operations.ts";
import { rootOf, type SigningTier } from "./tiers.ts";
import { withoutPurged } from "./without-purged.ts";

/** Bytes of changes in one entry: it is 64 KiB with header, seal and the operation ids. */
const MAX_BATCH_BYTES = 48 * 1024;
const MAX_BATCH = 200;

export interface ReissueOutcome {
  /** Operations that are in the vault again. */
  readonly issued: number;
  /** Operations with a secret wait for a user verification, operations on a passkey that is not here wait for that. */
  readonly waiting: number;
  /** Operations on passkeys that were erased for good meanwhile. */
  readonly erased: number;
}

/**
 * Without `signing`, what carries a secret waits. With it goes, first, what makes a passkey on which something of this device rests, whoever made
 * it. Throws `LK-EPOCH-SNAPSHOT` or `LK-VAULT-DAMAGED` when the snapshot is damaged.
 */
export async function reissueOwn(device: Device, signing: SigningTier | null): Promise<ReissueOutcome> {
  const { missing, ...outcome } = await reissueJournal(device, signing);
  if (signing === null || missing.size === 0 || !(await takeMade(device, missing))) return outcome;
  const { missing: _, ...again } = await reissueJournal(device, signing);
  return { ...again, issued: outcome.issued + again.issued };
}

/** `missing`: passkeys that are not here and on which something waits. */
async function reissueJournal(
  device: Device,
  signing: SigningTier | null,
): Promise<ReissueOutcome & { readonly missing: ReadonlySet<PasskeyId> }> {
  const { context, epoch } = device;
  // There was no epoch before it.
  const missing = new Set<PasskeyId>();
  if (epoch.record.number === 1) return { issued: 0, waiting: 0, erased: 0, missing };
  const { content, uncovered } = await readWaiting(device);
  const isReadOnly = device.state.document.schema() > SCHEMA_VERSION;
  if (uncovered.length === 0 || isReadOnly)
    return { issued: 0, waiting: uncovered.length, erased: 0, missing };
  const first = loadDocument(content.document);
  const reissuer = createReissuer(first, first.heads());
  try {
    const ready: Reissue[] = [];
    let waiting = 0;
    let erased = 0;
    const linked = linkOperations(uncovered.map(({ operation }) => operation));
    // A passkey that is not here yet, this device's own or another's, holds back what was done to it, and nothing else.
    const known = new Set<PasskeyId>();
    for (const [id, { registers }] of eachPasskey(device.state.document.cells()))
      if (registers.has(CORE)) known.add(id);
    for (const operation of linked) {
      const entry = uncovered.find((each) => each.operation.id === operation.id) as JournalEntry;
      const left = withoutPurged(device.state.document, operation);
      if (left.writes.length < operation.writes.length) erased++;
      const created = new Set(left.writes.filter(isCore).map(passkeyOf));
      const rests = left.writes
        .map(passkeyOf)
        .filter((id) => id !== null && !known.has(id) && !created.has(id)) as PasskeyId[];
      for (const id of rests) missing.add(id);
      const open = rests.length > 0 ? null : openSecrets(device, left, { entry, linked, signing });
      if (open === null) waiting++;
      else {
        for (const id of created) if (id !== null) known.add(id);
        ready.push({ entry, changes: reissuer.issue(open) });
      }
    }
    for (const batch of splitBatches(ready)) {
      // What was made for this epoch has no place in another one that the device may have moved to meanwhile.
      await device.step((state) => (device.epoch === epoch ? writeReissue(context, state, batch) : null));
    }
    return { issued: ready.length, waiting, erased, missing };
  } finally {
    reissuer.free();
    first.free();
  }
}

/** The epoch's first document, and the operations of the journal that the epoch does not have. */
async function readWaiting(device: Device) {
  const { context, deps, epoch } = device;
  const snapshot = await device.readSnapshot();
  if (snapshot === null) throw new VaultError("LK-VAULT-DAMAGED", "snapshot of the epoch is damaged here");
  const { logId, snapshotHash } = epoch.record;
  const content = openSnapshot(context.epoch.keys.snapshotKey, logId, snapshot, snapshotHash);
  const all = await readUncovered(deps.store, context.rows, epoch.hash, content.applied);
  // What a device did that was put out since ends with it, whoever answers for it.
  return { content, uncovered: all.filter(({ operation }) => counts(device, operation)) };
}

/**
 * Operations that this device is still to issue: they wait for a user verification, or for a passkey that is not here, for ever where a device
 * made it that was put out. Throws like `reissueOwn`.
 */
export async function countWaiting(device: Device): Promise<number> {
  return device.epoch.record.number === 1 ? 0 : (await readWaiting(device)).uncovered.length;
}

function counts({ context, state }: Device, { id }: KeptOperation): boolean {
  return equalBytes(id.device, context.self.signer.publicKey) || findMember(state, id.device) !== null;
}

/** The operation with its secrets under this epoch's key, or `null` while the signing tier is closed. */
function openSecrets(
  device: Device,
  operation: KeptOperation,
  {
    entry,
    linked,
    signing,
  }: {
    readonly entry: JournalEntry;
    readonly linked: readonly KeptOperation[];
    readonly signing: SigningTier | null;
  },
): KeptOperation | null {
  if (!operation.writes.some(carriesSecret)) return operation;
  if (signing === null) return null;
  const from = entry.sealedIn;
  const { logId } = device.epoch.record;
  if (findRoot(signing.roots, from) === null || findRoot(signing.roots, logId) === null) return null;
  const keys = {
    from: deriveSecretKey(rootOf(signing, from)),
    to: deriveSecretKey(rootOf(signing, logId)),
    random: null,
  };
  try {
    return {
      ...operation,
      // What does not open is put as it is: it was of no use before, and nothing is lost.
      writes: operation.writes.map((write) => resealWrite(device, linked, write, keys) ?? write),
    };
  } finally {
    wipe(keys.from, keys.to);
  }
}

function* splitBatches(reissues: readonly Reissue[]): Generator<readonly Reissue[]> {
  let batch: Reissue[] = [];
  let bytes = 0;
  for (const reissue of reissues) {
    const size = reissue.changes.reduce((sum, change) => sum + change.bytes.length + 48, 96);
    if (batch.length > 0 && (bytes + size > MAX_BATCH_BYTES || batch.length === MAX_BATCH)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(reissue);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

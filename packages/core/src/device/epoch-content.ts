/**
 * What a new epoch begins with, out of what this device has of the present one: the document with each secret sealed anew, and the list of
 * operations that are in it.
 */
import { wipe } from "../crypto/wipe.ts";
import { encodeHex } from "../bytes/text.ts";
import { isVaultError, VaultError } from "../errors.ts";
import { decodeChangePayload, decodeReissuePayload } from "../log/change.ts";
import { SealedEntry } from "../log/verify.ts";
import { deriveSecretKey } from "../membership/epoch.ts";
import type { EpochContent } from "../membership/make-epoch.ts";
import { openSnapshot } from "../log/snapshot.ts";
import type { ReplicaState } from "../sync/replica-state.ts";
import type { VaultDocument } from "../vault/document.ts";
import { makeNextDocument, type Reseal } from "../vault/next-document.ts";
import type { OperationId } from "../vault/operation-id.ts";
import type { OperationSet } from "../vault/operation-set.ts";
import { resealRecord, resealRegister, type SecretKeys } from "../vault/reseal.ts";
import { CORE, isSealed, type PasskeyId } from "../vault/schema.ts";
import { deriveStateHash } from "../vault/state-hash.ts";
import type { Device } from "./device.ts";

/** Makes the content once the new secret key is known, of the document that the covers are of. `signingRoot` is the present epoch's. */
export function makeContent(
  { deps }: Device,
  { document }: Pick<ReplicaState, "document">,
  parts: {
    readonly purged: readonly PasskeyId[];
    readonly applied: OperationSet;
    readonly signingRoot: Uint8Array;
  },
): (secretKey: Uint8Array) => EpochContent {
  return (to) => {
    const from = deriveSecretKey(parts.signingRoot);
    try {
      const keys = { from, to, random: deps.random };
      const next = makeNextDocument(document, parts.purged, resealIn(document, keys));
      try {
        return { document: next.save(), stateHash: deriveStateHash(next), applied: parts.applied };
      } finally {
        next.free();
      }
    } finally {
      wipe(from);
    }
  };
}

/** A secret that does not open, or a record of a newer version, goes on as it is: it signs nobody in either way, and nothing is lost. */
export function resealIn(document: VaultDocument, keys: SecretKeys): Reseal {
  return (id, register, value) => {
    if (!(value instanceof Uint8Array)) return value;
    try {
      if (register === CORE) return resealRecord(value, keys);
      if (!isSealed(register)) return value;
      const record = document.get(id)?.record;
      return record == null ? value : resealRegister(record, register, value, keys);
    } catch (error) {
      if (isVaultError(error, "LK-KEY-SECRET-REFUSED") || isVaultError(error, "LK-VAULT-DAMAGED"))
        return value;
      throw error;
    }
  };
}

/** Entries read from the store at once: 4 MiB at most. */
const BATCH = 64;

/**
 * Every operation that the present document holds: those of its snapshot and those of the log since. Throws `LK-VAULT-DAMAGED` when a row
 * is damaged that would have to be counted.
 */
export async function listApplied(device: Device, state: ReplicaState = device.state): Promise<OperationSet> {
  const { context, epoch } = device;
  const snapshot = await device.readSnapshot();
  if (snapshot === null || device.problems.entries > 0)
    throw new VaultError("LK-VAULT-DAMAGED", "vault has damaged rows that are to be fetched again");
  const hashes = [...state.accepted.values()].map(({ hash }) => hash);
  const operations: OperationId[] = [];
  for (let start = 0; start < hashes.length; start += BATCH) {
    const batch = hashes.slice(start, start + BATCH);
    const entries = await device.readEntries(batch);
    if (entries.length < batch.length)
      throw new VaultError("LK-VAULT-DAMAGED", "an entry of the log is damaged here");
    for (const { bytes } of entries) operations.push(...listOperations(device, bytes));
  }
  const { logId, snapshotHash } = epoch.record;
  return openSnapshot(context.epoch.keys.snapshotKey, logId, snapshot, snapshotHash).applied.with(operations);
}

function listOperations({ context, state }: Device, bytes: Uint8Array): OperationId[] {
  const sealed = SealedEntry.decode(bytes);
  const author = state.members.get(encodeHex(sealed.header.deviceTag));
  if (author === undefined) throw new VaultError("LK-VAULT-DAMAGED", "entry of nobody is in the log");
  const { kind, payload } = sealed
    .verify(author.member.identity.entryPublicKey)
    .open(context.epoch.keys, context.epoch.hash);
  if (kind === "change") return decodeChangePayload(payload).changes.map(({ operation }) => operation);
  if (kind === "reissue") return decodeReissuePayload(payload).map(({ operation }) => operation);
  return [];
}

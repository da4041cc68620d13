/**
 * What of a log a device still gives to relays once an epoch follows it: what that one's record covers, so that whoever is late gets as far as
 * the record, and membership entries. Anything else it issues again in the new log: a removed device reads the old one (promise 6).
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { RECORD_KINDS } from "../log/entry.ts";
import type { AcceptedEntry, ReplicaState, SeenEpoch } from "../sync/replica-state.ts";

/** The records that stand on this epoch, as far as they are known. */
export const listSuccessors = (state: ReplicaState, epochHash: Uint8Array): readonly SeenEpoch[] =>
  [...state.epochs.values()].filter(({ record }) => equalBytes(record.parent, epochHash));

/** Hashes, in the order given. Without successors: all. */
export function listShareable(
  accepted: Iterable<AcceptedEntry>,
  successors: readonly SeenEpoch[],
): readonly Uint8Array[] {
  const covered = new Map<string, number>();
  for (const { record } of successors) {
    for (const { deviceTag, seq } of record.covers) {
      const tag = encodeHex(deviceTag);
      covered.set(tag, Math.max(seq, covered.get(tag) ?? 0));
    }
  }
  const hashes: Uint8Array[] = [];
  for (const { hash, deviceTag, seq, kind } of accepted) {
    const isCovered = successors.length === 0 || seq <= (covered.get(encodeHex(deviceTag)) ?? 0);
    if (isCovered || RECORD_KINDS.has(kind)) hashes.push(hash);
  }
  return hashes;
}

/**
 * Letting old signing roots go (sync-protocol.md § 6): after this device's own *opened*, and when its journal needs them no more, never by days.
 * What the journal holds sealed under an old root is sealed under the present one first: an operation that is covered now is issued again
 * where the epoch that covers it loses. What others left sealed under it, and may never issue again, needs it too. Of a root that goes the seed of the room's authority key stays while the log is looked after.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { wipe } from "../crypto/wipe.ts";
import { deriveRoomAuthoritySeed, deriveSecretKey } from "../membership/epoch.ts";
import { type JournalEntry, journalRow, readJournal } from "../sync/journal.ts";
import type { Device } from "./device.ts";
import { type EpochRoot, findRoot, joinRoots } from "./epoch-root.ts";
import { carriesSecret, resealWrite } from "./journal-secrets.ts";
import { readKeptLogs } from "./kept-log.ts";
import { listSealedLeft } from "./left-operations.ts";
import { readSigningRoots, sealSigningRoots } from "./signing-roots.ts";
import { rootOf, type SigningTier } from "./tiers.ts";

/** Resolves with how many roots went. */
export async function letRootsGo(device: Device, signing: SigningTier): Promise<number> {
  const { deps, epoch } = device;
  const { store, random } = deps;
  const { rows } = device.context;
  const { logId } = epoch.record;
  let gone = 0;
  await device.commit(async () => {
    // Another epoch has secrets of its own to be opened first.
    if (device.epoch !== epoch) return [];
    const kept = await readSigningRoots(store, signing.authority);
    if (!kept.roots.some((root) => !equalBytes(root.logId, logId))) return [];
    const journal = (await readJournal(store, rows)).filter(({ operation }) =>
      operation.writes.some(carriesSecret),
    );
    const resealed = journal.map((entry) => resealEntry(device, journal, entry, signing));
    const sealedIn = [...resealed.map((entry) => entry.sealedIn), ...(await listSealedLeft(device))];
    const needed = new Set([logId, ...sealedIn].map(encodeHex));
    const isNeeded = (root: EpochRoot): boolean => needed.has(encodeHex(root.logId));
    const roots = kept.roots.filter(isNeeded);
    const left = kept.roots.filter((root) => !isNeeded(root));
    gone = left.length;
    const seeds = left.map(({ logId: id, root }) => ({ logId: id, root: deriveRoomAuthoritySeed(root) }));
    const lookedAfter = (await readKeptLogs(store, rows)).map((log) => log.epoch.record);
    const rooms = joinRoots(kept.rooms, seeds).filter((room) =>
      lookedAfter.some((record) => equalBytes(record.logId, room.logId)),
    );
    return [
      ...resealed.filter((entry, i) => entry !== journal[i]).map((entry) => journalRow(rows, entry)),
      sealSigningRoots(signing.authority, { roots, rooms }, random),
    ];
  });
  return gone;
}

/** The entry with its secrets under the present key; as it is, where that is so already or one of them does not open. */
function resealEntry(
  device: Device,
  journal: readonly JournalEntry[],
  entry: JournalEntry,
  signing: SigningTier,
): JournalEntry {
  const { logId } = device.epoch.record;
  const from = findRoot(signing.roots, entry.sealedIn);
  if (from === null || equalBytes(entry.sealedIn, logId)) return entry;
  const linked = journal.map(({ operation }) => operation);
  const keys = {
    from: deriveSecretKey(from.root),
    to: deriveSecretKey(rootOf(signing, logId)),
    random: device.deps.random,
  };
  try {
    const writes = entry.operation.writes.map((write) => resealWrite(device, linked, write, keys));
    if (!writes.every((write) => write !== null)) return entry;
    return { ...entry, operation: { ...entry.operation, writes }, sealedIn: logId };
  } finally {
    wipe(keys.from, keys.to);
  }
}

/**
 * Letting go of a log that was left (sync-protocol.md § 6): its content when every device has moved, or after 30 days; the way into its room
 * when that was emptied too. What was purged is gone from here with the content, and from the relay with the room.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { RECORD_KINDS } from "../log/entry.ts";
import { deriveRoomAuthoritySeed } from "../membership/epoch.ts";
import { deriveSigningKeyPair, type SigningKeyPair } from "../crypto/signature.ts";
import type { Row, RowChange, Table } from "../storage/device-store.ts";
import { readEntryKey } from "../sync/replica-rows.ts";
import { findMember } from "../sync/replica-state.ts";
import type { Device } from "./device.ts";
import { findRoot } from "./epoch-root.ts";
import { keptLogKey, type KeptLog, readKeptLogs } from "./kept-log.ts";
import { takeLeft } from "./left-operations.ts";
import { isOverlooked } from "./readmit.ts";
import { tellChain } from "./tell-rivals.ts";
import type { SigningTier } from "./tiers.ts";

/** A device that was away for longer finds the way by the room, and its own operations in its journal. */
const KEEP_CONTENT_DAYS = 30;

/**
 * Of all logs that are kept, oldest first, those that nobody needs any more: from the oldest on, as long as everybody has moved. Whoever has
 * not left an older one may come by any later one.
 */
export function listDeserted(device: Device, logs: readonly KeptLog[]): readonly KeptLog[] {
  const needed = logs.findIndex((kept) => !hasEverybodyMoved(device, kept));
  return needed === -1 ? logs : logs.slice(0, needed);
}

/** Whether each device of that log that is still a member has written in the present one. */
function hasEverybodyMoved(device: Device, kept: KeptLog): boolean {
  const { state, context } = device;
  const own = context.self.signer.publicKey;
  return [...kept.members.values()].every((each) => {
    const { member } = each;
    const { entryPublicKey } = member.identity;
    const present = findMember(state, entryPublicKey);
    if (equalBytes(entryPublicKey, own)) return true;
    // Who was put out is not waited for; who was overlooked finds the way in there.
    if (present === null) return !isOverlooked(device, each);
    // A page is not a device: nobody waits for it.
    return member.page || state.tips.has(encodeHex(present.deviceTag));
  });
}

/** Whether the content of a log may go, asked after its relays were told: nobody needs it, or it is old. A visit may have brought a member that does. */
export async function mayDrop(device: Device, { epoch }: KeptLog): Promise<boolean> {
  const logs = await readKeptLogs(device.deps.store, device.context.rows);
  const kept = logs.find((each) => equalBytes(each.epoch.hash, epoch.hash));
  if (kept === undefined) return false;
  return isOld(device, kept) || listDeserted(device, logs).includes(kept);
}

const isOld = (device: Device, { leftDay }: KeptLog): boolean => device.today() - leftDay > KEEP_CONTENT_DAYS;

/**
 * Before a log is given to its relays: where it is old, the way from it to here is written into it, for nobody has the snapshots between any more.
 * Whoever was away for so long takes one step, and finds the way again where a relay lost everything (decision 013).
 */
export async function leadHome(device: Device, kept: KeptLog): Promise<void> {
  if (isOld(device, kept)) await tellChain(device, kept);
}

/**
 * Erases the content of a log, its snapshot and all entries but those of membership, by which a late device finds the way; and takes into the
 * journal what others wrote there and nobody has issued again: then it is this device's to issue. Resolves with how many. Throws what `readLeft`
 * throws, and then erases nothing.
 */
export async function dropContent(device: Device, kept: KeptLog): Promise<number> {
  const { logId } = kept.epoch.record;
  const { store } = device.deps;
  const taken = await takeLeft(device, kept);
  const content = (await store.scan("entry", logId)).filter(
    ({ key }) => !RECORD_KINDS.has(readEntryKey(key).kind),
  );
  await device.commit([
    ...taken,
    { table: "snapshot", key: logId, value: null },
    ...erase("entry", content),
    ...erase("held", await store.scan("held", logId)),
  ]);
  return taken.length;
}

const erase = (table: Table, rows: readonly Row[]): RowChange[] =>
  rows.map(({ key }) => ({ table, key, value: null }));

/** Whether nothing of the log's content is here any more. */
export async function isDropped({ deps }: Device, { epoch }: KeptLog): Promise<boolean> {
  return (await deps.store.get("snapshot", epoch.record.logId)) === null;
}

/** Forgets the log altogether, its room keys too: once its room is empty. */
export async function forgetLog(device: Device, { epoch }: KeptLog): Promise<void> {
  const { logId } = epoch.record;
  const entries = erase("entry", await device.deps.store.scan("entry", logId));
  await device.forgetRoot(logId, [{ table: "meta", key: keptLogKey(logId), value: null }, ...entries]);
}

/** The key that may empty the room of a log that was left, or `null` when this device never had its signing root. The caller wipes it. */
export function deriveRoomAuthority(signing: SigningTier, { epoch }: KeptLog): SigningKeyPair | null {
  const { logId } = epoch.record;
  const root = findRoot(signing.roots, logId);
  const seed = root === null ? findRoot(signing.rooms, logId)?.root : deriveRoomAuthoritySeed(root.root);
  return seed === undefined ? null : deriveSigningKeyPair(seed);
}

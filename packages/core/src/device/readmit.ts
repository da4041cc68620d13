/**
 * Letting a device in again that the record of the present epoch does not know: it was added while that was made (sync-protocol.md § 6). Whoever
 * is verified does it: a member record for the new log, and the way there into the log where the device is.
 */
import { encodeHex } from "../bytes/text.ts";
import { makeEntry, NO_ENTRY } from "../log/entry.ts";
import { deriveDeviceTag } from "../membership/device.ts";
import { deriveMetadataEpochKeys } from "../membership/epoch.ts";
import type { MemberEntry } from "../membership/member-record.ts";
import { encodeReadmission } from "../membership/readmission.ts";
import { entryRow, readEntryKey } from "../sync/replica-rows.ts";
import { type AcceptedEntry, findMember, type LogMember } from "../sync/replica-state.ts";
import { makeMemberEntry } from "./admit-device.ts";
import type { Device } from "./device.ts";
import { type KeptLog, readKeptLogs } from "./kept-log.ts";
import type { SigningTier } from "./tiers.ts";

/** Readmits everybody who was overlooked. Returns how many. */
export async function readmitOverlooked(device: Device, signing: SigningTier): Promise<number> {
  let count = 0;
  for (const kept of await readKeptLogs(device.deps.store, device.context.rows)) {
    for (const member of kept.members.values()) {
      if (!isOverlooked(device, member)) continue;
      const { entry } = makeMemberEntry(device, signing, member.member);
      await device.writeMember(entry);
      await writeReadmission(device, kept, entry);
      count++;
    }
  }
  return count;
}

/** Neither a member now nor put out by any record that is known. */
function isOverlooked({ state }: Device, member: LogMember): boolean {
  if (findMember(state, member.member.identity.entryPublicKey) !== null) return false;
  const hash = encodeHex(member.hash);
  return [...state.epochs.values()].every(({ record }) => !record.removed.map(encodeHex).includes(hash));
}

/** An entry of this device in a log that it has left: membership alone may still be written there. */
async function writeReadmission(device: Device, { epoch }: KeptLog, entry: MemberEntry): Promise<void> {
  const { context, deps } = device;
  const { logId } = epoch.record;
  const deviceTag = deriveDeviceTag(context.self.signer.publicKey, logId, 0);
  const rows = (await deps.store.scan("entry", logId)).map(({ key }) => readEntryKey(key));
  const own = encodeHex(deviceTag);
  const last = rows
    .filter((row) => encodeHex(row.deviceTag) === own)
    .reduce<AcceptedEntry | null>((tip, row) => (tip === null || row.seq > tip.seq ? row : tip), null);
  const header = { logId, deviceTag, seq: (last?.seq ?? 0) + 1, prev: last?.hash ?? NO_ENTRY };
  const payload = encodeReadmission({ epochHash: device.epoch.hash, entry });
  const body = { epochHash: epoch.hash, seen: [], kind: "readmission", payload } as const;
  const { recordKey } = deriveMetadataEpochKeys(device.metadataRoot(logId));
  const keys = { sealKey: recordKey, signer: context.self.signer };
  const made = makeEntry(header, body, keys, deps.random);
  const position = rows.reduce((next, row) => Math.max(next, row.position + 1), 0);
  const row = { hash: made.hash, deviceTag, seq: header.seq, kind: body.kind, position };
  await device.commit([entryRow(logId, row, made.bytes)]);
}

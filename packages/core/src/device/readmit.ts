/**
 * Letting a device in again that the record of the present epoch does not know: it was added while that was made (sync-protocol.md § 6). Whoever
 * is verified does it: a member record for the new log, and the way there into the log where the device is.
 */
import { encodeHex } from "../bytes/text.ts";
import { encodeReadmission } from "../membership/readmission.ts";
import { findMember, type LogMember } from "../sync/replica-state.ts";
import { makeMemberEntry } from "./admit-device.ts";
import type { Device } from "./device.ts";
import { readKeptLogs } from "./kept-log.ts";
import { writeLateEntry } from "./late-entry.ts";
import { judgeStanding } from "./standing.ts";
import { tellChain } from "./tell-rivals.ts";
import type { SigningTier } from "./tiers.ts";

/**
 * Readmits everybody who was overlooked, on probation who was on it. Returns how many. Only into the epoch that counts; nobody does who was put
 * out, or is on probation.
 */
export async function readmitOverlooked(device: Device, signing: SigningTier): Promise<number> {
  if (device.self?.onProbation !== false) return 0;
  let count = 0;
  if (judgeStanding(device).is !== "member") return count;
  const logs = await readKeptLogs(device.deps.store, device.context.rows);
  for (const [i, kept] of logs.entries()) {
    for (const member of kept.members.values()) {
      if (!isOverlooked(device, member)) continue;
      const { entry } = makeMemberEntry(
        device,
        signing,
        member.member,
        member.onProbation ? member.member.probation : null,
      );
      await device.writeMember(entry);
      const payload = encodeReadmission({ epochHash: device.epoch.hash, entry });
      // It may have been let into one of the epochs since, and look there.
      for (const log of logs.slice(i)) {
        // A way into an epoch of which it never heard would lead nowhere.
        await tellChain(device, log);
        await writeLateEntry(device, log, "readmission", payload);
      }
      count++;
    }
  }
  return count;
}

/** Neither a member now nor put out by any record that is known. */
export function isOverlooked({ state }: Device, member: LogMember): boolean {
  if (findMember(state, member.member.identity.entryPublicKey) !== null) return false;
  const hash = encodeHex(member.hash);
  return [...state.epochs.values()].every(({ record }) => !record.removed.map(encodeHex).includes(hash));
}

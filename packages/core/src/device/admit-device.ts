/**
 * The existing device's part after the code was right: with the signing tier open it signs the new device's member record with both
 * keys, writes it to the log and makes the welcome. Needs a user verification: without the signing tier there is nothing to sign with.
 */
import { VaultError } from "../errors.ts";
import type { DeviceIdentity } from "../membership/device.ts";
import { deriveSigningKeys } from "../membership/device.ts";
import {
  makeMemberRecord,
  type MemberEntry,
  type MemberRecord,
  WITHOUT_END,
} from "../membership/member-record.ts";
import { sealRoot } from "../membership/seal.ts";
import type { RowChange } from "../storage/device-store.ts";
import { findMember } from "../sync/replica-state.ts";
import { chooseProbation } from "./approval-rule.ts";
import { readEpochRow } from "./epoch-row.ts";
import type { Device } from "./device.ts";
import { checkOffProbation } from "./check-probation.ts";
import { makeApproval } from "./probation.ts";
import { judgeStanding } from "./standing.ts";
import { rootOf, type SigningTier } from "./tiers.ts";
import { encodeWelcome } from "./welcome.ts";
import { withheldRow } from "./withheld.ts";

export interface DeviceCandidate {
  readonly identity: DeviceIdentity;
  readonly name: string;
  readonly platform: string;
  /** A recovery page, and not a device: left out, it is one. */
  readonly page?: boolean;
}

export interface AdmissionOptions {
  /** The newcomer showed the code, and this device scanned it. */
  readonly isReverse?: boolean;
  /** An organization wants two devices to agree, whatever the vault's setting is. */
  readonly needsSecond?: boolean;
}

/**
 * Makes `candidate` a member, on probation where the vault's setting says so, and returns the welcome for it. Throws `LK-PAIR-REPLAYED` when it is a member already, `LK-EPOCH-PROBATION` when this device is on probation itself,
 * `LK-EPOCH-REMOVED` when it knows that it was put out.
 */
export async function admitDevice(
  device: Device,
  signing: SigningTier,
  candidate: DeviceCandidate,
  { isReverse = false, needsSecond = false }: AdmissionOptions = {},
): Promise<Uint8Array> {
  const { context, deps } = device;
  checkOffProbation(device);
  if (judgeStanding(device).is === "removed")
    throw new VaultError("LK-EPOCH-REMOVED", "this device was put out of the vault: it lets nobody in");
  if (findMember(device.state, candidate.identity.entryPublicKey) !== null) {
    throw new VaultError("LK-PAIR-REPLAYED", "device is a member already");
  }
  // Whoever holds a page is to have a device again: there may be no other one to agree, or to sign on the page.
  const isPaper = candidate.page === true || device.self?.member.page === true;
  const probation = isPaper ? null : chooseProbation(device, isReverse, needsSecond);
  const { entry, record } = makeMemberEntry(device, signing, candidate, probation);
  const rows =
    probation === null || probation === WITHOUT_END ? [] : [withhold(device, signing, record, probation)];
  await device.writeMember(entry, rows);
  const { payload } = await readEpochRow(deps.store, context.rows);
  return encodeWelcome({
    epochPayload: payload,
    memberHash: record.hash,
    metadataSeal: entry.metadataSeal,
    signingSeal: entry.signingSeal,
    seen: [...device.state.tips.values()],
  });
}

/** The signing seal that the new device gets when its time has come. */
function withhold(device: Device, signing: SigningTier, record: MemberRecord, due: number): RowChange {
  const { entryPublicKey } = record.member.identity;
  const approval = makeApproval(device, signing, record);
  return withheldRow(device.context.rows, { entryPublicKey, due, approval });
}

/** The record that makes `candidate` a member of the present epoch, with its roots sealed to it; on probation without the signing root. */
export function makeMemberEntry(
  device: Device,
  signing: SigningTier,
  { identity, name, platform, page = false }: DeviceCandidate,
  probation: number | null,
): { readonly entry: MemberEntry; readonly record: MemberRecord } {
  const { context, deps } = device;
  const { logId } = context.epoch;
  const signers = { entry: context.self.signer, authority: deriveSigningKeys(signing).authority };
  const sponsor = context.self.signer.publicKey;
  const member = { identity, name, platform, day: device.today(), sponsor, probation, page };
  const record = makeMemberRecord(member, logId, signers);
  const place = { logId, member: record.hash };
  const { metadataKemPublicKey, secretKemPublicKey } = identity;
  const metadataRoot = device.metadataRoot();
  const signingRoot = rootOf(signing, logId);
  return {
    entry: {
      record: record.bytes,
      metadataSeal: sealRoot(metadataKemPublicKey, { ...place, root: "M" }, metadataRoot, deps.random),
      signingSeal:
        probation === null
          ? sealRoot(secretKemPublicKey, { ...place, root: "S" }, signingRoot, deps.random)
          : null,
    },
    record,
  };
}

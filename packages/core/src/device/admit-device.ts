/**
 * The existing device's part after the code was right: with the signing tier open it signs the new device's member record with both
 * keys, writes it to the log and makes the welcome. Needs a user verification: without the signing tier there is nothing to sign with.
 */
import { VaultError } from "../errors.ts";
import type { DeviceIdentity } from "../membership/device.ts";
import { deriveSigningKeys } from "../membership/device.ts";
import { makeMemberRecord, type MemberEntry } from "../membership/member-record.ts";
import { sealRoot } from "../membership/seal.ts";
import { findMember } from "../sync/replica-state.ts";
import { readEpochRow } from "./epoch-row.ts";
import type { Device } from "./device.ts";
import { rootOf, type SigningTier } from "./tiers.ts";
import { encodeWelcome } from "./welcome.ts";

export interface DeviceCandidate {
  readonly identity: DeviceIdentity;
  readonly name: string;
  readonly platform: string;
}

/** Makes `candidate` a member and returns the welcome for it. Throws `LK-PAIR-REPLAYED` when it is one already. */
export async function admitDevice(
  device: Device,
  signing: SigningTier,
  candidate: DeviceCandidate,
): Promise<Uint8Array> {
  const { context, deps } = device;
  if (findMember(device.state, candidate.identity.entryPublicKey) !== null) {
    throw new VaultError("LK-PAIR-REPLAYED", "device is a member already");
  }
  const { entry, memberHash } = makeMemberEntry(device, signing, candidate);
  await device.writeMember(entry);
  const { payload } = await readEpochRow(deps.store, context.rows);
  return encodeWelcome({
    epochPayload: payload,
    memberHash,
    metadataSeal: entry.metadataSeal,
    signingSeal: entry.signingSeal,
    seen: [...device.state.tips.values()],
  });
}

/** The record that makes `candidate` a member of the present epoch, with its roots sealed to it. */
export function makeMemberEntry(
  device: Device,
  signing: SigningTier,
  { identity, name, platform }: DeviceCandidate,
): { readonly entry: MemberEntry; readonly memberHash: Uint8Array } {
  const { context, deps } = device;
  const { logId } = context.epoch;
  const signers = { entry: context.self.signer, authority: deriveSigningKeys(signing).authority };
  const member = { identity, name, platform, day: device.today(), sponsor: context.self.signer.publicKey };
  const record = makeMemberRecord(member, logId, signers);
  const place = { logId, member: record.hash };
  const { metadataKemPublicKey, secretKemPublicKey } = identity;
  const metadataRoot = device.metadataRoot();
  const signingRoot = rootOf(signing, logId);
  return {
    entry: {
      record: record.bytes,
      metadataSeal: sealRoot(metadataKemPublicKey, { ...place, root: "M" }, metadataRoot, deps.random),
      signingSeal: sealRoot(secretKemPublicKey, { ...place, root: "S" }, signingRoot, deps.random),
    },
    memberHash: record.hash,
  };
}

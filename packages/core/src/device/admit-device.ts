/**
 * The existing device's part after the code was right: with the signing tier open it signs the new device's member record with both
 * keys, writes it to the log and makes the welcome. Needs a user verification: without the signing tier there is nothing to sign with.
 */
import { VaultError } from "../errors.ts";
import type { DeviceIdentity } from "../membership/device.ts";
import { deriveSigningKeys } from "../membership/device.ts";
import { makeMemberRecord } from "../membership/member-record.ts";
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
  const { logId } = context.epoch;
  if (findMember(device.state, candidate.identity.entryPublicKey) !== null) {
    throw new VaultError("LK-PAIR-REPLAYED", "device is a member already");
  }
  const signers = { entry: context.self.signer, authority: deriveSigningKeys(signing).authority };
  const record = makeMemberRecord(
    { ...candidate, day: device.today(), sponsor: context.self.signer.publicKey },
    logId,
    signers,
  );
  const { metadataKemPublicKey, secretKemPublicKey } = candidate.identity;
  const place = { logId, member: record.hash };
  const metadataSeal = sealRoot(
    metadataKemPublicKey,
    { ...place, root: "M" },
    device.metadataRoot(),
    deps.random,
  );
  const signingSeal = sealRoot(
    secretKemPublicKey,
    { ...place, root: "S" },
    rootOf(signing, logId),
    deps.random,
  );
  await device.writeMember({ record: record.bytes, metadataSeal, signingSeal });
  const { payload } = await readEpochRow(deps.store, context.rows);
  return encodeWelcome({
    epochPayload: payload,
    memberHash: record.hash,
    metadataSeal,
    signingSeal,
    seen: [...device.state.tips.values()],
  });
}

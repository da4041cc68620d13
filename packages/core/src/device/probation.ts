/**
 * Probation of a new device (sync-protocol.md § 8): it has the vault and may list it, and has no signing root until its probation ends: by itself,
 * when the device that let it in gives out the seal that it withheld; or at once, by the word of a member whose person was verified.
 */
import { equalBytes } from "../bytes/equal.ts";
import { VaultError } from "../errors.ts";
import { type Approval, signApproval } from "../membership/approval.ts";
import { deriveSigningKeys } from "../membership/device.ts";
import { WITHOUT_END } from "../membership/member-record.ts";
import { sealRoot } from "../membership/seal.ts";
import { findMember, type LogMember, type ReplicaState } from "../sync/replica-state.ts";
import { writeApproval } from "../sync/write-entry.ts";
import type { Device } from "./device.ts";
import { checkOffProbation } from "./check-probation.ts";
import { rootOf, type SigningTier } from "./tiers.ts";
import { dropWithheld, readWithheld, type Withheld, withheldRow } from "./withheld.ts";

/**
 * Ends the probation of a member now, by this device's word. Resolves `false` when it is over already. Throws `LK-EPOCH-SECOND-DEVICE` when only
 * another device than the one that let it in may, `LK-EPOCH-PROBATION` when this one is on probation itself.
 */
export async function approveDevice(
  device: Device,
  signing: SigningTier,
  member: LogMember,
): Promise<boolean> {
  checkOffProbation(device);
  const { identity, probation, sponsor } = member.member;
  if (probation === WITHOUT_END && equalBytes(sponsor, device.context.self.signer.publicKey))
    throw new VaultError("LK-EPOCH-SECOND-DEVICE", "the device that let it in cannot also be the second one");
  const approval = makeApproval(device, signing, member);
  const said: Withheld = { entryPublicKey: identity.entryPublicKey, due: device.deps.clock.now(), approval };
  return device.step((state) => giveOut(device, state, said, approval));
}

/** The seal of the signing root for a member, signed for the present log. Needs the signing tier. */
export function makeApproval(
  { context, deps }: Device,
  signing: SigningTier,
  { hash, member }: Pick<LogMember, "hash" | "member">,
): Approval & { readonly logId: Uint8Array } {
  const { logId } = context.epoch;
  const place = { logId, member: hash, root: "S" } as const;
  const seal = sealRoot(member.identity.secretKemPublicKey, place, rootOf(signing, logId), deps.random);
  return { logId, ...signApproval(deriveSigningKeys(signing).authority, logId, hash, seal) };
}

/** Gives out what is due. Needs nobody to be there. Resolves with the time of the next, in ms since 1970, or `null`. */
export async function giveWithheld(device: Device): Promise<number | null> {
  const { store, clock } = device.deps;
  let next: number | null = null;
  for (const withheld of await readWithheld(store, device.context.rows)) {
    const member = findMember(device.state, withheld.entryPublicKey);
    if (member === null && device.self !== null) await device.commit([dropWithheld(withheld)]);
    if (member?.onProbation !== true || withheld.approval === null) continue;
    if (withheld.due > clock.now()) next = Math.min(next ?? withheld.due, withheld.due);
    else await device.step((state) => giveOut(device, state, withheld, withheld.approval));
  }
  return next;
}

/** After a user verification: approvals for the present log of everybody whom this device has promised one, given out at once where it is due. */
export async function renewWithheld(device: Device, signing: SigningTier): Promise<void> {
  const { context, deps } = device;
  if (device.self === null || device.self.onProbation) return;
  for (const withheld of await readWithheld(deps.store, context.rows)) {
    const member = findMember(device.state, withheld.entryPublicKey);
    const isMade =
      withheld.approval !== null &&
      equalBytes(withheld.approval.logId, context.epoch.logId) &&
      member !== null &&
      equalBytes(withheld.approval.member, member.hash);
    if (member?.onProbation !== true || isMade) continue;
    const approval = makeApproval(device, signing, member);
    await device.commit([withheldRow(context.rows, { ...withheld, approval })]);
  }
  await giveWithheld(device);
}

/** The step that ends it, or `null`: it is over, or the approval is for another log or record than the present one. */
function giveOut(device: Device, state: ReplicaState, withheld: Withheld, approval: Withheld["approval"]) {
  const { context } = device;
  const member = findMember(state, withheld.entryPublicKey);
  if (member?.onProbation !== true || approval === null) return null;
  if (!equalBytes(approval.logId, context.epoch.logId) || !equalBytes(approval.member, member.hash))
    return null;
  const step = writeApproval(context, state, member, approval);
  return { ...step, rows: [...step.rows, withheldRow(context.rows, withheld)] };
}

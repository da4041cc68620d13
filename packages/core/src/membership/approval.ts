/**
 * The end of a device's probation: its seal of the signing root, and the word of the member who gives it (sync-protocol.md § 8). Made while the
 * signing tier is open, so it may be withheld and given out later, when nobody is there.
 *
 *   approval = [member record hash(32), signing seal of S, authority signature(64)]      the payload of an entry of kind 10
 *              Ed25519 by the author's authority key over [approval-signature, logId, member record hash, signing seal]
 *
 * With the entry's own signature both keys of its author have signed. Only the device that it is for can open the seal: the others take the word.
 */
import type { CborValue } from "../cbor/codec.ts";
import { Fields } from "../cbor/fields.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { isSignedBy, SIGNATURE_BYTES, type SigningKeyPair, signOperands } from "../crypto/signature.ts";
import { VaultError } from "../errors.ts";
import { ROOT_SEAL_BYTES } from "./seal.ts";

export interface Approval {
  /** Hash of the record of the member whose probation ends. */
  readonly member: Uint8Array;
  readonly signingSeal: Uint8Array;
  readonly signature: Uint8Array;
}

/** Signs for the log with this id; in another one it is worth nothing. */
export function signApproval(
  authority: SigningKeyPair,
  logId: Uint8Array,
  member: Uint8Array,
  signingSeal: Uint8Array,
): Approval {
  const signature = signOperands(authority, LABELS.approvalSignature, logId, member, signingSeal);
  return { member, signingSeal, signature };
}

/** Throws `LK-EPOCH-SIGNATURE` unless this authority key signed it for this log. */
export function verifyApproval(
  authorityPublicKey: Uint8Array,
  logId: Uint8Array,
  { member, signingSeal, signature }: Approval,
): void {
  if (!isSignedBy(authorityPublicKey, signature, LABELS.approvalSignature, logId, member, signingSeal))
    throw new VaultError("LK-EPOCH-SIGNATURE", "approval is not signed by the authority key of its author");
}

export const encodeApproval = ({ member, signingSeal, signature }: Approval): CborValue => [
  member,
  signingSeal,
  signature,
];

/** Throws `LK-CBOR-INVALID`. */
export function decodeApproval(value: CborValue): Approval {
  const fields = new Fields(value, "approval", 3);
  return {
    member: fields.bytes("member record hash", HASH_BYTES),
    signingSeal: fields.bytes("signing seal", ROOT_SEAL_BYTES),
    signature: fields.bytes("signature", SIGNATURE_BYTES),
  };
}

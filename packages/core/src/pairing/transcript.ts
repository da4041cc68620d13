/**
 * What both sides of a pairing must have seen alike, and the keys that follow from it (protocol § 8).
 *
 *   t0 = H(pair-transcript, invitation payload)      tn = H(pair-transcript, tn-1, message n as it went over the wire)
 *   claim key     = KDF(psk, pair-claim, [payload])                        seals message 1
 *   k of a sender = KDF(psk, pair-key, [X25519(eE, eN), t1, sender])       seals all that this sender sends later
 *   commitment    = H(pair-commit, rN, eN public, identity, name, platform)
 *   confirmation  = KDF(k of the inviter, pair-confirm, [t1])
 *
 * The psk never leaves the picture on the screen, so a relay can neither open nor forge anything, now or with a quantum computer
 * later. Who photographs the picture afterwards cannot read a recorded pairing either: that needs an ephemeral secret too.
 */
import type { CborValue } from "../cbor/codec.ts";
import { deriveKey, hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { type DeviceIdentity, encodeIdentity } from "../membership/device.ts";

/** The existing device is the inviter (E), the new one the joiner (N). */
export type PairingRole = "inviter" | "joiner";

/** The new device, as it introduces itself. Names are what it says of itself: for people, never for a decision. */
export interface Candidate {
  readonly identity: DeviceIdentity;
  readonly name: string;
  readonly platform: string;
}

/** One 32-byte key a direction, named after the sender. */
export interface PairingKeys {
  readonly inviter: Uint8Array;
  readonly joiner: Uint8Array;
}

export function beginTranscript(payload: Uint8Array): Uint8Array {
  return hash(LABELS.pairTranscript, payload);
}

export function extendTranscript(transcript: Uint8Array, message: Uint8Array): Uint8Array {
  return hash(LABELS.pairTranscript, transcript, message);
}

export function deriveClaimKey(psk: Uint8Array, payload: Uint8Array): Uint8Array {
  return deriveKey(psk, LABELS.pairClaim, [payload]);
}

/** `transcript` is the one after message 1, and after the inviter's public key where that comes with message 2. */
export function derivePairingKeys(
  psk: Uint8Array,
  sharedSecret: Uint8Array,
  transcript: Uint8Array,
): PairingKeys {
  const of = (sender: PairingRole) => deriveKey(psk, LABELS.pairKey, [sharedSecret, transcript, sender]);
  return { inviter: of("inviter"), joiner: of("joiner") };
}

/** Binds the joiner, before it sees rE, to its number and to everything that it will say of itself. */
export function deriveCommitment(
  joinerNumber: Uint8Array,
  joinerPublicKey: Uint8Array,
  candidate: Candidate,
): Uint8Array {
  return hash(LABELS.pairCommit, joinerNumber, joinerPublicKey, ...candidateOperands(candidate));
}

/** Proves the inviter's key. Explicit, because XChaCha20-Poly1305 alone does not commit to a key: one message may open under two. */
export function deriveConfirmation(inviterKey: Uint8Array, transcript: Uint8Array): Uint8Array {
  return deriveKey(inviterKey, LABELS.pairConfirm, [transcript]);
}

/** What both keys of the new device sign under `pair-signature`; `transcript` is the one after message 2. */
export function signatureOperands(
  transcript: Uint8Array,
  joinerNumber: Uint8Array,
  candidate: Candidate,
): readonly CborValue[] {
  return [transcript, joinerNumber, ...candidateOperands(candidate)];
}

function candidateOperands({ identity, name, platform }: Candidate): readonly CborValue[] {
  return [encodeIdentity(identity), name, platform];
}

/**
 * The inviter's half of the cryptography (protocol § 8, messages 1 to 3): from a claim to an answer, from an introduction to a code.
 * No steps, no time, no effects: `inviter.ts`.
 */
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import { agreeOnSecret } from "../crypto/key-agreement.ts";
import { LABELS } from "../crypto/labels.ts";
import { isSignedBy } from "../crypto/signature.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import type { Random } from "../ports.ts";
import type { MailboxId } from "../relay-protocol/room-id.ts";
import { deriveCode } from "./code.ts";
import type { LiveInvitation } from "./live-invitations.ts";
import {
  type Claim,
  decodeClaim,
  decodeIntroduction,
  encodeAnswer,
  isPairingError,
  openMessage,
  PAIRING_NUMBER_BYTES,
  type PairingCode,
  sealMessage,
} from "./pairing-messages.ts";
import {
  beginTranscript,
  type Candidate,
  deriveClaimKey,
  deriveCommitment,
  deriveConfirmation,
  derivePairingKeys,
  extendTranscript,
  type PairingKeys,
  signatureOperands,
} from "./transcript.ts";

/** What a claimed pairing carries from step to step. */
export interface InviterSession {
  readonly mailboxId: MailboxId;
  readonly keys: PairingKeys;
  /** Kept to tell a second scanner from a changed message; `null` where a claim is under no key. */
  readonly claimKey: Uint8Array | null;
  /** After message 2. */
  readonly transcript: Uint8Array;
  readonly number: Uint8Array;
  readonly claim: Claim;
  /** What it means that the first message after message 2 does not open. */
  readonly refusal: PairingCode;
}

export interface Answered {
  readonly session: InviterSession;
  /** Message 2, as it goes over the wire. */
  readonly answer: Uint8Array;
}

/** Message 2 for a claim that came through any door. `transcript` is the one after message 1; `prefix`: what stands before the message. */
export function answerJoiner(
  claimed: Omit<InviterSession, "number"> & { readonly prefix: Uint8Array },
  fingerprintWords: string,
  random: Random,
): Answered {
  const { prefix, ...parts } = claimed;
  const number = random(PAIRING_NUMBER_BYTES);
  const confirmation = deriveConfirmation(parts.keys.inviter, parts.transcript);
  const body = encodeAnswer({ number, confirmation, fingerprintWords });
  const message = sealMessage(parts.keys.inviter, "inviter", "answer", body, random);
  const answer = concatBytes(prefix, message);
  return {
    session: { ...parts, number, transcript: extendTranscript(parts.transcript, answer) },
    answer,
  };
}

/**
 * Messages 1 and 2 of an invitation. `null` when `message` is no valid claim of it: not under its psk, not in this form, or with a public
 * key of small order.
 */
export function answerClaim(
  live: LiveInvitation,
  message: Uint8Array,
  fingerprintWords: string,
  random: Random,
): Answered | null {
  const { mailboxId, psk } = live.invitation;
  const claimKey = deriveClaimKey(psk, live.payload);
  const claim = openClaim(claimKey, message);
  const sharedSecret = claim === null ? null : agreeOnSecret(live.keyPair.secretKey, claim.publicKey);
  if (claim === null || sharedSecret === null) return null;
  const transcript = extendTranscript(beginTranscript(live.payload), message);
  const keys = derivePairingKeys(psk, sharedSecret, transcript);
  wipe(sharedSecret);
  return answerJoiner(
    { mailboxId, claim, claimKey, keys, transcript, prefix: NOTHING, refusal: "LK-PAIR-CHANGED" },
    fingerprintWords,
    random,
  );
}

const NOTHING = new Uint8Array(0);

function openClaim(claimKey: Uint8Array, message: Uint8Array): Claim | null {
  try {
    const body = openMessage(claimKey, "joiner", "claim", message);
    return body === null ? null : decodeClaim(body);
  } catch (error) {
    if (isPairingError(error)) return null;
    throw error;
  }
}

/** Whether this is a claim of the invitation that the session took already: somebody else has the QR code too. */
export function isClaim(session: InviterSession, message: Uint8Array): boolean {
  return session.claimKey !== null && openClaim(session.claimKey, message) !== null;
}

/**
 * Message 3: the new device is what it committed to before it knew rE, and both its keys signed this very pairing. Only then is there
 * a code to type. Throws `LK-PAIR-CHANGED` or `LK-PAIR-MALFORMED`.
 */
export function verifyIntroduction(
  session: InviterSession,
  body: Uint8Array,
): { readonly candidate: Candidate; readonly code: string } {
  const { number, candidate, entrySignature, authoritySignature } = decodeIntroduction(body);
  const { entryPublicKey, authorityPublicKey } = candidate.identity;
  if (!equalBytes(deriveCommitment(number, session.claim.publicKey, candidate), session.claim.commitment))
    throw new VaultError("LK-PAIR-CHANGED", "introduction is not what the claim committed to");
  const operands = [
    LABELS.pairSignature,
    ...signatureOperands(session.transcript, number, candidate),
  ] as const;
  if (
    !isSignedBy(entryPublicKey, entrySignature, ...operands) ||
    !isSignedBy(authorityPublicKey, authoritySignature, ...operands)
  )
    throw new VaultError("LK-PAIR-CHANGED", "introduction is not signed by both keys of the new device");
  return { candidate, code: deriveCode(session.transcript, session.number, number) };
}

export function wipeSession(session: InviterSession): void {
  wipe(session.claimKey ?? NOTHING, session.keys.inviter, session.keys.joiner, session.number);
}

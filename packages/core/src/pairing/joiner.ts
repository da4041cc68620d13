/**
 * The new device's side of a pairing (N; protocol § 8): claims a scanned invitation, shows whose vault it is and the code, takes the
 * welcome. A step function: bytes, acts of the person and the time (milliseconds) come in, effects go out.
 *
 *   claiming ─answer→ shown ─welcome→ opening ─accept()→ closed
 *
 * It never learns whether a code was typed, right or wrong, before the welcome: E is silent in between. What it cannot see is whether
 * the inviter is the device it was meant to be: whoever makes an invitation can invite into a vault of its own. Hence the six words
 * before the code, and the refusal of a device that has a vault already.
 *
 * Not done here: checking the welcome (`membership/`, `log/`), mailboxes. The joiner never burns a mailbox; the inviter does.
 */
import { equalBytes } from "../bytes/equal.ts";
import type { CborValue } from "../cbor/codec.ts";
import {
  AGREEMENT_SECRET_KEY_BYTES,
  agreeOnSecret,
  deriveAgreementKeyPair,
} from "../crypto/key-agreement.ts";
import { type Label, LABELS } from "../crypto/labels.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import { MAX_DEVICE_NAME, MAX_PLATFORM_NAME } from "../membership/member-record.ts";
import type { Random } from "../ports.ts";
import { deriveCode } from "./code.ts";
import { encodeInvitation, type Invitation } from "./invitation.ts";
import { INVITATION_LIFE_MS } from "./live-invitations.ts";
import {
  checkShown,
  decodeAbort,
  decodeAnswer,
  decodeWelcome,
  encodeAbort,
  encodeClaim,
  encodeDone,
  encodeIntroduction,
  isPairingError,
  type MessageKind,
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

/** The inviter may have been given more time; the joiner is not told, so it waits for the longest. */
const JOINING_MS = 600_000;

/** Signs [label, ...operands] with one of the device's keys: `signOperands` with the key filled in. */
export type Sign = (label: Label, ...operands: readonly CborValue[]) => Uint8Array;

export type JoinerEffect =
  | { readonly kind: "send"; readonly message: Uint8Array }
  /** Show whose vault this is, then the code (`formatCode`) large. */
  | { readonly kind: "show-code"; readonly fingerprintWords: string; readonly code: string }
  /** Check the welcome and take it over: `accept`, or `refuse`. */
  | { readonly kind: "open-welcome"; readonly content: Uint8Array }
  /** The end; `code` is null when this device has joined. */
  | { readonly kind: "closed"; readonly code: PairingCode | null };

export interface Joiner {
  /** Claims the invitation. Closes with `LK-PAIR-MALFORMED` when its key is of small order. */
  begin(now: number): JoinerEffect[];
  /** A message of the other side, as it lay in the mailbox. */
  receive(message: Uint8Array, now: number): JoinerEffect[];
  /** The welcome is checked and stored. */
  accept(): JoinerEffect[];
  /** The welcome is not what it should be. */
  refuse(code: PairingCode): JoinerEffect[];
  tick(now: number): JoinerEffect[];
  /** The relay says that the mailbox has its two sides, or is gone (used, too old or never there: it does not tell which). */
  loseMailbox(reason: "crowded" | "gone"): JoinerEffect[];
  cancel(): JoinerEffect[];
}

type Step =
  | { readonly name: "new" | "closed" }
  | { readonly name: "claiming" | "shown" | "opening"; readonly keys: PairingKeys };

/** Takes the invitation over: its psk is wiped once it is used. Throws `LK-PAIR-HAS-VAULT`, and `LK-PAIR-MALFORMED` for a name that may not be shown. */
export function createJoiner(deps: {
  readonly random: Random;
  readonly invitation: Invitation;
  readonly candidate: Candidate;
  /** By the candidate's entry key and by its authority key. */
  readonly signEntry: Sign;
  readonly signAuthority: Sign;
  readonly hasVault: boolean;
}): Joiner {
  const { random, invitation, candidate } = deps;
  if (deps.hasVault) throw new VaultError("LK-PAIR-HAS-VAULT", "device already has a vault");
  checkShown(candidate.name, MAX_DEVICE_NAME);
  checkShown(candidate.platform, MAX_PLATFORM_NAME);
  const number = random(PAIRING_NUMBER_BYTES);
  let step: Step = { name: "new" };
  let startedAt = 0;
  /** After the last message of either side. */
  let transcript = beginTranscript(encodeInvitation(invitation));
  const taken: Uint8Array[] = [];

  /** Whatever an act finds broken ends the pairing. */
  function guard(act: () => JoinerEffect[]): JoinerEffect[] {
    try {
      return act();
    } catch (error) {
      if (!isPairingError(error)) throw error;
      return close(error.code);
    }
  }

  function at(now: number, act: () => JoinerEffect[]): JoinerEffect[] {
    if (step.name === "new" || step.name === "closed") return [];
    // An inviter answers a claim by itself: without an answer, the invitation is dead.
    const limitMs = step.name === "claiming" ? INVITATION_LIFE_MS : JOINING_MS;
    return now - startedAt >= limitMs ? close("LK-PAIR-EXPIRED") : guard(act);
  }

  /** `isTold`: the other side knows already, or cannot be told. */
  function close(code: PairingCode | null, isTold = code === null): JoinerEffect[] {
    const effects: JoinerEffect[] = [];
    if ("keys" in step) {
      if (!isTold && code !== null) effects.push(send(step.keys, "abort", encodeAbort(code)));
      wipe(step.keys.inviter, step.keys.joiner);
    }
    wipe(number, invitation.psk);
    step = { name: "closed" };
    return [...effects, { kind: "closed", code }];
  }

  function send(keys: PairingKeys, kind: MessageKind, body: CborValue): JoinerEffect {
    return { kind: "send", message: sealMessage(keys.joiner, "joiner", kind, body, random) };
  }

  /** Message 1, and from it both keys: the inviter's half was in the QR code. */
  function claim(): JoinerEffect[] {
    const seed = random(AGREEMENT_SECRET_KEY_BYTES);
    const keyPair = deriveAgreementKeyPair(seed);
    const sharedSecret = agreeOnSecret(keyPair.secretKey, invitation.publicKey);
    const claimKey = deriveClaimKey(invitation.psk, encodeInvitation(invitation));
    try {
      if (sharedSecret === null)
        throw new VaultError("LK-PAIR-MALFORMED", "invitation key is of small order");
      const commitment = deriveCommitment(number, keyPair.publicKey, candidate);
      const body = encodeClaim({ publicKey: keyPair.publicKey, commitment });
      const message = sealMessage(claimKey, "joiner", "claim", body, random);
      transcript = extendTranscript(transcript, message);
      step = { name: "claiming", keys: derivePairingKeys(invitation.psk, sharedSecret, transcript) };
      return [{ kind: "send", message }];
    } finally {
      wipe(seed, keyPair.secretKey, claimKey, invitation.psk);
      if (sharedSecret !== null) wipe(sharedSecret);
    }
  }

  /** Message 2, answered with message 3. The code follows from message 2 on; `code.ts` says why not from message 3. */
  function takeAnswer(keys: PairingKeys, message: Uint8Array, body: Uint8Array): JoinerEffect[] {
    const answer = decodeAnswer(body);
    if (!equalBytes(answer.confirmation, deriveConfirmation(keys.inviter, transcript)))
      throw new VaultError("LK-PAIR-CHANGED", "inviter does not confirm its key");
    transcript = extendTranscript(transcript, message);
    const operands = signatureOperands(transcript, number, candidate);
    const introduction = send(
      keys,
      "introduction",
      encodeIntroduction({
        number,
        candidate,
        entrySignature: deps.signEntry(LABELS.pairSignature, ...operands),
        authoritySignature: deps.signAuthority(LABELS.pairSignature, ...operands),
      }),
    );
    const code = deriveCode(transcript, answer.number, number);
    step = { name: "shown", keys };
    return [introduction, { kind: "show-code", fingerprintWords: answer.fingerprintWords, code }];
  }

  function receiveInStep(keys: PairingKeys, message: Uint8Array): JoinerEffect[] {
    if (taken.some((earlier) => equalBytes(earlier, message))) return [];
    const opened = (kind: MessageKind) => openMessage(keys.inviter, "inviter", kind, message);
    const expected = step.name === "claiming" ? "answer" : step.name === "shown" ? "welcome" : null;
    const body = expected === null ? null : opened(expected);
    if (body !== null) {
      taken.push(message);
      if (expected === "answer") return takeAnswer(keys, message, body);
      const content = decodeWelcome(body);
      step = { name: "opening", keys };
      return [{ kind: "open-welcome", content }];
    }
    const abort = opened("abort");
    if (abort !== null) return close(decodeAbort(abort), true);
    throw new VaultError("LK-PAIR-CHANGED", `message in step ${step.name} does not open`);
  }

  return {
    begin(now) {
      if (step.name !== "new") return [];
      startedAt = now;
      return guard(claim);
    },
    receive: (message, now) => at(now, () => ("keys" in step ? receiveInStep(step.keys, message) : [])),
    accept() {
      if (step.name !== "opening") return [];
      return [send(step.keys, "done", encodeDone()), ...close(null)];
    },
    refuse: (code) => (step.name === "opening" ? close(code) : []),
    tick: (now) => at(now, () => []),
    loseMailbox(reason) {
      // While the welcome is being opened nothing more is needed from the mailbox.
      if (step.name === "new" || step.name === "opening" || step.name === "closed") return [];
      return close(reason === "crowded" ? "LK-PAIR-CROWDED" : "LK-PAIR-EXPIRED", true);
    },
    cancel: () => (step.name === "closed" ? [] : close("LK-PAIR-CANCELLED")),
  };
}

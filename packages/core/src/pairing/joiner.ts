/**
 * The new device's side of a pairing (N; protocol § 8): comes in by one of the doors (`joiner-door.ts`), shows whose vault it is and the
 * code, takes the welcome. A step function: bytes, acts of the person and the time (milliseconds) come in, effects go out.
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
import { AGREEMENT_PUBLIC_KEY_BYTES } from "../crypto/key-agreement.ts";
import { type Label, LABELS } from "../crypto/labels.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import { MAX_DEVICE_NAME, MAX_PLATFORM_NAME } from "../membership/member-record.ts";
import type { Random } from "../ports.ts";
import { deriveCode } from "./code.ts";
import type { Invitation } from "./invitation.ts";
import { type DoorEffect, type JoinerDoor, openPictureDoor } from "./joiner-door.ts";
import { INVITATION_LIFE_MS } from "./live-invitations.ts";
import {
  checkShown,
  decodeAbort,
  decodeAnswer,
  decodeWelcome,
  encodeAbort,
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
  type Candidate,
  deriveCommitment,
  deriveConfirmation,
  extendTranscript,
  type PairingKeys,
  signatureOperands,
} from "./transcript.ts";

/** The inviter may have been given more time; the joiner is not told, so it waits for the longest. */
const JOINING_MS = 600_000;

/** Signs [label, ...operands] with one of the device's keys: `signOperands` with the key filled in. */
export type Sign = (label: Label, ...operands: readonly CborValue[]) => Uint8Array;

export type JoinerEffect =
  | DoorEffect
  | { readonly kind: "send"; readonly message: Uint8Array }
  /** Show whose vault this is, then the code (`formatCode`) large. */
  | { readonly kind: "show-code"; readonly fingerprintWords: string; readonly code: string }
  /** Check the welcome and take it over: `accept`, or `refuse`. */
  | { readonly kind: "open-welcome"; readonly content: Uint8Array }
  /** The end; `code` is null when this device has joined. */
  | { readonly kind: "closed"; readonly code: PairingCode | null };

export interface Joiner {
  /** Knocks at the door. Closes with `LK-PAIR-MALFORMED` when an invitation's key is of small order. */
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
  /** `keys` are `null` until message 2 brings the inviter's public key. */
  | { readonly name: "claiming"; readonly keys: PairingKeys | null }
  | { readonly name: "shown" | "opening"; readonly keys: PairingKeys };

export interface JoinerDeps {
  readonly random: Random;
  readonly candidate: Candidate;
  /** By the candidate's entry key and by its authority key. */
  readonly signEntry: Sign;
  readonly signAuthority: Sign;
  readonly hasVault: boolean;
}

/** Joins by a scanned invitation. It is taken over: its psk is wiped once it is used. Throws like `joinThrough`. */
export const createJoiner = (deps: JoinerDeps & { readonly invitation: Invitation }): Joiner =>
  joinThrough(openPictureDoor(deps.invitation), deps);

/** Throws `LK-PAIR-HAS-VAULT`, and `LK-PAIR-MALFORMED` for a name that may not be shown. */
export function joinThrough(door: JoinerDoor, deps: JoinerDeps): Joiner {
  const { random, candidate } = deps;
  if (deps.hasVault) throw new VaultError("LK-PAIR-HAS-VAULT", "device already has a vault");
  checkShown(candidate.name, MAX_DEVICE_NAME);
  checkShown(candidate.platform, MAX_PLATFORM_NAME);
  const number = random(PAIRING_NUMBER_BYTES);
  let step: Step = { name: "new" };
  let startedAt = 0;
  /** After the last message of either side. */
  let transcript: Uint8Array = new Uint8Array(0);
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
    if ("keys" in step && step.keys !== null) {
      if (!isTold && code !== null) effects.push(send(step.keys, "abort", encodeAbort(code)));
      wipe(step.keys.inviter, step.keys.joiner);
    }
    wipe(number);
    door.wipe();
    step = { name: "closed" };
    return [...effects, { kind: "closed", code }];
  }

  function send(keys: PairingKeys, kind: MessageKind, body: CborValue): JoinerEffect {
    return { kind: "send", message: sealMessage(keys.joiner, "joiner", kind, body, random) };
  }

  function knock(): JoinerEffect[] {
    const commit = (publicKey: Uint8Array) => deriveCommitment(number, publicKey, candidate);
    const begun = door.begin(commit, random);
    transcript = begun.transcript;
    step = { name: "claiming", keys: begun.keys };
    return [
      ...begun.effects,
      ...(begun.message === null ? [] : [{ kind: "send" as const, message: begun.message }]),
    ];
  }

  /** Message 2 of a door that waits for the inviter's public key: it stands before the message. */
  function takeKey(message: Uint8Array): JoinerEffect[] {
    const keys = door.agree(message.slice(0, AGREEMENT_PUBLIC_KEY_BYTES), transcript);
    if (keys === null) throw new VaultError(door.refusal, "inviter's public key is not sound");
    step = { name: "claiming", keys };
    const body = openMessage(keys.inviter, "inviter", "answer", message.slice(AGREEMENT_PUBLIC_KEY_BYTES));
    if (body === null) throw new VaultError(door.refusal, "inviter's answer does not open");
    taken.push(message);
    return takeAnswer(keys, message, body);
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
      return guard(knock);
    },
    receive: (message, now) =>
      at(now, () => {
        if (!("keys" in step)) return [];
        return step.keys === null ? takeKey(message) : receiveInStep(step.keys, message);
      }),
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

/**
 * The existing device's side of a pairing (E; protocol § 8): takes one claim through one of the doors (`inviter-door.ts`), has the new
 * device's code typed in, hands over the welcome. A step function: bytes, acts of the person and the time (milliseconds) come in, effects go out.
 *
 *   waiting ─claim→ claimed ─introduction→ typing ─right code→ approved ─welcome()→ welcomed ─done→ closed
 *
 * What others can do, and what keeps them out:
 *
 * - **A relay** lacks the psk. It can delay, drop and count messages, and so end a pairing; it cannot read, forge or claim one.
 *   Junk before a claim is ignored and burns nothing; a changed, reflected or misplaced message after it ends the pairing; one that
 *   is delivered twice changes nothing.
 * - **Who photographed the QR code** has the psk, not the ephemeral secret: it cannot answer the new device in this one's place, nor
 *   read along. It may claim first. Then its name stands on this screen and the code on *its* device, while the person's own device
 *   shows none: the person types nothing, and guessing is 3 in 10^6 (`code.ts`). Coming second, it ends the pairing as crowded or
 *   replayed. It can spoil pairings as long as it sees the screen, and that is all.
 * - **Who guesses the words** has one guess of 2^22 at each number, and is seen (`words-door.ts`). Then the six digits come all the same.
 * - **Who has this device scan a code of their own** is given the vault, if the person goes on: such a code opens from no link, the screen
 *   says what is given to whom, the digits are typed, the user is verified, and probation holds the signing keys back.
 * - **Who makes the new device scan another QR code** (a poster, a screen shared over a call) can stand in the middle; the two codes
 *   then differ. It can also invite the new device into a vault of its own; that is why the joiner shows whose vault it joins.
 * - **Who tells the person a code** by phone or chat passes all of this. The text beside the field says that this is a trick, and the
 *   name and a user verification come before the keys go out.
 *
 * Not done here: user verification before `begin` and before `welcome` (the host's), the welcome's content (`membership/`), mailboxes.
 */
import { equalBytes } from "../bytes/equal.ts";
import type { CborValue } from "../cbor/codec.ts";
import { VaultError } from "../errors.ts";
import type { Random } from "../ports.ts";
import type { RelayAddress } from "../relay-protocol/relay-address.ts";
import type { MailboxId } from "../relay-protocol/room-id.ts";
import { parseCode } from "./code-text.ts";
import { type InviterDoor, scanRequest, showPictures, tellWords } from "./inviter-door.ts";
import {
  type Answered,
  type InviterSession,
  isClaim,
  verifyIntroduction,
  wipeSession,
} from "./inviter-session.ts";
import type { InvitationEffect } from "./live-invitations.ts";
import {
  checkShown,
  decodeAbort,
  decodeDone,
  encodeAbort,
  encodeWelcome,
  isPairingError,
  MAX_FINGERPRINT_WORDS,
  MAX_WELCOME_BYTES,
  type MessageKind,
  openMessage,
  type PairingCode,
  sealMessage,
} from "./pairing-messages.ts";
import type { JoinRequest } from "./request.ts";
import type { Candidate } from "./transcript.ts";
import type { Told } from "./words-door.ts";

/** The whole of a pairing; a person who needs longer gets the second figure, once. */
export const PAIRING_MS = 300_000;
export const EXTENDED_PAIRING_MS = 600_000;
export const CODE_TRIES = 3;

export type InviterEffect =
  | InvitationEffect
  | { readonly kind: "send"; readonly mailboxId: MailboxId; readonly message: Uint8Array }
  /** Take the QR code away: a device has claimed it. */
  | { readonly kind: "claimed" }
  /** Show who wants to join, and the field for the code that *it* shows: `enterCode`. */
  | { readonly kind: "ask-code"; readonly candidate: Candidate; readonly triesLeft: number }
  /** Not the code (a try is gone), or not six digits (none is). */
  | { readonly kind: "refuse-code"; readonly code: "LK-PAIR-CODE-WRONG"; readonly triesLeft: number }
  /** The code was right. Verify the user, make the welcome for this device: `welcome`. */
  | { readonly kind: "approved"; readonly candidate: Candidate }
  /** The end; `code` is null when all went well. If `isWelcomed`, the new device may hold the keys: it is a member, done or not. */
  | { readonly kind: "closed"; readonly code: PairingCode | null; readonly isWelcomed: boolean };

export interface Inviter {
  /** Opens the door. Throws `LK-PAIR-MALFORMED` when an app address or a relay is outside its bounds. */
  begin(now: number): InviterEffect[];
  /** A message of the other side, as it lay in the mailbox. */
  receive(mailboxId: MailboxId, message: Uint8Array, now: number): InviterEffect[];
  enterCode(text: string, now: number): InviterEffect[];
  /** Sends the welcome (≤ 48 KiB) after `approved`; at any other step nothing is sent. Throws `RangeError` when it is too large. */
  welcome(content: Uint8Array, now: number): InviterEffect[];
  /** Another QR code at once, while none is claimed. */
  renew(now: number): InviterEffect[];
  /** More time, once. */
  extend(now: number): InviterEffect[];
  /** To be called about once a second. */
  tick(now: number): InviterEffect[];
  /** The relay says that the mailbox has a third claimant, or is gone. */
  loseMailbox(mailboxId: MailboxId, reason: "crowded" | "gone", now: number): InviterEffect[];
  cancel(): InviterEffect[];
  /** When the pairing ends by itself. */
  endsAt(): number;
}

type Step =
  | { readonly name: "new" | "waiting" | "closed" }
  | { readonly name: "claimed" | "welcomed"; readonly session: InviterSession }
  | {
      readonly name: "typing";
      readonly session: InviterSession;
      readonly candidate: Candidate;
      readonly code: string;
      readonly triesLeft: number;
    }
  | { readonly name: "approved"; readonly session: InviterSession; readonly candidate: Candidate };

export interface InviterDeps {
  readonly random: Random;
  /** Six words that name this vault to the person at the new device. */
  readonly fingerprintWords: string;
}

/** Shows QR codes. Throws `LK-PAIR-MALFORMED` when the fingerprint words may not be shown. */
export const createInviter = (
  deps: InviterDeps & { readonly appAddress: string; readonly relays: readonly RelayAddress[] },
): Inviter => inviteThrough(showPictures(deps), deps);

/** Tells a number and two words; the mailbox is open already, for its nameplate. Throws like `createInviter`. */
export const createWordsInviter = (
  deps: InviterDeps & { readonly told: Told; readonly mailboxId: MailboxId },
): Inviter => inviteThrough(tellWords(deps), deps);

/** Answers the code of a new device, at the mailbox that it names. The request's psk is wiped. Throws like `createInviter`. */
export const createRequestInviter = (deps: InviterDeps & { readonly request: JoinRequest }): Inviter =>
  inviteThrough(scanRequest(deps), deps);

function inviteThrough(door: InviterDoor, deps: InviterDeps): Inviter {
  const { random } = deps;
  checkShown(deps.fingerprintWords, MAX_FINGERPRINT_WORDS);
  let step: Step = { name: "new" };
  let startedAt = 0;
  let limitMs = PAIRING_MS;
  /** Messages that were taken: a relay that delivers one again changes nothing. */
  const taken: Uint8Array[] = [];

  /** Every input passes here: time first, then the act, and whatever it finds broken ends the pairing. */
  function at(now: number, act: () => InviterEffect[]): InviterEffect[] {
    if (step.name === "new" || step.name === "closed") return [];
    if (now - startedAt >= limitMs) return close("LK-PAIR-EXPIRED");
    const aged = step.name === "waiting" ? door.age(now) : [];
    try {
      return [...aged, ...act()];
    } catch (error) {
      if (!isPairingError(error)) throw error;
      return [...aged, ...close(error.code)];
    }
  }

  /** `isTold`: the other side knows already. */
  function close(code: PairingCode | null, isTold = code === null): InviterEffect[] {
    const isWelcomed = step.name === "welcomed";
    const effects: InviterEffect[] = door.burn();
    if ("session" in step) {
      const { session } = step;
      if (!isTold && code !== null) effects.push(send(session, "abort", encodeAbort(code)));
      effects.push({ kind: "close-mailbox", mailboxId: session.mailboxId });
      wipeSession(session);
    }
    step = { name: "closed" };
    return [...effects, { kind: "closed", code, isWelcomed }];
  }

  function send(session: InviterSession, kind: MessageKind, body: CborValue): InviterEffect {
    const message = sealMessage(session.keys.inviter, "inviter", kind, body, random);
    return { kind: "send", mailboxId: session.mailboxId, message };
  }

  /** Message 1: takes the valid claim that comes before any other; anything else is counted and burns nothing. */
  function takeClaim(mailboxId: MailboxId, message: Uint8Array): InviterEffect[] {
    const answered = door.answer(mailboxId, message);
    if (answered === null) return door.countRefused(mailboxId);
    taken.push(message);
    return answer(answered);
  }

  function answer({ session, answer: message }: Answered): InviterEffect[] {
    step = { name: "claimed", session };
    const { mailboxId } = session;
    return [{ kind: "claimed" }, ...door.burn(mailboxId), { kind: "send", mailboxId, message }];
  }

  function receiveInSession(session: InviterSession, message: Uint8Array): InviterEffect[] {
    if (taken.some((earlier) => equalBytes(earlier, message))) return [];
    const opened = (kind: MessageKind) => openMessage(session.keys.joiner, "joiner", kind, message);
    const expected = step.name === "claimed" ? "introduction" : step.name === "welcomed" ? "done" : null;
    const body = expected === null ? null : opened(expected);
    if (body !== null) {
      taken.push(message);
      return expected === "introduction" ? takeIntroduction(session, body) : takeDone(body);
    }
    const abort = opened("abort");
    if (abort !== null) return close(decodeAbort(abort), true);
    if (isClaim(session, message))
      throw new VaultError("LK-PAIR-REPLAYED", "invitation was claimed a second time");
    const code = step.name === "claimed" ? session.refusal : "LK-PAIR-CHANGED";
    throw new VaultError(code, `message in step ${step.name} does not open`);
  }

  function takeIntroduction(session: InviterSession, body: Uint8Array): InviterEffect[] {
    const { candidate, code } = verifyIntroduction(session, body);
    step = { name: "typing", session, candidate, code, triesLeft: CODE_TRIES };
    return [{ kind: "ask-code", candidate, triesLeft: CODE_TRIES }];
  }

  function takeDone(body: Uint8Array): InviterEffect[] {
    decodeDone(body);
    return close(null);
  }

  return {
    begin(now) {
      if (step.name !== "new") return [];
      step = { name: "waiting" };
      startedAt = now;
      return at(now, () => (door.begin === undefined ? [] : answer(door.begin())));
    },
    receive: (mailboxId, message, now) =>
      at(now, () => {
        if ("session" in step)
          return equalBytes(step.session.mailboxId, mailboxId) ? receiveInSession(step.session, message) : [];
        return door.isAlive(mailboxId) ? takeClaim(mailboxId, message) : [];
      }),
    enterCode: (text, now) =>
      at(now, () => {
        if (step.name !== "typing") return [];
        const typed = parseCode(text);
        if (typed === step.code) {
          step = { name: "approved", session: step.session, candidate: step.candidate };
          return [{ kind: "approved", candidate: step.candidate }];
        }
        const triesLeft = typed === null ? step.triesLeft : step.triesLeft - 1;
        if (triesLeft === 0) throw new VaultError("LK-PAIR-CODE-LIMIT", `${CODE_TRIES} wrong codes`);
        step = { ...step, triesLeft };
        return [{ kind: "refuse-code", code: "LK-PAIR-CODE-WRONG", triesLeft }];
      }),
    welcome: (content, now) =>
      at(now, () => {
        if (step.name !== "approved") return [];
        if (content.length === 0 || content.length > MAX_WELCOME_BYTES)
          throw new RangeError(`welcome is ${content.length} bytes, limit ${MAX_WELCOME_BYTES}`);
        const { session } = step;
        step = { name: "welcomed", session };
        return [send(session, "welcome", encodeWelcome(content))];
      }),
    renew: (now) => at(now, () => (step.name === "waiting" ? door.renew(now) : [])),
    extend: (now) =>
      at(now, () => {
        limitMs = EXTENDED_PAIRING_MS;
        return [];
      }),
    tick: (now) => at(now, () => []),
    loseMailbox: (mailboxId, reason, now) =>
      at(now, () => {
        const isOurs =
          "session" in step ? equalBytes(step.session.mailboxId, mailboxId) : door.isAlive(mailboxId);
        if (!isOurs) return [];
        if (reason === "crowded") return close("LK-PAIR-CROWDED");
        // Before a claim the next tick shows another invitation; after it, the messages went with the mailbox.
        return "session" in step ? close("LK-PAIR-EXPIRED", true) : door.drop(mailboxId);
      }),
    cancel: () => (step.name === "closed" ? [] : close("LK-PAIR-CANCELLED")),
    endsAt: () => startedAt + limitMs,
  };
}

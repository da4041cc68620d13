/** The two other doors of a pairing, for tests: words that are told, and a code that the new device shows. */
import { createRequestInviter, createWordsInviter, type Inviter } from "../../src/pairing/inviter.ts";
import type { JoinerDoor } from "../../src/pairing/joiner-door.ts";
import { type Joiner, joinThrough } from "../../src/pairing/joiner.ts";
import { openRequestDoor } from "../../src/pairing/request-door.ts";
import { type JoinRequest, parseRequest } from "../../src/pairing/request.ts";
import { openWordsDoor, type Told } from "../../src/pairing/words-door.ts";
import type { MailboxId, Nameplate } from "../../src/relay-protocol/room-id.ts";
import { candidateOf, PHONE, pick, RELAYS, seededRandom, WELCOME, WORDS } from "./ceremony.ts";

export const TOLD: Told = {
  nameplate: 4719 as Nameplate,
  origin: "https://relay.example.org",
  words: ["copper", "violin"],
};
export const MAILBOX = new Uint8Array(16).fill(7) as MailboxId;

export const joinBy = (door: JoinerDoor, seed = "phone", who = PHONE): Joiner =>
  joinThrough(door, {
    random: seededRandom(seed),
    candidate: candidateOf(who),
    signEntry: who.signEntry,
    signAuthority: who.signAuthority,
    hasVault: false,
  });

export function tellWords(told: Told, seed = "desk"): Inviter {
  const inviter = createWordsInviter({
    random: seededRandom(seed),
    fingerprintWords: WORDS,
    told,
    mailboxId: MAILBOX,
  });
  inviter.begin(0);
  return inviter;
}

/** A joiner that typed these words, and its claim. */
export function typeWords(told: Told, seed = "phone", who = PHONE) {
  const joiner = joinBy(openWordsDoor(told), seed, who);
  return { joiner, claim: pick(joiner.begin(0), "send").message };
}

/** A joiner that shows its code. */
export function showRequest(seed = "phone", who = PHONE) {
  const joiner = joinBy(openRequestDoor(RELAYS), seed, who);
  const effects = joiner.begin(0);
  const { text } = pick(effects, "show-request");
  return { joiner, text, mailboxId: pick(effects, "open-mailbox").mailboxId };
}

/** An inviter that scanned it, and its first message. */
export function scan(text: string, seed = "desk", change: (request: JoinRequest) => JoinRequest = (r) => r) {
  const request = change(parseRequest(text));
  const inviter = createRequestInviter({ random: seededRandom(seed), fingerprintWords: WORDS, request });
  return { inviter, effects: inviter.begin(0) };
}

export type DoorName = "words" | "request";
/** Messages that are under way, in their order; a request's claim is in the picture. */
export type DoorStage = "claim" | "answer" | "introduction" | "welcome" | "done";

export interface DoorCeremony {
  readonly inviter: Inviter;
  readonly joiner: Joiner;
  readonly mailboxId: MailboxId;
  readonly message: Uint8Array;
  readonly code: string;
}

/** An honest pairing at time 0, stopped when `stage`'s message is under way. */
export function pairThrough(door: DoorName, stage: DoorStage): DoorCeremony {
  let { inviter, joiner, mailboxId, message } = begin(door);
  let code = "";
  const stop = (): DoorCeremony => ({ inviter, joiner, mailboxId, message, code });
  if (stage === "claim") return stop();
  if (door === "words") message = pick(inviter.receive(mailboxId, message, 0), "send").message;
  if (stage === "answer") return stop();
  const shown = joiner.receive(message, 0);
  code = pick(shown, "show-code").code;
  message = pick(shown, "send").message;
  if (stage === "introduction") return stop();
  inviter.receive(mailboxId, message, 0);
  pick(inviter.enterCode(code, 0), "approved");
  message = pick(inviter.welcome(WELCOME, 0), "send").message;
  if (stage === "welcome") return stop();
  joiner.receive(message, 0);
  message = pick(joiner.accept(), "send").message;
  return stop();
}

function begin(door: DoorName) {
  if (door === "words") {
    const { joiner, claim } = typeWords(TOLD);
    return { inviter: tellWords(TOLD), joiner, mailboxId: MAILBOX, message: claim };
  }
  const { joiner, text, mailboxId } = showRequest();
  const { inviter, effects } = scan(text);
  return { inviter, joiner, mailboxId, message: pick(effects, "send").message };
}

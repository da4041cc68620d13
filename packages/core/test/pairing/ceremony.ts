/** Two devices and a mailbox for the tests of pairing: seeded, so that a run can be told again, and with every message in the open. */
import { hash } from "../../src/crypto/hash.ts";
import { LABELS } from "../../src/crypto/labels.ts";
import { signOperands } from "../../src/crypto/signature.ts";
import {
  deriveMetadataKeys,
  deriveSigningKeys,
  identityOf,
  makeDeviceSeeds,
} from "../../src/membership/device.ts";
import { parseInvitation } from "../../src/pairing/invitation.ts";
import { createInviter, type Inviter, type InviterEffect } from "../../src/pairing/inviter.ts";
import { createJoiner, type Joiner, type JoinerEffect } from "../../src/pairing/joiner.ts";
import type { Candidate } from "../../src/pairing/transcript.ts";
import type { Random } from "../../src/ports.ts";
import type { MailboxId } from "../../src/relay-protocol/room-id.ts";

export const RELAYS = [{ origin: "https://relay.example.org", token: null }];
export const APP_ADDRESS = "https://latchkey.app/";
export const WORDS = "maple orbit lantern river copper violin";
/** A mailbox of nobody here. */
export const ELSEWHERE = new Uint8Array(16) as MailboxId;
export const WELCOME = new Uint8Array([1, 2, 3, 4, 5]);

/** Bytes that follow from the seed. */
export function seededRandom(seed: string): Random {
  let count = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 32)
      bytes.set(hash(LABELS.stateHash, seed, count++).subarray(0, length - offset), offset);
    return bytes;
  };
}

const device = (seed: string) => {
  const seeds = makeDeviceSeeds(seededRandom(seed));
  const metadata = deriveMetadataKeys(seeds.metadata);
  const signing = deriveSigningKeys(seeds.signing);
  return {
    identity: identityOf(metadata, signing),
    signEntry: signOperands.bind(null, metadata.entry),
    signAuthority: signOperands.bind(null, signing.authority),
  };
};
/** The new device of every test, and somebody else's. */
export const PHONE = device("phone");
export const STRANGER = device("stranger");

export const candidateOf = (who: typeof PHONE, name = "Ana's Pixel"): Candidate => ({
  identity: who.identity,
  name,
  platform: "android",
});

export type Effect = InviterEffect | JoinerEffect;

/** The one effect of this kind. Throws when there is none. */
export function pick<E extends Effect, K extends E["kind"]>(
  effects: readonly E[],
  kind: K,
): Extract<E, { readonly kind: K }> {
  const found = effects.find((effect) => effect.kind === kind);
  if (found === undefined)
    throw new Error(`no ${kind} among ${effects.map((effect) => effect.kind).join(", ")}`);
  return found as Extract<E, { readonly kind: K }>;
}

export const kinds = (effects: readonly Effect[]) => effects.map((effect) => effect.kind);

export function startInviter(seed = "desk", now = 0) {
  const inviter = createInviter({
    random: seededRandom(seed),
    appAddress: APP_ADDRESS,
    relays: RELAYS,
    fingerprintWords: WORDS,
  });
  const effects = inviter.begin(now);
  return {
    inviter,
    text: pick(effects, "show-invitation").text,
    mailboxId: pick(effects, "open-mailbox").mailboxId,
  };
}

/** A joiner that has not begun, the invitation that it holds, and every 32 random bytes that it draws. */
export function joinerOf(
  text: string,
  { seed = "phone", who = PHONE, name = "Ana's Pixel", hasVault = false } = {},
) {
  const random = seededRandom(seed);
  const drawn: Uint8Array[] = [];
  const { invitation } = parseInvitation(text);
  const joiner = createJoiner({
    random: (length) => {
      const bytes = random(length);
      if (length === 32) drawn.push(bytes);
      return bytes;
    },
    invitation,
    candidate: candidateOf(who, name),
    signEntry: who.signEntry,
    signAuthority: who.signAuthority,
    hasVault,
  });
  return { joiner, invitation, drawn };
}

export function startJoiner(text: string, seed = "phone", who = PHONE) {
  const { joiner } = joinerOf(text, { seed, who });
  return { joiner, claim: pick(joiner.begin(0), "send").message };
}

/** How far `pairUpTo` goes: each name is a message that lies in the mailbox and was not delivered yet. */
export type Stage = "claim" | "answer" | "introduction" | "welcome" | "done";

export interface Ceremony {
  readonly inviter: Inviter;
  readonly joiner: Joiner;
  readonly mailboxId: MailboxId;
  readonly text: string;
  /** Every message so far, in order. */
  readonly messages: readonly Uint8Array[];
  /** The one that is under way. */
  readonly message: Uint8Array;
  /** What the new device shows, from the introduction on. */
  readonly code: string;
}

/** An honest pairing, at time 0, stopped when `stage`'s message is under way. */
export function pairUpTo(stage: Stage, seed = "pairing"): Ceremony {
  const { inviter, text, mailboxId } = startInviter(`${seed} desk`);
  const { joiner, claim } = startJoiner(text, `${seed} phone`);
  const messages = [claim];
  let code = "";
  const stop = () => ({ inviter, joiner, mailboxId, text, messages, message: messages.at(-1)!, code });
  if (stage === "claim") return stop();
  messages.push(pick(inviter.receive(mailboxId, claim, 0), "send").message);
  if (stage === "answer") return stop();
  const shown = joiner.receive(messages.at(-1)!, 0);
  code = pick(shown, "show-code").code;
  messages.push(pick(shown, "send").message);
  if (stage === "introduction") return stop();
  inviter.receive(mailboxId, messages.at(-1)!, 0);
  pick(inviter.enterCode(code, 0), "approved");
  messages.push(pick(inviter.welcome(WELCOME, 0), "send").message);
  if (stage === "welcome") return stop();
  joiner.receive(messages.at(-1)!, 0);
  messages.push(pick(joiner.accept(), "send").message);
  return stop();
}

/**
 * The invitations that a pairing shows one after the other until one is claimed (protocol § 8, step 0). A picture on a screen gets
 * photographed: each is renewed after 60 s (new mailbox, key and psk) and dead after 120 s, so at most two are alive. Times are
 * milliseconds of the host's clock; nothing here lasts longer than the pairing.
 */
import { equalBytes } from "../bytes/equal.ts";
import {
  type AgreementKeyPair,
  deriveAgreementKeyPair,
  AGREEMENT_SECRET_KEY_BYTES,
} from "../crypto/key-agreement.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Random } from "../ports.ts";
import { MAX_MAILBOX_MESSAGES, MAX_MAILBOX_TTL_SECONDS } from "../relay-protocol/limits.ts";
import type { RelayAddress } from "../relay-protocol/relay-address.ts";
import { MAILBOX_ID_BYTES, type MailboxId } from "../relay-protocol/room-id.ts";
import { encodeInvitation, formatInvitation, type Invitation, PSK_BYTES } from "./invitation.ts";

export const RENEWAL_MS = 60_000;
export const INVITATION_LIFE_MS = 120_000;
/** Renewals without a person's press: a screen that nobody watches stops showing invitations. */
export const MAX_RENEWALS = 5;
/** One shown, and the one before it, which somebody may be scanning. */
const MAX_ALIVE = 2;

export type InvitationEffect =
  /** Open this mailbox on the invitation's relays: for the longest time, since a pairing may be given as much. */
  | { readonly kind: "open-mailbox"; readonly mailboxId: MailboxId; readonly ttlSeconds: number }
  /** Burn it there. */
  | { readonly kind: "close-mailbox"; readonly mailboxId: MailboxId }
  /** Show this QR code, in place of the one before. */
  | { readonly kind: "show-invitation"; readonly text: string }
  /** There is no other by itself after this one: ask whether to show more, `renew`. */
  | { readonly kind: "ask-renewal" };

export interface LiveInvitation {
  readonly invitation: Invitation;
  readonly payload: Uint8Array;
  readonly keyPair: AgreementKeyPair;
}

interface Entry extends LiveInvitation {
  readonly madeAt: number;
  refusedClaims: number;
}

interface LiveInvitations {
  /** Drops what is dead and renews what is shown. */
  age(now: number): InvitationEffect[];
  /** The person wants another one, now. */
  renew(now: number): InvitationEffect[];
  /** `null` for a mailbox that is not, or no longer, alive. */
  find(mailboxId: MailboxId): LiveInvitation | null;
  /** Counts a message that is no claim; a mailbox full of them is dropped. */
  countRefused(mailboxId: MailboxId): InvitationEffect[];
  drop(mailboxId: MailboxId): InvitationEffect[];
  /** Burns every invitation and wipes its secrets, except `kept`'s mailbox: that one goes on as a pairing's. */
  burn(kept?: LiveInvitation): InvitationEffect[];
}

export function createLiveInvitations(deps: {
  readonly random: Random;
  readonly appAddress: string;
  readonly relays: readonly RelayAddress[];
}): LiveInvitations {
  const { random, appAddress, relays } = deps;
  let alive: Entry[] = [];
  let renewalsLeft = MAX_RENEWALS + 1;
  let hasAsked = false;

  function make(now: number): InvitationEffect[] {
    const seed = random(AGREEMENT_SECRET_KEY_BYTES);
    const keyPair = deriveAgreementKeyPair(seed);
    wipe(seed);
    const invitation: Invitation = {
      relays,
      mailboxId: random(MAILBOX_ID_BYTES) as MailboxId,
      publicKey: keyPair.publicKey,
      psk: random(PSK_BYTES),
    };
    const text = formatInvitation(appAddress, invitation);
    alive.push({ invitation, payload: encodeInvitation(invitation), keyPair, madeAt: now, refusedClaims: 0 });
    renewalsLeft--;
    hasAsked = false;
    return [
      { kind: "open-mailbox", mailboxId: invitation.mailboxId, ttlSeconds: MAX_MAILBOX_TTL_SECONDS },
      { kind: "show-invitation", text },
      ...dropWhere((_, index) => index < alive.length - MAX_ALIVE),
    ];
  }

  function dropWhere(isDead: (entry: Entry, index: number) => boolean): InvitationEffect[] {
    const dead = alive.filter(isDead);
    alive = alive.filter((entry) => !dead.includes(entry));
    return dead.map((entry) => {
      wipe(entry.invitation.psk, entry.payload, entry.keyPair.secretKey);
      return { kind: "close-mailbox", mailboxId: entry.invitation.mailboxId };
    });
  }

  const isIn = (mailboxId: MailboxId) => (entry: Entry) => equalBytes(entry.invitation.mailboxId, mailboxId);

  return {
    age(now) {
      const dropped = dropWhere((entry) => now - entry.madeAt >= INVITATION_LIFE_MS);
      const shown = alive.at(-1);
      if (shown !== undefined && now - shown.madeAt < RENEWAL_MS) return dropped;
      if (renewalsLeft > 0) return [...dropped, ...make(now)];
      if (hasAsked) return dropped;
      hasAsked = true;
      return [...dropped, { kind: "ask-renewal" }];
    },
    renew(now) {
      renewalsLeft = MAX_RENEWALS + 1;
      return make(now);
    },
    find(mailboxId) {
      return alive.find(isIn(mailboxId)) ?? null;
    },
    countRefused(mailboxId) {
      return dropWhere((entry) => isIn(mailboxId)(entry) && ++entry.refusedClaims >= MAX_MAILBOX_MESSAGES);
    },
    drop(mailboxId) {
      return dropWhere(isIn(mailboxId));
    },
    burn(kept) {
      const effects = dropWhere((entry) => entry !== kept);
      if (kept !== undefined) dropWhere((entry) => entry === kept);
      return effects;
    },
  };
}

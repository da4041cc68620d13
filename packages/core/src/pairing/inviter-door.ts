/** How an existing device takes a claim (protocol § 8): the same three doors as the new device has (`joiner-door.ts`), from the other side. */
import { equalBytes } from "../bytes/equal.ts";
import type { Random } from "../ports.ts";
import type { RelayAddress } from "../relay-protocol/relay-address.ts";
import type { MailboxId } from "../relay-protocol/room-id.ts";
import { type Answered, answerClaim } from "./inviter-session.ts";
import { createLiveInvitations, type InvitationEffect } from "./live-invitations.ts";
import { answerRequest } from "./request-door.ts";
import type { JoinRequest } from "./request.ts";
import { answerWords, type Told } from "./words-door.ts";

export interface InviterDoor {
  /** Message 2 without waiting for a claim: what was scanned is one. Throws `LK-PAIR-MALFORMED`. */
  begin?(): Answered;
  /** What is shown grows old. */
  age(now: number): InvitationEffect[];
  renew(now: number): InvitationEffect[];
  isAlive(mailboxId: MailboxId): boolean;
  /** `null`: not a valid claim; it burns nothing. Throws `LK-PAIR-…` where it does. */
  answer(mailboxId: MailboxId, message: Uint8Array): Answered | null;
  /** Counts a message that is no claim; a mailbox full of them is dropped. */
  countRefused(mailboxId: MailboxId): InvitationEffect[];
  drop(mailboxId: MailboxId): InvitationEffect[];
  /** Closes whatever is open and wipes its secrets; the mailbox `kept` goes on as a pairing's. */
  burn(kept?: MailboxId): InvitationEffect[];
}

interface DoorDeps {
  readonly random: Random;
  readonly fingerprintWords: string;
}

/** E shows invitations, one after the other. */
export function showPictures(
  deps: DoorDeps & { readonly appAddress: string; readonly relays: readonly RelayAddress[] },
): InviterDoor {
  const { random, fingerprintWords } = deps;
  const live = createLiveInvitations(deps);
  return {
    ...live,
    isAlive: (mailboxId) => live.find(mailboxId) !== null,
    answer(mailboxId, message) {
      const found = live.find(mailboxId);
      return found === null ? null : answerClaim(found, message, fingerprintWords, random);
    },
    burn: (kept) => live.burn((kept && live.find(kept)) ?? undefined),
  };
}

/** E shows a number and two words. The mailbox is the one that the nameplate was given for; the host has opened it. */
export function tellWords(
  deps: DoorDeps & { readonly told: Told; readonly mailboxId: MailboxId },
): InviterDoor {
  const { told, mailboxId, random, fingerprintWords } = deps;
  let isOpen = true;
  const close = (): InvitationEffect[] => {
    const wasOpen = isOpen;
    isOpen = false;
    return wasOpen ? [{ kind: "close-mailbox", mailboxId }] : [];
  };
  return {
    age: () => [],
    renew: () => [],
    isAlive: (other) => isOpen && equalBytes(other, mailboxId),
    // One guess: whatever comes first uses the words up.
    answer: (_, message) => answerWords(told, mailboxId, message, fingerprintWords, random),
    countRefused: () => [],
    drop: close,
    burn(kept) {
      if (kept === undefined) return close();
      isOpen = false;
      return [];
    },
  };
}

/** E scanned the code of a new device. The host claims the mailbox at the request's relays. */
export function scanRequest(deps: DoorDeps & { readonly request: JoinRequest }): InviterDoor {
  const { request, random, fingerprintWords } = deps;
  return {
    begin: () => answerRequest(request, fingerprintWords, random),
    age: () => [],
    renew: () => [],
    isAlive: () => false,
    answer: () => null,
    countRefused: () => [],
    drop: () => [],
    burn: () => [],
  };
}

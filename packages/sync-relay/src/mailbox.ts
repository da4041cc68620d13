/**
 * Pairing mailboxes (relay.md § 3): two sides, eight messages, ten minutes, in memory; a restart burns them and the person shows a new
 * code. What a message says is sealed. Nothing lists mailboxes; a wrong id and an expired one are the same miss.
 */
import {
  type Clock,
  encodeHex,
  equalBytes,
  type MailboxId,
  MAX_MAILBOX_MESSAGES,
} from "@latchkey/core/relay-protocol";
import type { IpGroup } from "./ip-group.ts";
import type { RelayLimits } from "./limits.ts";
import { createGroupBuckets } from "./rate.ts";

/** The socket of a side. */
export interface MailboxPeer {
  /** The other side came. */
  arrived(): void;
  /** Somebody else tried to come. */
  crowded(): void;
  message(number: number, body: Uint8Array): void;
  /** The mailbox is over: expired, burnt or used up. */
  gone(): void;
  /** The side came back on another socket. */
  replaced(): void;
}

/** A side as its socket uses it. */
export interface MailboxSide {
  readonly secondsLeft: number;
  readonly sides: number;
  /** Messages of this side held. */
  readonly received: number;
  /** Hands over what the other side sent after the first `count` messages. */
  catchUp(count: number): void;
  /** `sent` also for a repeat of the same message; `wrong` for another body or a number out of turn; `full`: memory is short. */
  send(number: number, body: Uint8Array): "sent" | "wrong" | "full";
  burn(): void;
  /** The socket closed; the side may come back. */
  detach(): void;
}

/** A side, or why there is none: `rate` with the milliseconds to wait. */
export type Attached = MailboxSide | "crowded" | "gone" | { readonly waitMs: number };

export interface Mailboxes {
  open(id: MailboxId, token: Uint8Array, ttlSeconds: number, group: IpGroup, peer: MailboxPeer): Attached;
  claim(id: MailboxId, token: Uint8Array, group: IpGroup, peer: MailboxPeer): Attached;
  count(): number;
  /** Ends what is over. */
  tick(): void;
}

interface Side {
  readonly token: Uint8Array;
  peer: MailboxPeer | null;
  readonly messages: Uint8Array[];
}

interface Mailbox {
  readonly key: string;
  readonly expiresAt: number;
  readonly sides: Side[];
}

const FULL_RETRY_MS = 60_000;

export function createMailboxes(limits: RelayLimits, clock: Clock): Mailboxes {
  const boxes = new Map<string, Mailbox>();
  const perHour = limits.mailboxesPerIpGroupPerHour;
  const attempts = createGroupBuckets(perHour, perHour / 3600, clock);
  let bytesHeld = 0;

  function find(id: MailboxId): Mailbox | null {
    const box = boxes.get(encodeHex(id));
    return box !== undefined && clock.now() < box.expiresAt ? box : null;
  }

  function burn(box: Mailbox): void {
    if (!boxes.delete(box.key)) return;
    for (const side of box.sides) {
      for (const body of side.messages) bytesHeld -= body.length;
      side.peer?.gone();
    }
  }

  function crowd(box: Mailbox): "crowded" {
    for (const side of box.sides) side.peer?.crowded();
    return "crowded";
  }

  function attach(box: Mailbox, side: Side, peer: MailboxPeer): MailboxSide {
    side.peer?.replaced();
    side.peer = peer;
    const other = (): Side | undefined => box.sides.find((candidate) => candidate !== side);

    return {
      secondsLeft: Math.ceil((box.expiresAt - clock.now()) / 1000),
      sides: box.sides.length,
      received: side.messages.length,
      catchUp(count) {
        for (const [i, body] of (other()?.messages ?? []).entries())
          if (i >= count) peer.message(i + 1, body);
      },
      send(number, body) {
        const repeated = side.messages[number - 1];
        if (repeated !== undefined) return equalBytes(repeated, body) ? "sent" : "wrong";
        if (number !== side.messages.length + 1) return "wrong";
        if (bytesHeld + body.length > limits.mailboxBytesTotal) return "full";
        const used = box.sides.reduce((sum, { messages }) => sum + messages.length, 0);
        if (used >= MAX_MAILBOX_MESSAGES) {
          burn(box);
          return "wrong";
        }
        side.messages.push(body);
        bytesHeld += body.length;
        other()?.peer?.message(number, body);
        return "sent";
      },
      burn: () => burn(box),
      detach() {
        if (side.peer === peer) side.peer = null;
      },
    };
  }

  /** The side that has this token already. */
  function resume(box: Mailbox, token: Uint8Array, peer: MailboxPeer): MailboxSide | null {
    const side = box.sides.find((candidate) => equalBytes(candidate.token, token));
    return side === undefined ? null : attach(box, side, peer);
  }

  return {
    open(id, token, ttlSeconds, group, peer) {
      const there = find(id);
      if (there !== null) return resume(there, token, peer) ?? crowd(there);
      const waitMs = boxes.size < limits.mailboxesTotal ? attempts.take(group) : FULL_RETRY_MS;
      if (waitMs > 0) return { waitMs };
      const ttl = Math.min(ttlSeconds, limits.mailboxTtlSeconds);
      const side: Side = { token, peer: null, messages: [] };
      const box = { key: encodeHex(id), expiresAt: clock.now() + ttl * 1000, sides: [side] };
      boxes.set(box.key, box);
      return attach(box, side, peer);
    },
    claim(id, token, group, peer) {
      const box = find(id);
      if (box === null) {
        const waitMs = attempts.take(group);
        return waitMs > 0 ? { waitMs } : "gone";
      }
      const back = resume(box, token, peer);
      if (back !== null) return back;
      if (box.sides.length > 1) return crowd(box);
      const side: Side = { token, peer: null, messages: [] };
      box.sides.push(side);
      const attached = attach(box, side, peer);
      box.sides[0]?.peer?.arrived();
      return attached;
    },
    count: () => boxes.size,
    tick() {
      for (const box of boxes.values()) if (clock.now() >= box.expiresAt) burn(box);
      attempts.prune();
    },
  };
}

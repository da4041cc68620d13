/** Pairing mailboxes in the memory of one process: a restart burns them, and the person shows a new code. */
import {
  type Clock,
  encodeHex,
  equalBytes,
  MAX_MAILBOX_MESSAGES,
  type Nameplate,
  type Random,
} from "@latchkey/core/relay-protocol";
import type { MailboxKey, MailboxLimits, MailboxRef, MailboxSide, MailboxStore } from "./mailbox-store.ts";
import { drawNameplate, NAMEPLATE_TRIES } from "./nameplate.ts";

interface Side {
  readonly token: Uint8Array;
  readonly messages: Uint8Array[];
}

interface Mailbox {
  readonly ref: MailboxRef;
  readonly id: string;
  readonly expiresAt: number;
  readonly sides: Side[];
  crowded: number;
  number: Nameplate | null;
  /** Until when the number can be claimed. */
  namedUntil: number;
}

const bytesOf = (box: Mailbox): number =>
  box.sides.flatMap(({ messages }) => messages).reduce((sum, body) => sum + body.length, 0);

/** `draw`: where the numbers come from, if not from here; it gives a free one, or `null`. */
export function createMemoryMailboxes(
  limits: MailboxLimits,
  clock: Clock,
  random: Random,
  draw?: () => Promise<Nameplate | null>,
): MailboxStore {
  const boxes = new Map<MailboxRef, Mailbox>();
  let onChange: (ref: MailboxRef) => void = () => {};
  let lastRef = 0;

  const isAlive = (box: Mailbox): boolean => clock.now() < box.expiresAt;
  const get = (ref: MailboxRef): Mailbox | null => {
    const box = boxes.get(ref);
    return box !== undefined && isAlive(box) ? box : null;
  };
  const find = (key: MailboxKey): Mailbox | null => {
    const id = typeof key === "number" ? null : encodeHex(key);
    const isIt = (box: Mailbox): boolean => (id === null ? box.number === key : box.id === id);
    return [...boxes.values()].find((box) => isIt(box) && isAlive(box)) ?? null;
  };
  const secondsUntil = (at: number): number => Math.ceil((at - clock.now()) / 1000);
  const sideOf = (box: Mailbox, side: 0 | 1): MailboxSide => ({
    ref: box.ref,
    side,
    secondsLeft: secondsUntil(box.expiresAt),
    received: box.sides[side]?.messages.length ?? 0,
  });

  function crowd(box: Mailbox): "crowded" {
    box.crowded++;
    onChange(box.ref);
    return "crowded";
  }

  function forget(): void {
    for (const box of boxes.values()) if (!isAlive(box)) boxes.delete(box.ref);
  }

  function drawHere(): Nameplate | null {
    const alive = [...boxes.values()].filter(({ number }) => number !== null).length;
    for (let tries = 0; tries < NAMEPLATE_TRIES; tries++) {
      const number = drawNameplate(random, alive);
      if (find(number) === null) return number;
    }
    return null;
  }

  return {
    async open(id, token, ttlSeconds) {
      const there = find(id);
      if (there !== null) return crowd(there);
      forget();
      if (boxes.size >= limits.mailboxesTotal) return "full";
      const expiresAt = clock.now() + Math.min(ttlSeconds, limits.mailboxTtlSeconds) * 1000;
      const sides = [{ token, messages: [] }];
      const name = { number: null, namedUntil: 0 };
      const box: Mailbox = { ref: ++lastRef, id: encodeHex(id), expiresAt, sides, crowded: 0, ...name };
      boxes.set(box.ref, box);
      return sideOf(box, 0);
    },
    async claim(key, token) {
      const box = find(key);
      const isNamed = typeof key === "number";
      if (box === null || (isNamed && (box.sides.length > 1 || clock.now() >= box.namedUntil))) return "gone";
      if (box.sides.length > 1) return crowd(box);
      box.sides.push({ token, messages: [] });
      onChange(box.ref);
      return sideOf(box, 1);
    },
    async resume(key, token) {
      const box = find(key);
      const side = box?.sides.findIndex((candidate) => equalBytes(candidate.token, token)) ?? -1;
      const isItsOwn = side === 1 || (side === 0 && typeof key !== "number");
      return box !== null && isItsOwn ? sideOf(box, side) : null;
    },
    async send({ ref, side }, number, body) {
      const box = get(ref);
      const own = box?.sides[side]?.messages;
      if (box === null || own === undefined) return "gone";
      const repeated = own[number - 1];
      if (repeated !== undefined) return equalBytes(repeated, body) ? "sent" : "wrong";
      if (number !== own.length + 1) return "wrong";
      const held = [...boxes.values()].reduce((sum, other) => sum + bytesOf(other), 0);
      if (held + body.length > limits.mailboxBytesTotal) return "full";
      const used = box.sides.reduce((sum, { messages }) => sum + messages.length, 0);
      if (used >= MAX_MAILBOX_MESSAGES) {
        boxes.delete(ref);
        onChange(ref);
        return "gone";
      }
      own.push(body);
      onChange(ref);
      return "sent";
    },
    async news({ ref, side }, after) {
      const box = get(ref);
      if (box === null) return null;
      const messages = box.sides[1 - side]?.messages.slice(after) ?? [];
      return { sides: box.sides.length as 1 | 2, crowded: box.crowded, messages };
    },
    async name(ref) {
      const box = get(ref);
      if (box === null || box.sides.length > 1 || limits.nameplateSeconds === 0) return null;
      if (box.number === null || clock.now() >= box.namedUntil) {
        box.number = await (draw ?? drawHere)();
        box.namedUntil = Math.min(clock.now() + limits.nameplateSeconds * 1000, box.expiresAt);
      }
      return box.number === null ? null : { number: box.number, secondsLeft: secondsUntil(box.namedUntil) };
    },
    async burn(ref) {
      boxes.delete(ref);
      onChange(ref);
    },
    watch(callback) {
      onChange = callback;
    },
    async expire() {
      forget();
    },
  };
}

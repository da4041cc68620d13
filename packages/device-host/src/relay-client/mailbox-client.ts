/**
 * One side of a pairing mailbox on one relay (`relay-protocol/frame-mailbox.ts`). Comes back after a broken connection with its side
 * token, sends what was not taken yet, and says when the mailbox is lost.
 */
import {
  CLOSE,
  decodeMailboxRelayFrame,
  encodeFrame,
  type MailboxClientFrame,
  type MailboxId,
  mailboxSocketUrl,
  type Nameplate,
  nameplateSocketUrl,
  PROTOCOL_VERSIONS,
  SIDE_TOKEN_BYTES,
} from "@latchkey/core/relay-protocol";
import type { Random } from "@latchkey/core/ports";
import type { Timer } from "../timers.ts";
import { openSocket, type Socket } from "#web-socket";

const RECONNECT_MS = 500;

export interface MailboxEvents {
  /** The mailbox stands: only now may the other side be told of it. */
  ready?(): void;
  /** What the relay gave to an opener that wants one. */
  nameplate?(number: Nameplate | null): void;
  message(body: Uint8Array): void;
  /** Nobody can be reached: the relay is down, or does not have it. */
  lost(reason: "crowded" | "gone" | "unreachable"): void;
}

export interface Mailbox {
  send(body: Uint8Array): void;
  /** Leaves, after what is still to be sent; with `burn` the mailbox is gone for both sides. */
  close(burn: boolean): void;
}

/** `wantsNameplate`: ask for a number under which others find it. */
export type MailboxRole =
  | { readonly open: { readonly ttlSeconds: number; readonly wantsNameplate?: boolean } }
  | "claim";

/** `at`: its id, or the number under which it is claimed. */
export function openMailbox(
  origin: string,
  at: MailboxId | Nameplate,
  role: MailboxRole,
  random: Random,
  events: MailboxEvents,
): Mailbox {
  const sideToken = random(SIDE_TOKEN_BYTES);
  const outgoing: Uint8Array[] = [];
  let taken = 0;
  let received = 0;
  let isReady = false;
  let wasReady = false;
  let leaving = false;
  let socket: Socket;
  let timer: Timer | undefined;

  const sendFrame = (frame: MailboxClientFrame): void => socket.send(encodeFrame(frame));

  function hello(): void {
    const version = PROTOCOL_VERSIONS[0] as number;
    if (role === "claim") sendFrame({ op: "claim", version, sideToken, received });
    else sendFrame({ op: "open", version, sideToken, received, ttlSeconds: role.open.ttlSeconds });
  }

  /** One message at a time: the relay answers each with its number. */
  function sendNext(): void {
    const body = outgoing[taken];
    if (isReady && body !== undefined) sendFrame({ op: "send", number: taken + 1, body });
  }

  function onFrame(bytes: Uint8Array): void {
    const frame = decodeMailboxRelayFrame(bytes);
    switch (frame.op) {
      case "ready":
        isReady = true;
        taken = frame.received;
        if (!wasReady) {
          events.ready?.();
          if (role !== "claim" && role.open.wantsNameplate === true) sendFrame({ op: "nameplateGet" });
        }
        wasReady = true;
        sendNext();
        break;
      case "sent":
        taken = Math.max(taken, frame.number);
        sendNext();
        break;
      case "message":
        if (frame.number !== received + 1) break;
        received = frame.number;
        events.message(frame.body);
        break;
      case "crowded":
        events.lost("crowded");
        break;
      case "nameplate":
        events.nameplate?.(frame.number);
        break;
      case "peer":
        break;
    }
  }

  function connect(): void {
    const url = typeof at === "number" ? nameplateSocketUrl(origin, at) : mailboxSocketUrl(origin, at);
    socket = openSocket(url, {
      open: hello,
      frame(bytes) {
        try {
          onFrame(bytes);
        } catch {
          socket.close();
        }
      },
      end(_code, closeCode) {
        isReady = false;
        if (leaving) return;
        if (closeCode === CLOSE.crowded) events.lost("crowded");
        else if (closeCode === CLOSE.mailboxGone) events.lost("gone");
        else if (!wasReady) events.lost("unreachable");
        else timer = setTimeout(connect, RECONNECT_MS);
      },
    });
  }

  connect();
  return {
    send(body) {
      outgoing.push(body);
      if (outgoing.length === taken + 1) sendNext();
    },
    close(burn) {
      leaving = true;
      clearTimeout(timer);
      if (isReady) {
        // The last words come before the end: without them the other side would not know why.
        for (let i = taken; i < outgoing.length; i++) {
          sendFrame({ op: "send", number: i + 1, body: outgoing[i] as Uint8Array });
        }
        if (burn) sendFrame({ op: "close" });
      }
      socket.close();
    },
  };
}

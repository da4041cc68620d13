/**
 * What every socket has in common, whatever is spoken on it: keep-alive, the bounds of a stranger, the order of frames, slow readers
 * (relay.md § 5 and § 13). A host hands in its socket as a `Conn` and calls the `Session` it gets back; no call ever throws.
 *
 * Frames are handled one after the other. While one waits for the store or a signature, a few more may wait behind it; before the join
 * none may: nothing of a stranger is buffered.
 */
import { type ErrorCode, isVaultError } from "@latchkey/core/errors";
import {
  type AnyFrame,
  CLOSE,
  type CloseCode,
  encodeFrame,
  MAX_FRAME_BYTES,
  MAX_PRE_AUTH_FRAME_BYTES,
  PING,
  PONG,
} from "@latchkey/core/relay-protocol";
import type { IpGroup } from "./address.ts";
import type { RelayServices } from "./relay.ts";

/** A host's socket. */
export interface Conn {
  send(message: Uint8Array | typeof PONG): void;
  close(code: CloseCode, reason: string): void;
  /** Bytes accepted by `send` and not yet written, or `null` when the host cannot tell. */
  buffered(): number | null;
}

export interface Session extends Link {
  /** The host's: a message came. */
  message(data: string | Uint8Array): void;
  /** The host's: the socket is closed, by whomever. */
  closed(): void;
  /** About once a second. */
  tick(): void;
}

/** What a protocol may do with its socket. */
export interface Link {
  readonly group: IpGroup;
  /** A frame, or one that was encoded before, for many receivers. */
  send(frame: AnyFrame | Uint8Array): void;
  buffered(): number;
  /** Closes; nothing is sent or handled afterwards. */
  end(code: CloseCode, reason: ErrorCode | ""): void;
  /** The peer has proved what it must: it is no longer a stranger. */
  joined(): void;
}

/** What is spoken on a socket. */
export interface Protocol {
  /** Says the first word, if the relay has it. */
  start?(): void;
  /** Handles one frame, at once or later. Throws `LK-RELAY-FRAME` for what is none. */
  frame(bytes: Uint8Array): Promise<void> | void;
  tick?(): void;
  closed(): void;
}

/** Frames of a joined peer that wait behind a slow one. */
const MAX_WAITING_BYTES = 16 * MAX_FRAME_BYTES;

/** `left` is called once, whoever closes the socket. */
export function createConnection(
  { clock, gate, limits, log, metrics, refusals }: RelayServices,
  conn: Conn,
  group: IpGroup,
  speak: (link: Link) => Protocol,
  left: () => void,
): Session {
  const openedAt = clock.now();
  let heardAt = openedAt;
  let slowSince: number | null = null;
  let isFirst = true;
  let isJoined = false;
  let isOver = false;
  let isBusy = false;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;

  const buffered = (): number => conn.buffered() ?? 0;

  function send(frame: AnyFrame | Uint8Array): void {
    if (isOver) return;
    const bytes = frame instanceof Uint8Array ? frame : encodeFrame(frame);
    metrics.add("sent_frames_total");
    metrics.add("sent_bytes_total", bytes.length);
    conn.send(bytes);
    if (buffered() > limits.outboundHardBytes) end(CLOSE.overload, "LK-RELAY-SLOW");
  }

  function end(code: CloseCode, reason: ErrorCode | ""): void {
    if (isOver) return;
    closed();
    metrics.add("closes_total", 1, reason || "none");
    refusals.count(group, reason);
    conn.close(code, reason);
  }

  /** Gives back everything that this socket holds, once. */
  function closed(): void {
    if (isOver) return;
    isOver = true;
    waiting = [];
    gate.leave(group, !isJoined);
    left();
    protocol.closed();
  }

  function joined(): void {
    isJoined = true;
    metrics.add("joins_total");
    gate.joined(group);
  }

  function handle(frame: Uint8Array): void {
    try {
      const later = protocol.frame(frame);
      if (later === undefined) return;
      isBusy = true;
      later.then(handleWaiting, fail);
    } catch (error) {
      fail(error);
    }
  }

  function handleWaiting(): void {
    isBusy = false;
    // Over: the list is empty.
    for (let frame = waiting.shift(); frame !== undefined; frame = isBusy ? undefined : waiting.shift()) {
      waitingBytes -= frame.length;
      handle(frame);
    }
  }

  function fail(error: unknown): void {
    if (isVaultError(error, "LK-RELAY-FRAME")) return end(CLOSE.protocol, error.code);
    log("error", "session-failed");
    end(CLOSE.internal, "LK-RELAY-STORE");
  }

  const session: Session = {
    group,
    send,
    buffered,
    end,
    joined,
    message(data) {
      if (isOver) return;
      heardAt = clock.now();
      if (data === PING) return conn.send(PONG);
      if (typeof data === "string") return end(CLOSE.text, "LK-RELAY-FRAME");
      metrics.add("received_frames_total");
      metrics.add("received_bytes_total", data.length);
      if (data.length > MAX_FRAME_BYTES) return end(CLOSE.tooBig, "LK-RELAY-FRAME");
      if (!isJoined && !isFirst) return end(CLOSE.protocol, "LK-RELAY-PROTOCOL");
      if (!isJoined && data.length > MAX_PRE_AUTH_FRAME_BYTES) return end(CLOSE.protocol, "LK-RELAY-FRAME");
      isFirst = false;
      if (!isBusy) return handle(data);
      waitingBytes += data.length;
      waiting.push(data);
      if (waitingBytes > MAX_WAITING_BYTES) end(CLOSE.overload, "LK-RELAY-SLOW");
    },
    closed,
    tick() {
      if (isOver) return;
      const now = clock.now();
      const isLate = (since: number, seconds: number): boolean => now - since >= seconds * 1000;
      slowSince = buffered() > limits.outboundHighBytes ? (slowSince ?? now) : null;
      if (!isJoined && isLate(openedAt, limits.handshakeDeadlineSeconds)) {
        end(CLOSE.handshakeTimeout, "LK-RELAY-HANDSHAKE-TIMEOUT");
      } else if (now - heardAt > limits.pingEverySeconds * limits.pingsMissed * 1000) {
        end(CLOSE.overload, "LK-RELAY-SLOW");
      } else if (slowSince !== null && isLate(slowSince, limits.unwritableSeconds)) {
        end(CLOSE.overload, "LK-RELAY-SLOW");
      } else protocol.tick?.();
    },
  };
  const protocol = speak(session);
  protocol.start?.();
  return session;
}

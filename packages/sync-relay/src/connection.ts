/**
 * What every socket has in common, whatever is spoken on it: keep-alive, the bounds of a stranger, the order of frames, slow readers
 * (relay.md § 5 and § 13). A host hands in its socket as a `Conn` and calls the `Session` it gets back; neither call ever throws.
 *
 * Frames are handled one after the other. While one waits for the store or a signature, a few more may wait behind it; before the join
 * none may: nothing of a stranger is buffered.
 */
import { type ErrorCode, isVaultError } from "@latchkey/core/errors";
import {
  type AnyFrame,
  CLOSE,
  type Clock,
  type CloseCode,
  encodeFrame,
  MAX_FRAME_BYTES,
  MAX_PRE_AUTH_FRAME_BYTES,
  PING,
  PONG,
} from "@latchkey/core/relay-protocol";
import type { RelayLimits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Lease } from "./socket-gate.ts";

/** A host's socket. */
export interface Conn {
  send(message: Uint8Array | typeof PONG): void;
  close(code: CloseCode, reason: string): void;
  /** Bytes accepted by `send` and not yet written, or `null` when the host cannot tell. */
  buffered(): number | null;
}

/** What a host calls. */
export interface Session {
  message(data: string | Uint8Array): void;
  /** The socket is closed, by whomever. */
  closed(): void;
  /** About once a second. */
  tick(): void;
  end(code: CloseCode, reason: ErrorCode | ""): void;
  sendFrame(frame: AnyFrame): void;
  buffered(): number;
}

/** What a protocol may do with its socket. */
export interface Link {
  send(frame: AnyFrame): void;
  /** A frame encoded before, for many receivers. */
  sendEncoded(frame: Uint8Array): void;
  buffered(): number;
  /** Closes; nothing is sent afterwards. */
  end(code: CloseCode, reason: ErrorCode | ""): void;
  /** The peer has proved what it must: it is no longer a stranger. */
  joined(): void;
}

/** What is spoken on a socket. */
export interface Protocol {
  /** Says the first word, if the relay has it. */
  start(): void;
  /** Handles one frame, at once or later. Throws `LK-RELAY-FRAME` for what is none. */
  frame(bytes: Uint8Array): Promise<void> | void;
  tick(): void;
  closed(): void;
}

export interface ConnectionDeps {
  readonly clock: Clock;
  readonly limits: RelayLimits;
  readonly log: Log;
  readonly lease: Lease;
  readonly metrics: Metrics;
  /** Told why this side closed the socket. */
  readonly onEnd: (reason: ErrorCode | "") => void;
}

/** Frames of a joined peer that wait behind a slow one. */
const MAX_WAITING_BYTES = 16 * MAX_FRAME_BYTES;

/** `resumed`: the peer has joined before, and this process has forgotten it since (a host that lets idle sockets sleep). */
export function createConnection(
  deps: ConnectionDeps,
  conn: Conn,
  speak: (link: Link) => Protocol,
  resumed = false,
): Session {
  const { clock, limits, log, lease, metrics } = deps;
  const openedAt = clock.now();
  let heardAt = openedAt;
  let slowSince: number | null = null;
  let framesBeforeJoin = 0;
  let joined = resumed;
  let ended = false;
  let busy = false;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;

  const buffered = (): number => conn.buffered() ?? 0;

  function sendEncoded(frame: Uint8Array): void {
    if (ended) return;
    metrics.add("sent_frames_total");
    metrics.add("sent_bytes_total", frame.length);
    conn.send(frame);
    if (buffered() > limits.outboundHardBytes) end(CLOSE.overload, "LK-RELAY-SLOW");
  }

  function end(code: CloseCode, reason: ErrorCode | ""): void {
    if (ended) return;
    leave();
    deps.onEnd(reason);
    conn.close(code, reason);
  }

  /** Gives back everything that this socket holds, once. */
  function leave(): void {
    ended = true;
    waiting = [];
    lease.leave();
    protocol.closed();
  }

  const link: Link = {
    send: (frame) => sendEncoded(encodeFrame(frame)),
    sendEncoded,
    buffered,
    end,
    joined() {
      joined = true;
      lease.joined();
      metrics.add("joins_total");
    },
  };
  const protocol = speak(link);
  if (resumed) lease.joined();
  else protocol.start();

  function receive(frame: Uint8Array): void {
    if (!joined) {
      if (++framesBeforeJoin > 1) return end(CLOSE.protocol, "LK-RELAY-PROTOCOL");
      if (frame.length > MAX_PRE_AUTH_FRAME_BYTES) return end(CLOSE.protocol, "LK-RELAY-FRAME");
    }
    if (busy) {
      waitingBytes += frame.length;
      waiting.push(frame);
      if (waitingBytes > MAX_WAITING_BYTES) end(CLOSE.overload, "LK-RELAY-SLOW");
      return;
    }
    handle(frame);
  }

  function handle(frame: Uint8Array): void {
    try {
      const later = protocol.frame(frame);
      if (later === undefined) return;
      busy = true;
      later.then(handleWaiting, fail);
    } catch (error) {
      fail(error);
    }
  }

  function handleWaiting(): void {
    busy = false;
    // Ended: the list is empty.
    for (let frame = waiting.shift(); frame !== undefined; frame = busy ? undefined : waiting.shift()) {
      waitingBytes -= frame.length;
      handle(frame);
    }
  }

  function fail(error: unknown): void {
    if (isVaultError(error, "LK-RELAY-FRAME")) return end(CLOSE.protocol, error.code);
    log("error", "session-failed");
    end(CLOSE.internal, "LK-RELAY-STORE");
  }

  return {
    message(data) {
      if (ended) return;
      heardAt = clock.now();
      if (data === PING) return conn.send(PONG);
      if (typeof data === "string") return end(CLOSE.text, "LK-RELAY-FRAME");
      metrics.add("received_frames_total");
      metrics.add("received_bytes_total", data.length);
      if (data.length > MAX_FRAME_BYTES) return end(CLOSE.tooBig, "LK-RELAY-FRAME");
      receive(data);
    },
    closed() {
      if (!ended) leave();
    },
    tick() {
      if (ended) return;
      const now = clock.now();
      const silence = limits.pingEverySeconds * limits.pingsMissed * 1000;
      if (!joined && now - openedAt >= limits.handshakeDeadlineSeconds * 1000) {
        return end(CLOSE.handshakeTimeout, "LK-RELAY-HANDSHAKE-TIMEOUT");
      }
      if (now - heardAt > silence) return end(CLOSE.overload, "LK-RELAY-SLOW");
      slowSince = buffered() > limits.outboundHighBytes ? (slowSince ?? now) : null;
      if (slowSince !== null && now - slowSince >= limits.unwritableSeconds * 1000) {
        return end(CLOSE.overload, "LK-RELAY-SLOW");
      }
      protocol.tick();
    },
    end,
    sendFrame: (frame) => sendEncoded(encodeFrame(frame)),
    buffered,
  };
}

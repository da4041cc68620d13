/** A connection to a relay as the protocol sees it; Node and browsers each bring their own (`#web-socket`). */
import type { ErrorCode } from "@latchkey/core/errors";
import { CLOSE } from "@latchkey/core/relay-protocol";

/** Until a relay answers the upgrade. */
export const CONNECT_TIMEOUT_MS = 10_000;

export interface SocketEvents {
  open?(): void;
  frame(bytes: Uint8Array): void;
  /** Once, whoever ended it. `code` says why when it was not us. */
  end(code: ErrorCode, closeCode: number): void;
}

export interface Socket {
  send(frame: Uint8Array): void;
  close(): void;
}

/** Why a relay ended the connection. */
export const CODE_OF_CLOSE: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [CLOSE.protocol, "LK-RELAY-PROTOCOL"],
  [CLOSE.text, "LK-RELAY-PROTOCOL"],
  [CLOSE.tooBig, "LK-RELAY-PROTOCOL"],
  [CLOSE.policy, "LK-RELAY-AUTH"],
  [CLOSE.internal, "LK-RELAY-STORE"],
  [CLOSE.restart, "LK-RELAY-RESTART"],
  [CLOSE.overload, "LK-RELAY-SLOW"],
  [CLOSE.version, "LK-RELAY-VERSION"],
  [CLOSE.handshakeTimeout, "LK-RELAY-HANDSHAKE-TIMEOUT"],
  [CLOSE.gone, "LK-RELAY-GONE"],
  [CLOSE.rate, "LK-RELAY-RATE"],
]);

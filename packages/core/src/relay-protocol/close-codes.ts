/**
 * Why a relay closes a socket, and what the client does then (relay.md § 13). The close reason is the `LK-…` code that an error reply
 * would carry. 1003 (text frame) and 1009 (frame too big) may also come from the WebSocket layer itself, without a reason.
 */
export const CLOSE = {
  /** Done. */
  normal: 1000,
  /** Malformed or unknown frame: a bug on our side; back off. */
  protocol: 1002,
  /** A text frame other than the keep-alive: a bug. */
  text: 1003,
  /** Wrong signature, key or audience: do not retry with the same key. */
  policy: 1008,
  /** Frame over 256 KiB: a bug. */
  tooBig: 1009,
  /** The relay failed inside: back off. */
  internal: 1011,
  /** The relay restarts: reconnect after the jitter that `goaway` gave. */
  restart: 1012,
  /** Too slow or overloaded: reconnect and pull. */
  overload: 1013,
  /** No protocol version in common: update. */
  version: 4400,
  /** No join within the deadline: retry. */
  handshakeTimeout: 4408,
  /** The room expired or was purged while it was open: heal it if its entries are held. */
  gone: 4410,
  /** A rate or connection limit: wait. */
  rate: 4429,
  /** Mailbox: a third party came. New pairing code. */
  crowded: 4480,
  /** Mailbox: wrong id, expired, closed or used up, all alike. New pairing code. */
  mailboxGone: 4481,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

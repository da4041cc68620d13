/**
 * Hints between relays on one PostgreSQL (relay.md § 8): after a commit its rooms' short numbers go out with NOTIFY, never a room id and
 * never a body. A hint may be lost, doubled or late; what is there, a reader pulls by cursor. Whenever listening begins, any room may have
 * news: what was sent before is not heard again.
 */
import { encodeHex, type Random } from "@latchkey/core/relay-protocol";
import { openListener, type Sql } from "./postgres-db.ts";
import type { RoomRef } from "./store.ts";

const CHANNEL = "latchkey_relay";
/** PostgreSQL takes less than 8000 bytes. */
const MAX_PAYLOAD = 7900;
const REF_RADIX = 36;
const SELF_BYTES = 6;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;

export interface PostgresHints {
  /** Sends, when the transaction commits. */
  send(tx: Sql, rooms: readonly RoomRef[]): Promise<unknown>;
  watch(onHint: (rooms: readonly RoomRef[] | null) => void): void;
  close(): Promise<void>;
}

/** `onListening` is called, and waited for, at each new beginning; when it rejects, listening begins again later. */
export function createPostgresHints(
  url: string,
  random: Random,
  onListening: () => Promise<void>,
): PostgresHints {
  const self = encodeHex(random(SELF_BYTES));
  let onHint: (rooms: readonly RoomRef[] | null) => void = () => {};
  let closed = false;
  let stop = (): void => {};
  let listening: Promise<void> = Promise.resolve();

  function hear(payload: string): void {
    const [sender, rooms = ""] = payload.split(":");
    if (sender !== self) onHint(rooms.split(",").map((ref) => Number.parseInt(ref, REF_RADIX)));
  }

  /** Listens on one connection until it ends or `close` is called. Rejects when that cannot begin. */
  async function listenOnce(onBegun: () => void): Promise<void> {
    const ended = Promise.withResolvers<void>();
    const listener = openListener(url, hear, ended.resolve);
    stop = ended.resolve;
    try {
      await Promise.race([listener.listen(CHANNEL), ended.promise]);
      await onListening();
      onBegun();
      onHint(null);
      await ended.promise;
    } finally {
      await listener.close();
    }
  }

  async function listen(): Promise<void> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(MAX_WAIT_MS, wait * 2)) {
      // The server is away: whoever needs it says so, here it is only tried again.
      await listenOnce(() => (wait = FIRST_WAIT_MS)).catch(() => undefined);
      if (closed) return;
      await pause(wait * (0.8 + 0.4 * Math.random()));
    }
  }

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      stop = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    send: (tx, rooms) =>
      Promise.all(splitPayload(rooms).map((part) => tx`SELECT pg_notify(${CHANNEL}, ${`${self}:${part}`})`)),
    watch(callback) {
      onHint = callback;
      listening = listen();
    },
    async close() {
      closed = true;
      stop();
      await listening;
    },
  };
}

/** The rooms in base 36 with commas between, in parts that each fit a payload; no number is cut. */
export function splitPayload(rooms: readonly RoomRef[]): string[] {
  const parts: string[] = [];
  for (const room of rooms) {
    const text = room.toString(REF_RADIX);
    const last = parts.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= MAX_PAYLOAD - SELF_BYTES * 2 - 1) {
      parts[parts.length - 1] = `${last},${text}`;
    } else parts.push(text);
  }
  return parts;
}

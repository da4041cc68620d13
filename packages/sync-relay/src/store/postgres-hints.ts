/**
 * Hints between relays on one PostgreSQL (relay.md § 8): after a commit its rooms' short numbers go out with NOTIFY, never a room id and
 * never a body. A hint may be lost, doubled or late; what is there, a reader pulls by cursor. Whenever listening begins, any room may have
 * news: what was sent before is not heard again.
 */
import { encodeHex, type Random } from "@latchkey/core/relay-protocol";
import { openListener, type Sql } from "./postgres-db.ts";
import type { MailboxRef } from "./mailbox-store.ts";
import type { RoomRef } from "./store.ts";

const ROOMS = "latchkey_relay";
const MAILBOXES = "latchkey_relay_mailbox";
/** PostgreSQL takes less than 8000 bytes. */
const MAX_PAYLOAD = 7900;
const REF_RADIX = 36;
const SELF_BYTES = 6;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;

type OnHint<Hint> = (hint: Hint | null) => void;

export interface PostgresHints {
  /** `send` tells other relays, when the transaction commits; `null` is heard when hints were missed. */
  readonly rooms: {
    send(tx: Sql, rooms: readonly RoomRef[]): Promise<unknown>;
    watch(onHint: OnHint<readonly RoomRef[]>): void;
  };
  readonly mailboxes: {
    send(tx: Sql, mailbox: MailboxRef): Promise<unknown>;
    watch(onHint: OnHint<MailboxRef>): void;
  };
  close(): Promise<void>;
}

/** `onListening` is called, and waited for, at each new beginning; when it rejects, listening begins again later. */
export function createPostgresHints(
  url: string,
  random: Random,
  onListening: () => Promise<void>,
): PostgresHints {
  const self = encodeHex(random(SELF_BYTES));
  let onRooms: OnHint<readonly RoomRef[]> = () => {};
  let onMailbox: OnHint<MailboxRef> = () => {};
  let closed = false;
  let stop = (): void => {};
  let listening: Promise<void> | null = null;

  function hear(channel: string, payload: string): void {
    const [sender, text = ""] = payload.split(":");
    if (sender === self) return;
    const refs = text.split(",").map((ref) => Number.parseInt(ref, REF_RADIX));
    if (channel === ROOMS) onRooms(refs);
    else onMailbox(refs[0] ?? null);
  }

  const notify = (tx: Sql, channel: string, text: string) =>
    tx`SELECT pg_notify(${channel}, ${`${self}:${text}`})`;

  function watch(): void {
    listening ??= listen();
  }

  /** Listens on one connection until it ends or `close` is called. Rejects when that cannot begin. */
  async function listenOnce(onBegun: () => void): Promise<void> {
    const ended = Promise.withResolvers<void>();
    const listener = openListener(url, hear, ended.resolve);
    stop = ended.resolve;
    try {
      await Promise.race([listener.listen(ROOMS), ended.promise]);
      await Promise.race([listener.listen(MAILBOXES), ended.promise]);
      await onListening();
      onBegun();
      onRooms(null);
      onMailbox(null);
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
    rooms: {
      send: (tx, rooms) => Promise.all(splitPayload(rooms).map((part) => notify(tx, ROOMS, part))),
      watch(onHint) {
        onRooms = onHint;
        watch();
      },
    },
    mailboxes: {
      send: (tx, mailbox) => notify(tx, MAILBOXES, mailbox.toString(REF_RADIX)),
      watch(onHint) {
        onMailbox = onHint;
        watch();
      },
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

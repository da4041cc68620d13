/**
 * Pairing mailboxes in PostgreSQL, so that the two sides may be on any relays (relay.md § 8). Rows of minutes in tables that are not
 * logged: no backup, replica or archive ever has them, and a crash of the server burns them. Changes are hinted to other relays like news
 * of rooms, by a short number.
 */
import {
  type Clock,
  equalBytes,
  MAX_MAILBOX_MESSAGES,
  type Nameplate,
  type Random,
} from "@latchkey/core/relay-protocol";
import type { MailboxKey, MailboxLimits, MailboxRef, MailboxSide, MailboxStore } from "./mailbox-store.ts";
import { drawNameplate, NAMEPLATE_TRIES } from "./nameplate.ts";
import type { Db, Sql } from "./postgres-db.ts";

interface SideRow {
  readonly ref: MailboxRef;
  readonly ends: number;
  readonly side: 0 | 1;
  readonly received: number;
}

export interface MailboxHints {
  /** Tells other relays, when the transaction commits. */
  send(tx: Sql, ref: MailboxRef): Promise<unknown>;
  watch(onHint: (ref: MailboxRef | null) => void): void;
}

export interface PostgresMailboxesDeps {
  readonly limits: MailboxLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly hints: MailboxHints;
}

export function createPostgresMailboxes(
  db: Db,
  { limits, clock, random, hints }: PostgresMailboxesDeps,
): MailboxStore {
  let onChange: (ref: MailboxRef | null) => void = () => {};

  /** Runs `act`; then everybody hears of the mailboxes that it names. */
  async function change<T>(
    act: (tx: Sql, changed: (ref: MailboxRef) => Promise<unknown>) => Promise<T>,
  ): Promise<T> {
    const refs: MailboxRef[] = [];
    const result = await db.transaction((tx) =>
      act(tx, (ref) => {
        refs.push(ref);
        return hints.send(tx, ref);
      }),
    );
    for (const ref of refs) onChange(ref);
    return result;
  }

  const isIt = (sql: Sql, key: MailboxKey) =>
    typeof key === "number" ? sql`nameplate = ${key}` : sql`mailbox_id = ${key}`;
  const secondsUntil = (at: number): number => Math.ceil((at - clock.now()) / 1000);
  const sideOf = ({ ref, ends, side, received }: SideRow): MailboxSide => ({
    ref,
    side,
    secondsLeft: secondsUntil(ends),
    received,
  });

  async function crowd(tx: Sql, key: MailboxKey, changed: (ref: MailboxRef) => Promise<unknown>) {
    const [row] = await tx<{ n: MailboxRef }[]>`
      UPDATE mailbox SET crowded = crowded + 1 WHERE ${isIt(tx, key)} AND ends > ${clock.now()} RETURNING n`;
    if (row === undefined) return "gone" as const;
    await changed(row.n);
    return "crowded" as const;
  }

  async function forget(tx: Sql): Promise<void> {
    await tx`DELETE FROM mailbox WHERE ends <= ${clock.now()}`;
  }

  return {
    open: (id, token, ttlSeconds) =>
      change(async (tx, changed) => {
        await forget(tx);
        const ends = clock.now() + Math.min(ttlSeconds, limits.mailboxTtlSeconds) * 1000;
        const [count] = await tx<{ alive: number }[]>`SELECT count(*) AS alive FROM mailbox`;
        const crowded = await crowd(tx, id, changed);
        if (crowded === "crowded") return crowded;
        if ((count?.alive ?? 0) >= limits.mailboxesTotal) return "full";
        const [made] = await tx<{ n: MailboxRef }[]>`
          INSERT INTO mailbox (mailbox_id, ends, opener) VALUES (${id}, ${ends}, ${token})
          ON CONFLICT (mailbox_id) DO NOTHING RETURNING n`;
        if (made === undefined) return "crowded";
        return sideOf({ ref: made.n, ends, side: 0, received: 0 });
      }),
    claim: (key, token) =>
      change(async (tx, changed) => {
        const now = clock.now();
        const mayName = typeof key === "number" ? tx`AND named_until > ${now}` : tx``;
        const [row] = await tx<{ n: MailboxRef; ends: number }[]>`
          UPDATE mailbox SET claimant = ${token} WHERE ${isIt(tx, key)} AND claimant IS NULL AND ends > ${now} ${mayName}
          RETURNING n, ends`;
        if (row === undefined) return typeof key === "number" ? "gone" : crowd(tx, key, changed);
        await changed(row.n);
        return sideOf({ ref: row.n, ends: row.ends, side: 1, received: 0 });
      }),
    async resume(key, token) {
      const [row] = await db.run(
        (sql) => sql<SideRow[]>`
          SELECT n AS ref, ends, s.side, (SELECT count(*) FROM mailbox_message WHERE mailbox = n AND side = s.side) AS received
          FROM mailbox CROSS JOIN LATERAL (VALUES (0, opener), (1, claimant)) AS s (side, token)
          WHERE ${isIt(sql, key)} AND ends > ${clock.now()} AND s.token = ${token}`,
      );
      return row === undefined || (row.side === 0 && typeof key === "number") ? null : sideOf(row);
    },
    send: ({ ref, side }, number, body) =>
      change(async (tx, changed) => {
        const { count } = await tx`SELECT FROM mailbox WHERE n = ${ref} AND ends > ${clock.now()} FOR UPDATE`;
        if (count === 0) return "gone";
        const held = await tx<{ side: number; body: Uint8Array }[]>`
          SELECT side, body FROM mailbox_message WHERE mailbox = ${ref} ORDER BY number`;
        const own = held.filter((message) => message.side === side);
        const repeated = own[number - 1];
        if (repeated !== undefined) return equalBytes(repeated.body, body) ? "sent" : "wrong";
        if (number !== own.length + 1) return "wrong";
        const [all] = await tx<{ bytes: number }[]>`
          SELECT coalesce(sum(length(body)), 0)::bigint AS bytes FROM mailbox_message`;
        if ((all?.bytes ?? 0) + body.length > limits.mailboxBytesTotal) return "full";
        const isOver = held.length >= MAX_MAILBOX_MESSAGES;
        if (isOver) await tx`DELETE FROM mailbox WHERE n = ${ref}`;
        else {
          await tx`INSERT INTO mailbox_message (mailbox, side, number, body) VALUES (${ref}, ${side}, ${number}, ${body})`;
        }
        await changed(ref);
        return isOver ? "gone" : "sent";
      }),
    async news({ ref, side }, after) {
      const rows = await db.run(
        (sql) => sql<{ sides: 1 | 2; crowded: number; body: Uint8Array | null }[]>`
          SELECT CASE WHEN claimant IS NULL THEN 1 ELSE 2 END AS sides, crowded, m.body
          FROM mailbox LEFT JOIN mailbox_message m ON m.mailbox = n AND m.side = ${1 - side} AND m.number > ${after}
          WHERE n = ${ref} AND ends > ${clock.now()} ORDER BY m.number`,
      );
      const [first] = rows;
      if (first === undefined) return null;
      const messages = rows.flatMap(({ body }) => (body === null ? [] : [body]));
      return { sides: first.sides, crowded: first.crowded, messages };
    },
    name: (ref) =>
      db.transaction(async (tx) => {
        const now = clock.now();
        const [box] = await tx<{ ends: number; number: Nameplate | null; until: number }[]>`
          SELECT ends, nameplate AS number, named_until AS until FROM mailbox
          WHERE n = ${ref} AND ends > ${now} AND claimant IS NULL FOR UPDATE`;
        if (box === undefined || limits.nameplateSeconds === 0) return null;
        if (box.number !== null && now < box.until) {
          return { number: box.number, secondsLeft: secondsUntil(box.until) };
        }
        const until = Math.min(now + limits.nameplateSeconds * 1000, box.ends);
        const [count] = await tx<{ alive: number }[]>`SELECT count(nameplate) AS alive FROM mailbox`;
        for (let tries = 0; tries < NAMEPLATE_TRIES; tries++) {
          const number = drawNameplate(random, count?.alive ?? 0);
          // Two relays that draw one number at once: the second waits here for the first, and draws again.
          await tx`SELECT pg_advisory_xact_lock(${NAMEPLATE_LOCK}, ${number})`;
          const { count: named } = await tx`
            UPDATE mailbox SET nameplate = ${number}, named_until = ${until} WHERE n = ${ref}
            AND NOT EXISTS (SELECT FROM mailbox WHERE nameplate = ${number} AND ends > ${now})`;
          if (named > 0) return { number, secondsLeft: secondsUntil(until) };
        }
        return null;
      }),
    burn: (ref) =>
      change(async (tx, changed) => {
        await tx`DELETE FROM mailbox WHERE n = ${ref}`;
        await changed(ref);
      }),
    watch(callback) {
      onChange = callback;
      hints.watch(callback);
    },
    expire: () => db.run(forget),
  };
}

/** "LKNP". */
const NAMEPLATE_LOCK = 0x4c4b4e50;

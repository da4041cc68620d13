/**
 * Entries in PostgreSQL (relay.md § 8): the batched append, pages, and what other relays stored.
 *
 *   lock the batch's rooms in the order of their numbers ─▶ look for doubles ─▶ insert, count, hint ─▶ commit
 *
 * The row locks order the writers of a room until they commit, so the order of cursors is the order of commits, and nobody ever sees n + 1
 * before n; the fixed order of locking keeps two relays from waiting for each other.
 */
import { encodeHex, equalBytes } from "@latchkey/core/relay-protocol";
import { type Counters, GONE, placeEntry } from "./place-entry.ts";
import { type Db, listOf, type Sql } from "./postgres-db.ts";
import type { NewEntry, OtherWriters, RoomRef, Store, StoredEntry, StoreLimits } from "./store.ts";

interface DoubleRow {
  readonly i: number;
  readonly known: true | null;
  readonly cursor: number | null;
  readonly pinned: boolean;
  readonly body: Uint8Array;
}

/** A new row, whose body is a part of all bodies: `size` bytes from the byte `at`, counted from 1. */
interface FreshRow {
  readonly room: RoomRef;
  readonly cursor: number;
  readonly tag: string;
  readonly seq: number;
  readonly pinned: boolean;
  readonly at: number;
  readonly size: number;
}

/** What a batch changes. */
interface Writes {
  readonly rooms: readonly (Counters & { readonly n: RoomRef })[];
  readonly fresh: readonly FreshRow[];
  readonly bodies: readonly Uint8Array[];
  readonly pins: readonly { readonly room: RoomRef; readonly cursor: number }[];
  readonly today: number;
}

interface NewsRow {
  readonly room: RoomRef;
  readonly head: number;
  readonly cursor: number;
  readonly body: Uint8Array;
}

/** News of one query: a room's share, and all bodies together. */
const NEWS_ENTRIES_PER_ROOM = 64;
const NEWS_BYTES = 4 * 1_048_576;

export type PostgresEntries = Pick<Store, "commit" | "read"> & Pick<OtherWriters, "readNews">;

export interface CommitSteps {
  /** Rejects when the database is not the one that clients were told of. */
  readonly guard: (tx: Sql) => Promise<void>;
  /** Tells other relays of rooms with news, once the transaction commits. */
  readonly hint: (tx: Sql, rooms: readonly RoomRef[]) => Promise<unknown>;
}

export function createPostgresEntries(
  db: Db,
  limits: StoreLimits,
  { guard, hint }: CommitSteps,
): PostgresEntries {
  const keyOf = ({ room, deviceTag, seq }: NewEntry): string => `${room}/${encodeHex(deviceTag)}/${seq}`;

  async function append(tx: Sql, entries: readonly NewEntry[], today: number) {
    const refs = [...new Set(entries.map(({ room }) => room))];
    const wanted = entries.map(({ room, deviceTag, seq }, i) => ({
      i,
      room,
      tag: encodeHex(deviceTag),
      seq,
    }));
    // Sent together. The second reads what was committed when the first has its locks.
    const [roomRows, doubleRows] = await Promise.all([
      tx<(Counters & { n: RoomRef })[]>`
        SELECT n, head, entries, bytes, pins, pin_bytes AS "pinBytes", tags FROM room
        WHERE n IN ${listOf(tx, refs)} ORDER BY n FOR UPDATE`,
      tx<DoubleRow[]>`
        SELECT w.i, e.cursor, e.pinned, e.body, t.known
        FROM json_to_recordset(${JSON.stringify(wanted)}::text::json) AS w (i int, room bigint, tag text, seq bigint)
        LEFT JOIN LATERAL (
          SELECT true AS known FROM entry WHERE room = w.room AND device_tag = decode(w.tag, 'hex') LIMIT 1
        ) AS t ON true
        LEFT JOIN LATERAL (
          SELECT cursor, pinned, body FROM entry WHERE room = w.room AND device_tag = decode(w.tag, 'hex') AND seq = w.seq OFFSET 0
        ) AS e ON true`,
      guard(tx),
    ]);
    const rooms = new Map(roomRows.map((row) => [row.n, { ...row }]));
    const tags = new Set<string>();
    const there = new Map<string, { cursor: number; pinned: boolean; bytes: Uint8Array }[]>();
    for (const row of doubleRows) {
      const entry = entries[row.i] as NewEntry;
      if (row.known !== null) tags.add(`${entry.room}/${encodeHex(entry.deviceTag)}`);
      if (row.cursor === null) continue;
      const same = there.get(keyOf(entry)) ?? [];
      // Asked for twice in one batch, it comes twice.
      if (same.some(({ cursor }) => cursor === row.cursor)) continue;
      there.set(keyOf(entry), [...same, { cursor: row.cursor, pinned: row.pinned, bytes: row.body }]);
    }

    const fresh: FreshRow[] = [];
    const bodies: Uint8Array[] = [];
    let at = 1;
    const pins: { room: RoomRef; cursor: number }[] = [];
    const results = entries.map((entry): StoredEntry => {
      const room = rooms.get(entry.room);
      if (room === undefined) return GONE;
      const tag = `${entry.room}/${encodeHex(entry.deviceTag)}`;
      const same = there.get(keyOf(entry)) ?? [];
      const double = same.find(({ bytes }) => equalBytes(bytes, entry.bytes)) ?? null;
      const placed = placeEntry(room, entry, { double, hasTag: () => tags.has(tag) }, limits);
      if ("code" in placed) return placed;
      const { cursor } = placed;
      if (placed.pin && double !== null) {
        double.pinned = true;
        pins.push({ room: entry.room, cursor });
      }
      if (placed.fresh) {
        tags.add(tag);
        there.set(keyOf(entry), [...same, { cursor, pinned: entry.pinned, bytes: entry.bytes }]);
        const { bytes, deviceTag, pinned, seq } = entry;
        fresh.push({
          room: entry.room,
          cursor,
          tag: encodeHex(deviceTag),
          seq,
          pinned,
          at,
          size: bytes.length,
        });
        bodies.push(bytes);
        at += bytes.length;
      }
      return { cursor, fresh: placed.fresh };
    });
    await write(tx, { rooms: [...rooms.values()], fresh, bodies, pins, today });
    return results;
  }

  async function write(tx: Sql, { rooms, fresh, bodies, pins, today }: Writes): Promise<void> {
    await Promise.all([
      // All bodies in one value: a statement with a parameter for each would be another statement for each number of entries.
      fresh.length > 0 &&
        tx`
          INSERT INTO entry (room, cursor, device_tag, seq, pinned, stored_day, body)
          SELECT room, cursor, decode(tag, 'hex'), seq, pinned, ${today}::int, substring(${Buffer.concat(bodies)}::bytea FROM at FOR size)
          FROM json_to_recordset(${JSON.stringify(fresh)}::text::json) AS e
            (room bigint, cursor bigint, tag text, seq bigint, pinned boolean, at int, size int)`,
      tx`
        UPDATE room SET head = c.head, entries = c.entries, bytes = c.bytes, pins = c.pins, pin_bytes = c."pinBytes",
          tags = c.tags
        FROM json_to_recordset(${JSON.stringify(rooms)}::text::json) AS c
          (n bigint, head bigint, entries bigint, bytes bigint, pins bigint, "pinBytes" bigint, tags bigint)
        WHERE room.n = c.n`,
      pins.length > 0 &&
        tx`
          UPDATE entry SET pinned = true FROM json_to_recordset(${JSON.stringify(pins)}::text::json) AS p (room bigint, cursor bigint)
          WHERE entry.room = p.room AND entry.cursor = p.cursor`,
      fresh.length > 0 &&
        hint(
          tx,
          rooms.map(({ n }) => n),
        ),
    ]);
  }

  return {
    commit: (entries, today) => db.transaction((tx) => append(tx, entries, today)),

    async read(room, after, maxEntries, maxBytes) {
      // One statement, so that head and entries are of one moment. Sizes are summed without reading the bodies that do not fit.
      const rows = await db.run(
        (sql) => sql<{ head: number; cursor: number | null; body: Uint8Array }[]>`
        SELECT room.head, page.cursor, page.body FROM room LEFT JOIN LATERAL (
          SELECT cursor, body FROM (
            SELECT cursor, body, sum(length(body)) OVER (ORDER BY cursor) AS upto, row_number() OVER (ORDER BY cursor) AS i
            FROM (SELECT cursor, body FROM entry WHERE room = ${room} AND cursor > ${after} ORDER BY cursor LIMIT ${maxEntries}) AS e
          ) AS summed WHERE upto <= ${maxBytes} OR i = 1
        ) AS page ON true
        WHERE room.n = ${room} ORDER BY page.cursor`,
      );
      const entries = rows.flatMap(({ cursor, body }) => (cursor === null ? [] : [{ cursor, entry: body }]));
      return { entries, head: rows[0]?.head ?? 0 };
    },

    async readNews(marks) {
      const rows = await db.run(
        (sql) => sql<NewsRow[]>`
        SELECT room, head, cursor, body FROM (
          SELECT m.room, room.head, e.cursor, e.body, sum(length(e.body)) OVER (ORDER BY m.room, e.cursor) - length(e.body) AS before
          FROM json_to_recordset(${JSON.stringify(marks)}::text::json) AS m (room bigint, after bigint)
          JOIN room ON room.n = m.room AND room.head > m.after
          CROSS JOIN LATERAL (
            SELECT cursor, body FROM entry WHERE entry.room = m.room AND entry.cursor > m.after
            ORDER BY cursor LIMIT ${NEWS_ENTRIES_PER_ROOM}
          ) AS e
        ) AS summed WHERE before < ${NEWS_BYTES} ORDER BY room, cursor`,
      );
      const byRoom = Map.groupBy(rows, ({ room }) => room);
      return [...byRoom].map(([room, news]) => ({
        room,
        entries: news.map(({ cursor, body }) => ({ cursor, entry: body })),
        head: news[0]?.head ?? 0,
      }));
    },
  };
}

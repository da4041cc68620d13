/** Rooms in PostgreSQL: making, finding, describing, purging, expiring. */
import type { RoomId, Slot } from "@latchkey/core/relay-protocol";
import { type Db, listOf, type Sql } from "./postgres-db.ts";
import type { RoomRef, RoomState, Store, StoreLimits } from "./store.ts";

interface RoomRow {
  readonly n: RoomRef;
  readonly head: number;
  readonly entries: number;
  readonly bytes: number;
  readonly pins: number;
  readonly pinBytes: number;
  readonly createdDay: number;
  readonly seenDay: number;
  readonly forwardHash: Uint8Array | null;
  readonly forwardSize: number;
  readonly invite: number | null;
  readonly snapshotHash: Uint8Array | null;
  readonly snapshotSize: number;
}

interface TagRow {
  readonly tag: Uint8Array;
  readonly entries: number;
  readonly bytes: number;
  readonly seq: number;
  readonly firstDay: number;
  readonly lastDay: number;
}

/** Rooms that one step of an expiry takes. */
const EXPIRE_ROOMS = 100;

export type PostgresRooms = Pick<
  Store,
  "openRoom" | "createRoom" | "describe" | "purge" | "touch" | "expire"
>;

const slotOf = (hash: Uint8Array | null, size: number): Slot | null => hash && { hash, size };

export function createPostgresRooms(db: Db, limits: StoreLimits): PostgresRooms {
  const selectRoom = (sql: Sql) => sql`
    SELECT room.n, head, entries, bytes, pins, pin_bytes AS "pinBytes", invite, created_day AS "createdDay", seen_day AS "seenDay",
      forward_hash AS "forwardHash", length(forward_body) AS "forwardSize",
      snapshot.hash AS "snapshotHash", snapshot.size AS "snapshotSize"
    FROM room LEFT JOIN snapshot ON snapshot.room = room.n AND snapshot.stager IS NULL`;

  const stateOf = (row: RoomRow): RoomState => ({
    ref: row.n,
    head: row.head,
    snapshot: slotOf(row.snapshotHash, row.snapshotSize),
    forward: slotOf(row.forwardHash, row.forwardSize),
  });

  async function open(id: RoomId, today: number): Promise<RoomState | null> {
    const [row] = await db.run((sql) => sql<RoomRow[]>`${selectRoom(sql)} WHERE room_id = ${id}`);
    if (row === undefined) return null;
    if (row.seenDay < today) await see([row.n], today);
    return stateOf(row);
  }

  const see = (rooms: RoomRef[], today: number): Promise<unknown> =>
    db.run(
      (sql) =>
        sql`UPDATE room SET seen_day = ${today} WHERE n IN ${listOf(sql, rooms)} AND seen_day < ${today}`,
    );

  async function drop(tx: Sql, rooms: RoomRef[]): Promise<void> {
    await tx`DELETE FROM entry WHERE room IN ${listOf(tx, rooms)}`;
    await tx`DELETE FROM snapshot WHERE room IN ${listOf(tx, rooms)}`;
    await tx`DELETE FROM room WHERE n IN ${listOf(tx, rooms)}`;
  }

  return {
    openRoom: open,
    async createRoom(id, today) {
      await db.run(
        (sql) => sql`
          INSERT INTO room (room_id, created_day, seen_day) VALUES (${id}, ${today}, ${today})
          ON CONFLICT (room_id) DO NOTHING`,
      );
      const made = await open(id, today);
      if (made === null) throw new Error("room is gone");
      return made;
    },
    async describe(room) {
      const [row, tags] = await db.run(async (sql) => {
        const [found] = await sql<RoomRow[]>`${selectRoom(sql)} WHERE room.n = ${room}`;
        return [
          found,
          await sql<TagRow[]>`
          SELECT device_tag AS tag, count(*) AS entries, sum(length(body)) AS bytes, max(seq) AS seq,
            min(stored_day) AS "firstDay", max(stored_day) AS "lastDay"
          FROM entry WHERE room = ${room} GROUP BY device_tag ORDER BY device_tag`,
        ] as const;
      });
      if (row === undefined) throw new Error("room is gone");
      const { createdDay, seenDay, head, entries, bytes, pins, pinBytes, invite } = row;
      const { snapshot, forward } = stateOf(row);
      return {
        createdDay,
        seenDay,
        head,
        entries,
        bytes,
        pins,
        pinBytes,
        snapshot,
        forward,
        invite,
        tags: tags.map(({ tag, seq, ...counts }) => ({ deviceTag: tag, highestSeq: seq, ...counts })),
      };
    },
    async purge(room) {
      await db.transaction(async (tx) => {
        await tx`SELECT FROM room WHERE n = ${room} FOR UPDATE`;
        await tx`DELETE FROM entry WHERE room = ${room} AND NOT pinned`;
        await tx`DELETE FROM snapshot WHERE room = ${room} AND stager IS NULL`;
        await tx`
          UPDATE room SET entries = 0, bytes = 0,
            tags = (SELECT count(DISTINCT device_tag) FROM entry WHERE entry.room = room.n)
          WHERE n = ${room}`;
      });
    },
    async touch(rooms, today) {
      await see([...rooms], today);
    },
    async expire(today) {
      const [idle, empty] = [today - limits.roomIdleDays, today - limits.roomEmptyDays];
      // Uploads of processes that ended without dropping them.
      await db.run((sql) => sql`DELETE FROM snapshot WHERE staged_day < ${today}`);
      for (let expired = 0; ;) {
        // A room that somebody writes to at this moment is not idle; another relay may be at the same work.
        const count = await db.transaction(async (tx) => {
          const old = await tx<{ n: RoomRef }[]>`
            SELECT n FROM room WHERE seen_day < ${idle} OR (seen_day < ${empty} AND head = 0 AND forward_hash IS NULL
              AND NOT EXISTS (SELECT FROM snapshot WHERE snapshot.room = room.n AND stager IS NULL))
            LIMIT ${EXPIRE_ROOMS} FOR UPDATE SKIP LOCKED`;
          const rooms = old.map(({ n }) => n);
          if (rooms.length > 0) await drop(tx, rooms);
          return rooms.length;
        });
        expired += count;
        if (count < EXPIRE_ROOMS) return expired;
      }
    },
  };
}

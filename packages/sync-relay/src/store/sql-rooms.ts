/** Rooms in SQL: making, finding, describing, purging, expiring. */
import type { Description, RoomId, Slot, TagDescription } from "@latchkey/core/relay-protocol";
import { asBytes, asNumber, type Sql, type SqlRow } from "./sql.ts";
import type { RoomRef, RoomState, StoreLimits } from "./store.ts";

export interface SqlRooms {
  open(id: RoomId, today: number): RoomState | null;
  create(id: RoomId, today: number): RoomState;
  purge(room: RoomRef): void;
  touch(rooms: readonly RoomRef[], today: number): void;
  /** With everything in it. */
  drop(room: RoomRef): void;
  expire(today: number): number;
}

const ROOM = `
  SELECT room.*, length(forward_body) AS forward_size, snapshot.hash AS snapshot_hash, snapshot.size AS snapshot_size
  FROM room LEFT JOIN snapshot ON snapshot.room = room.n AND snapshot.staged = 0`;

function slotOf(row: SqlRow, name: "snapshot" | "forward"): Slot | null {
  const hash = row[`${name}_hash`];
  return hash === null ? null : { hash: asBytes(hash), size: asNumber(row[`${name}_size`]) };
}

function stateOf(row: SqlRow): RoomState {
  return {
    ref: asNumber(row["n"]),
    head: asNumber(row["head"]),
    snapshot: slotOf(row, "snapshot"),
    forward: slotOf(row, "forward"),
  };
}

export function createSqlRooms(sql: Sql, limits: StoreLimits): SqlRooms {
  const find = sql.prepare(`${ROOM} WHERE room_id = ?`);
  const insert = sql.prepare("INSERT INTO room (room_id, created_day, seen_day) VALUES (?, ?, ?)");
  const see = sql.prepare("UPDATE room SET seen_day = ? WHERE n = ?");
  const dropEntries = sql.prepare("DELETE FROM entry WHERE room = ? AND pinned = 0");
  const dropPins = sql.prepare("DELETE FROM entry WHERE room = ?");
  const dropChunks = sql.prepare(
    "DELETE FROM snapshot_chunk WHERE snapshot IN (SELECT n FROM snapshot WHERE room = ? AND staged = 0)",
  );
  const dropSnapshot = sql.prepare("DELETE FROM snapshot WHERE room = ? AND staged = 0");
  const recount = sql.prepare(`
    UPDATE room SET entries = 0, bytes = 0,
      tags = (SELECT count(DISTINCT device_tag) FROM entry WHERE entry.room = room.n)
    WHERE n = ?`);
  const dropRoom = sql.prepare("DELETE FROM room WHERE n = ?");
  // A room without anything in it was created and never written.
  const findOld = sql.prepare(`
    SELECT n FROM room WHERE seen_day < ?1 OR (seen_day < ?2 AND head = 0 AND forward_hash IS NULL
      AND NOT EXISTS (SELECT 1 FROM snapshot WHERE snapshot.room = room.n AND staged = 0))`);

  function open(id: RoomId, today: number): RoomState | null {
    const row = find.get(id);
    if (row === undefined) return null;
    if (asNumber(row["seen_day"]) < today) sql.transaction(() => see.run(today, asNumber(row["n"])));
    return stateOf(row);
  }

  function dropContent(room: RoomRef): void {
    dropEntries.run(room);
    dropChunks.run(room);
    dropSnapshot.run(room);
  }

  function drop(room: RoomRef): void {
    sql.transaction(() => {
      dropContent(room);
      dropPins.run(room);
      dropRoom.run(room);
    });
  }

  return {
    open,
    drop,
    create(id, today) {
      const there = open(id, today);
      if (there !== null) return there;
      const ref = sql.transaction(() => asNumber(insert.run(id, today, today).lastInsertRowid));
      return { ref, head: 0, snapshot: null, forward: null };
    },
    purge(room) {
      sql.transaction(() => {
        dropContent(room);
        recount.run(room);
      });
    },
    touch(rooms, today) {
      sql.transaction(() => {
        for (const room of rooms) see.run(today, room);
      });
    },
    expire(today) {
      const old = findOld.all(today - limits.roomIdleDays, today - limits.roomEmptyDays);
      for (const row of old) drop(asNumber(row["n"]));
      return old.length;
    },
  };
}

/** Everything held about rooms, for `describe` and for `inspect`. Reads only. */
export function createSqlDescriber(sql: Pick<Sql, "prepare">): {
  describe(room: RoomRef): Description;
  list(): RoomRef[];
} {
  const load = sql.prepare(`${ROOM} WHERE room.n = ?`);
  const list = sql.prepare("SELECT n FROM room ORDER BY n");
  const tags = sql.prepare(`
    SELECT device_tag, count(*) AS entries, sum(length(body)) AS bytes, max(seq) AS seq,
      min(stored_day) AS first_day, max(stored_day) AS last_day
    FROM entry WHERE room = ? GROUP BY device_tag ORDER BY device_tag`);

  const tagOf = (row: SqlRow): TagDescription => ({
    deviceTag: asBytes(row["device_tag"]),
    entries: asNumber(row["entries"]),
    bytes: asNumber(row["bytes"]),
    highestSeq: asNumber(row["seq"]),
    firstDay: asNumber(row["first_day"]),
    lastDay: asNumber(row["last_day"]),
  });

  return {
    list: () => list.all().map((row) => asNumber(row["n"])),
    describe(room) {
      const row = load.get(room);
      if (row === undefined) throw new Error("room is gone");
      return {
        createdDay: asNumber(row["created_day"]),
        seenDay: asNumber(row["seen_day"]),
        head: asNumber(row["head"]),
        entries: asNumber(row["entries"]),
        bytes: asNumber(row["bytes"]),
        pins: asNumber(row["pins"]),
        pinBytes: asNumber(row["pin_bytes"]),
        tags: tags.all(room).map(tagOf),
        snapshot: slotOf(row, "snapshot"),
        forward: slotOf(row, "forward"),
        invite: row["invite"] === null ? null : asNumber(row["invite"]),
      };
    },
  };
}

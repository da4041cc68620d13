/** Entries in SQL: the group commit with its quotas and doubles, and pages. */
import { equalBytes } from "@latchkey/core/relay-protocol";
import { type Counters, GONE, placeEntry } from "./place-entry.ts";
import { asBytes, asNumber, type Sql } from "./sql.ts";
import type { NewEntry, Page, RoomRef, StoredEntry, StoreLimits } from "./store.ts";

export interface SqlEntries {
  commit(entries: readonly NewEntry[], today: number): readonly StoredEntry[];
  read(room: RoomRef, after: number, maxEntries: number, maxBytes: number): Page;
}

export function createSqlEntries(sql: Sql, limits: StoreLimits): SqlEntries {
  const loadRoom = sql.prepare("SELECT head, entries, bytes, pins, pin_bytes, tags FROM room WHERE n = ?");
  const saveRoom = sql.prepare(
    "UPDATE room SET head = ?, entries = ?, bytes = ?, pins = ?, pin_bytes = ?, tags = ? WHERE n = ?",
  );
  const findDoubles = sql.prepare(
    "SELECT n, cursor, pinned, body FROM entry WHERE room = ? AND device_tag = ? AND seq = ?",
  );
  const findTag = sql.prepare("SELECT 1 FROM entry WHERE room = ? AND device_tag = ? LIMIT 1");
  const insert = sql.prepare(
    "INSERT INTO entry (room, cursor, device_tag, seq, pinned, stored_day, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  const pin = sql.prepare("UPDATE entry SET pinned = 1 WHERE n = ?");
  const page = sql.prepare(
    "SELECT cursor, body FROM entry WHERE room = ? AND cursor > ? ORDER BY cursor LIMIT ?",
  );
  const loadHead = sql.prepare("SELECT head FROM room WHERE n = ?");

  function load(room: RoomRef): Counters | null {
    const row = loadRoom.get(room);
    if (row === undefined) return null;
    return {
      head: asNumber(row["head"]),
      entries: asNumber(row["entries"]),
      bytes: asNumber(row["bytes"]),
      pins: asNumber(row["pins"]),
      pinBytes: asNumber(row["pin_bytes"]),
      tags: asNumber(row["tags"]),
    };
  }

  function store(room: Counters, entry: NewEntry, today: number): StoredEntry {
    const { bytes, deviceTag, pinned, room: ref, seq } = entry;
    // The same tag and seq with other bytes is one more entry: the devices' proof of a device that lives twice.
    const row = findDoubles
      .all(ref, deviceTag, seq)
      .find((there) => equalBytes(asBytes(there["body"]), bytes));
    const known = {
      double:
        row === undefined ? null : { cursor: asNumber(row["cursor"]), pinned: asNumber(row["pinned"]) === 1 },
      hasTag: () => findTag.get(ref, deviceTag) !== undefined,
    };
    const placed = placeEntry(room, entry, known, limits);
    if ("code" in placed) return placed;
    const { cursor, fresh } = placed;
    if (fresh) insert.run(ref, cursor, deviceTag, seq, pinned ? 1 : 0, today, bytes);
    else if (placed.pin && row !== undefined) pin.run(asNumber(row["n"]));
    return { cursor, fresh };
  }

  return {
    commit: (entries, today) =>
      sql.transaction(() => {
        const rooms = new Map<RoomRef, Counters>();
        const results = entries.map((entry) => {
          const room = rooms.get(entry.room) ?? load(entry.room);
          if (room === null) return GONE;
          rooms.set(entry.room, room);
          return store(room, entry, today);
        });
        for (const [ref, r] of rooms)
          saveRoom.run(r.head, r.entries, r.bytes, r.pins, r.pinBytes, r.tags, ref);
        return results;
      }),

    read(room, after, maxEntries, maxBytes) {
      const entries: { cursor: number; entry: Uint8Array }[] = [];
      let bytes = 0;
      for (const row of page.iterate(room, after, maxEntries)) {
        const entry = asBytes(row["body"]);
        bytes += entry.length;
        if (entries.length > 0 && bytes > maxBytes) break;
        entries.push({ cursor: asNumber(row["cursor"]), entry });
      }
      return { entries, head: asNumber(loadHead.get(room)?.["head"] ?? 0) };
    },
  };
}

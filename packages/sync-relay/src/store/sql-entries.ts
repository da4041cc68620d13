/** Entries in SQL: the group commit with its quotas and doubles, and pages. */
import { equalBytes, MAX_DEVICE_TAGS } from "@latchkey/core/relay-protocol";
import { asBytes, asNumber, type Sql } from "./sql.ts";
import type { NewEntry, Page, RoomRef, StoredEntry, StoreLimits } from "./store.ts";

/** A room's counters, read when a batch first touches it and written back at its end. */
interface Counters {
  head: number;
  entries: number;
  bytes: number;
  pins: number;
  pinBytes: number;
  tags: number;
}

const QUOTA: StoredEntry = { code: "LK-RELAY-QUOTA" };
const GONE: StoredEntry = { code: "LK-RELAY-GONE" };

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

  const pinFits = (room: Counters, size: number): boolean =>
    room.pins < limits.roomPins && room.pinBytes + size <= limits.roomPinBytes;
  const logFits = (room: Counters, size: number): boolean =>
    room.entries < limits.roomLogEntries && room.bytes + size <= limits.roomLogBytes;

  function store(room: Counters, entry: NewEntry, today: number): StoredEntry {
    const size = entry.bytes.length;
    // The same tag and seq with other bytes is one more entry: the devices' proof of a device that lives twice.
    const double = findDoubles
      .all(entry.room, entry.deviceTag, entry.seq)
      .find((row) => equalBytes(asBytes(row["body"]), entry.bytes));
    if (double !== undefined) {
      if (entry.pinned && asNumber(double["pinned"]) === 0) {
        if (!pinFits(room, size)) return QUOTA;
        pin.run(asNumber(double["n"]));
        room.entries--;
        room.bytes -= size;
        room.pins++;
        room.pinBytes += size;
      }
      return { cursor: asNumber(double["cursor"]), fresh: false };
    }
    if (!(entry.pinned ? pinFits(room, size) : logFits(room, size))) return QUOTA;
    if (findTag.get(entry.room, entry.deviceTag) === undefined) {
      if (room.tags >= MAX_DEVICE_TAGS) return QUOTA;
      room.tags++;
    }
    const cursor = ++room.head;
    insert.run(entry.room, cursor, entry.deviceTag, entry.seq, entry.pinned ? 1 : 0, today, entry.bytes);
    if (entry.pinned) {
      room.pins++;
      room.pinBytes += size;
    } else {
      room.entries++;
      room.bytes += size;
    }
    return { cursor, fresh: true };
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

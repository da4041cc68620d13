/**
 * Invitations in SQL (relay.md § 12): made by the operator, used by whoever holds the token, counted where the room is made. Of the token
 * only its hash is here.
 */
import type { RoomId } from "@latchkey/core/relay-protocol";
import { asNumber, type Sql } from "./sql.ts";
import {
  type Invite,
  INVITE_WINDOW_DAYS,
  type InviteReport,
  type RoomState,
  type StoreLimits,
} from "./store.ts";

export interface SqlInvites {
  put(invite: Invite): void;
  list(): readonly InviteReport[];
  drop(ref: number): void;
  createRoom(id: RoomId, today: number, hash: Uint8Array): RoomState | null;
}

/** `open` is how rooms that are there are found. */
export function createSqlInvites(
  sql: Sql,
  limits: Pick<StoreLimits, "inviteRoomsPer30Days">,
  open: (id: RoomId, today: number) => RoomState | null,
): SqlInvites {
  const save = sql.prepare(`
    INSERT INTO invite (hash, rooms, until_day) VALUES (?, ?, ?)
    ON CONFLICT (hash) DO UPDATE SET rooms = excluded.rooms, until_day = excluded.until_day`);
  const list = sql.prepare(`
    SELECT n, rooms, until_day, (SELECT count(*) FROM room WHERE room.invite = invite.n) AS alive
    FROM invite ORDER BY n`);
  const drop = sql.prepare("DELETE FROM invite WHERE n = ?");
  const find = sql.prepare(`
    SELECT n, rooms, until_day, window_day, window_rooms,
      (SELECT count(*) FROM room WHERE room.invite = invite.n) AS alive
    FROM invite WHERE hash = ?`);
  const count = sql.prepare("UPDATE invite SET window_day = ?, window_rooms = ? WHERE n = ?");
  const insert = sql.prepare("INSERT INTO room (room_id, created_day, seen_day, invite) VALUES (?, ?, ?, ?)");

  return {
    put: ({ hash, rooms, untilDay }) => sql.transaction(() => save.run(hash, rooms, untilDay)),
    list: () =>
      list.all().map((row) => ({
        ref: asNumber(row["n"]),
        rooms: asNumber(row["rooms"]),
        alive: asNumber(row["alive"]),
        untilDay: row["until_day"] === null ? null : asNumber(row["until_day"]),
      })),
    drop: (ref) => sql.transaction(() => drop.run(ref)),
    createRoom(id, today, hash) {
      const there = open(id, today);
      if (there !== null) return there;
      return sql.transaction(() => {
        const row = find.get(hash);
        if (row === undefined || today > asNumber(row["until_day"] ?? today)) return null;
        const isFresh = today >= asNumber(row["window_day"]) + INVITE_WINDOW_DAYS;
        const made = isFresh ? 0 : asNumber(row["window_rooms"]);
        if (made >= limits.inviteRoomsPer30Days || asNumber(row["alive"]) >= asNumber(row["rooms"]))
          return null;
        const invite = asNumber(row["n"]);
        count.run(isFresh ? today : asNumber(row["window_day"]), made + 1, invite);
        const ref = asNumber(insert.run(id, today, today, invite).lastInsertRowid);
        return { ref, head: 0, snapshot: null, forward: null };
      });
    },
  };
}

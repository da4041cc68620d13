/** Invitations in PostgreSQL (relay.md § 12): counted under the invitation's lock, hence for all relays together. */
import type { RoomId } from "@latchkey/core/relay-protocol";
import type { Db } from "./postgres-db.ts";
import {
  INVITE_WINDOW_DAYS,
  type InviteReport,
  type InviteStore,
  type RoomState,
  type StoreLimits,
} from "./store.ts";

interface InviteRow {
  readonly n: number;
  readonly rooms: number;
  readonly untilDay: number | null;
  readonly windowDay: number;
  readonly windowRooms: number;
}

/** `open` is how rooms that are there are found. */
export function createPostgresInvites(
  db: Db,
  limits: Pick<StoreLimits, "inviteRoomsPer30Days">,
  open: (id: RoomId, today: number) => Promise<RoomState | null>,
): InviteStore {
  return {
    async put({ hash, rooms, untilDay }) {
      await db.run(
        (sql) => sql`
          INSERT INTO invite (hash, rooms, until_day) VALUES (${hash}, ${rooms}, ${untilDay})
          ON CONFLICT (hash) DO UPDATE SET rooms = excluded.rooms, until_day = excluded.until_day`,
      );
    },
    list: () =>
      db.run(
        (sql) => sql<InviteReport[]>`
      SELECT n AS ref, rooms, (SELECT count(*) FROM room WHERE room.invite = invite.n) AS alive, until_day AS "untilDay"
      FROM invite ORDER BY n`,
      ),
    async drop(ref) {
      await db.run((sql) => sql`DELETE FROM invite WHERE n = ${ref}`);
    },
    async createRoom(id, today, hash) {
      const there = await open(id, today);
      if (there !== null) return there;
      const isAdmitted = await db.transaction(async (tx) => {
        const [invite] = await tx<InviteRow[]>`
          SELECT n, rooms, until_day AS "untilDay", window_day AS "windowDay", window_rooms AS "windowRooms"
          FROM invite WHERE hash = ${hash} FOR UPDATE`;
        if (invite === undefined || today > (invite.untilDay ?? today)) return false;
        const { n, rooms, windowDay, windowRooms } = invite;
        const [count] = await tx<{ alive: number }[]>`SELECT count(*) AS alive FROM room WHERE invite = ${n}`;
        const isFresh = today >= windowDay + INVITE_WINDOW_DAYS;
        const made = isFresh ? 0 : windowRooms;
        if (made >= limits.inviteRoomsPer30Days || (count?.alive ?? 0) >= rooms) return false;
        const insert = await tx`
          INSERT INTO room (room_id, created_day, seen_day, invite) VALUES (${id}, ${today}, ${today}, ${n})
          ON CONFLICT (room_id) DO NOTHING`;
        // Another relay was quicker: the room is there, and cost its invitation one.
        if (insert.count === 0) return true;
        await tx`
          UPDATE invite SET window_day = ${isFresh ? today : windowDay}, window_rooms = ${made + 1} WHERE n = ${n}`;
        return true;
      });
      return isAdmitted ? open(id, today) : null;
    },
  };
}

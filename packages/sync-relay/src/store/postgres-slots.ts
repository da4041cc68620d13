/** The two slots of a room in PostgreSQL, both replaced by compare-and-swap under the room's lock: the snapshot and the forward record. */
import { type ForwardRecord, sameHash } from "@latchkey/core/relay-protocol";
import type { Db, Sql } from "./postgres-db.ts";
import type { RoomRef, Store, StoreLimits } from "./store.ts";

export type PostgresSlots = Pick<
  Store,
  | "stageSnapshot"
  | "stageChunk"
  | "commitSnapshot"
  | "dropStaged"
  | "readSnapshot"
  | "replaceForward"
  | "readForward"
>;

interface SnapshotRow {
  readonly n: number;
  readonly hash: Uint8Array;
}

/** `stager` numbers this process: uploads are judged and ended by the process that takes them. */
export function createPostgresSlots(
  db: Db,
  limits: StoreLimits,
  stager: number,
  today: () => number,
): PostgresSlots {
  async function lock(tx: Sql, room: RoomRef): Promise<void> {
    const { count } = await tx`SELECT FROM room WHERE n = ${room} FOR UPDATE`;
    if (count === 0) throw new Error("room is gone");
  }

  async function findForward(sql: Sql, room: RoomRef): Promise<ForwardRecord | null> {
    const [row] = await sql<{ hash: Uint8Array | null; body: Uint8Array }[]>`
      SELECT forward_hash AS hash, forward_body AS body FROM room WHERE n = ${room}`;
    return row === undefined || row.hash === null ? null : { hash: row.hash, body: row.body };
  }

  return {
    stageSnapshot: (room, hash, size) =>
      db.transaction(async (tx) => {
        await lock(tx, room);
        const [row] = await tx<{ size: number }[]>`
          SELECT coalesce(sum(size), 0)::bigint AS size FROM snapshot WHERE room = ${room} AND stager = ${stager}`;
        if ((row?.size ?? 0) + size > limits.snapshotBytes) return null;
        const [made] = await tx<{ n: number }[]>`
          INSERT INTO snapshot (room, hash, size, stager, staged_day) VALUES (${room}, ${hash}, ${size}, ${stager}, ${today()})
          RETURNING n`;
        return made?.n ?? null;
      }),
    async stageChunk(staged, index, body) {
      await db.run(
        (sql) => sql`INSERT INTO snapshot_chunk (snapshot, i, body) VALUES (${staged}, ${index}, ${body})`,
      );
    },
    commitSnapshot: (staged, expected, day) =>
      db.transaction(async (tx) => {
        const [upload] = await tx<{ room: RoomRef }[]>`
          SELECT room FROM snapshot WHERE n = ${staged} AND stager = ${stager}`;
        if (upload === undefined) throw new Error("upload is gone");
        await lock(tx, upload.room);
        const [row] = await tx<SnapshotRow[]>`
          SELECT n, hash FROM snapshot WHERE room = ${upload.room} AND stager IS NULL`;
        const current = row?.hash ?? null;
        const swapped = sameHash(current, expected);
        const loser = swapped ? row?.n : staged;
        if (loser !== undefined) await tx`DELETE FROM snapshot WHERE n = ${loser}`;
        if (!swapped) return { swapped, current };
        await tx`UPDATE snapshot SET stager = NULL, staged_day = NULL, stored_day = ${day} WHERE n = ${staged}`;
        return { swapped };
      }),
    async dropStaged(staged) {
      await db.run((sql) => sql`DELETE FROM snapshot WHERE n = ${staged} AND stager IS NOT NULL`);
    },
    async readSnapshot(room, hash, from, count) {
      // One statement: a swap between the chunks and their number cannot be seen.
      const rows = await db.run(
        (sql) => sql<{ total: number; body: Uint8Array | null }[]>`
          SELECT (SELECT count(*) FROM snapshot_chunk WHERE snapshot = s.n) AS total, c.body
          FROM snapshot s LEFT JOIN snapshot_chunk c ON c.snapshot = s.n AND c.i >= ${from} AND c.i < ${from + count}
          WHERE room = ${room} AND stager IS NULL AND hash = ${hash} ORDER BY c.i`,
      );
      const [first] = rows;
      const chunks = rows.flatMap(({ body }) => (body === null ? [] : [body]));
      return first === undefined ? null : { chunks, total: first.total };
    },
    replaceForward: (room, expected, record) =>
      db.transaction(async (tx) => {
        await lock(tx, room);
        const current = (await findForward(tx, room))?.hash ?? null;
        if (!sameHash(current, expected)) return { swapped: false, current };
        await tx`UPDATE room SET forward_hash = ${record.hash}, forward_body = ${record.body} WHERE n = ${room}`;
        return { swapped: true };
      }),
    readForward: (room) => db.run((sql) => findForward(sql, room)),
  };
}

/**
 * What a relay's file holds, room by room, for `latchkey relay inspect`: exactly what the operator, or a thief of the disk, can learn.
 * Reads only; the relay may run meanwhile.
 */
import type { Description } from "@latchkey/core/relay-protocol";
import { createSqlDescriber } from "./sql-rooms.ts";
import { asBytes, asNumber } from "./sql.ts";
import { readSqliteFile } from "./sqlite.ts";

export interface RoomReport {
  readonly roomId: Uint8Array;
  readonly description: Description;
  /** How many entries have which size, in bytes, smallest first: what padding leaves to see. */
  readonly sizes: readonly { readonly bytes: number; readonly entries: number }[];
}

export interface RelayReport {
  readonly instanceId: Uint8Array;
  readonly rooms: readonly RoomReport[];
}

/** Throws `LK-RELAY-CONFIG` when the file is not there or not a relay's. */
export function inspectRelayFile(file: string): RelayReport {
  return readSqliteFile(file, (sql) => {
    const describer = createSqlDescriber(sql);
    const roomId = sql.prepare("SELECT room_id FROM room WHERE n = ?");
    const sizes = sql.prepare(
      "SELECT length(body) AS bytes, count(*) AS entries FROM entry WHERE room = ? GROUP BY bytes ORDER BY bytes",
    );
    const instance = sql.prepare("SELECT value FROM meta WHERE key = 'instance'").get();
    return {
      instanceId: asBytes(instance?.["value"]),
      rooms: describer.list().map((room) => ({
        roomId: asBytes(roomId.get(room)?.["room_id"]),
        description: describer.describe(room),
        sizes: sizes
          .all(room)
          .map((row) => ({ bytes: asNumber(row["bytes"]), entries: asNumber(row["entries"]) })),
      })),
    };
  });
}

/** The two slots of a room in SQL, both replaced by compare-and-swap: the snapshot, uploaded in chunks, and the forward record. */
import { equalBytes, type ForwardRecord, sameHash } from "@latchkey/core/relay-protocol";
import { asBytes, asNumber, type Sql } from "./sql.ts";
import type { RoomRef, SnapshotChunks, StagedRef, StoreLimits, SwapResult } from "./store.ts";

export interface SqlSlots {
  stageSnapshot(room: RoomRef, hash: Uint8Array, size: number): StagedRef | null;
  stageChunk(staged: StagedRef, index: number, body: Uint8Array): void;
  commitSnapshot(staged: StagedRef, expected: Uint8Array | null, today: number): SwapResult;
  dropStaged(staged: StagedRef): void;
  readSnapshot(room: RoomRef, hash: Uint8Array, from: number, count: number): SnapshotChunks | null;
  replaceForward(room: RoomRef, expected: Uint8Array | null, record: ForwardRecord): SwapResult;
  readForward(room: RoomRef): ForwardRecord | null;
}

export function createSqlSlots(sql: Sql, limits: StoreLimits): SqlSlots {
  const stagedSize = sql.prepare(
    "SELECT coalesce(sum(size), 0) AS size FROM snapshot WHERE room = ? AND staged = 1",
  );
  const stage = sql.prepare("INSERT INTO snapshot (room, staged, hash, size) VALUES (?, 1, ?, ?)");
  const stageChunk = sql.prepare("INSERT INTO snapshot_chunk (snapshot, i, body) VALUES (?, ?, ?)");
  const findStaged = sql.prepare("SELECT room FROM snapshot WHERE n = ? AND staged = 1");
  const findCurrent = sql.prepare("SELECT n, hash FROM snapshot WHERE room = ? AND staged = 0");
  const dropChunks = sql.prepare("DELETE FROM snapshot_chunk WHERE snapshot = ?");
  const dropSnapshot = sql.prepare("DELETE FROM snapshot WHERE n = ?");
  const makeCurrent = sql.prepare("UPDATE snapshot SET staged = 0, stored_day = ? WHERE n = ?");
  const countChunks = sql.prepare("SELECT count(*) AS total FROM snapshot_chunk WHERE snapshot = ?");
  const readChunks = sql.prepare(
    "SELECT body FROM snapshot_chunk WHERE snapshot = ? AND i >= ? ORDER BY i LIMIT ?",
  );
  const loadForward = sql.prepare("SELECT forward_hash, forward_body FROM room WHERE n = ?");
  const saveForward = sql.prepare("UPDATE room SET forward_hash = ?, forward_body = ? WHERE n = ?");

  function drop(snapshot: number): void {
    dropChunks.run(snapshot);
    dropSnapshot.run(snapshot);
  }

  function readForward(room: RoomRef): ForwardRecord | null {
    const row = loadForward.get(room);
    if (row === undefined || row["forward_hash"] === null) return null;
    return { hash: asBytes(row["forward_hash"]), body: asBytes(row["forward_body"]) };
  }

  return {
    stageSnapshot: (room, hash, size) =>
      sql.transaction(() => {
        if (asNumber(stagedSize.get(room)?.["size"]) + size > limits.snapshotBytes) return null;
        return asNumber(stage.run(room, hash, size).lastInsertRowid);
      }),
    stageChunk: (staged, index, body) => {
      sql.transaction(() => stageChunk.run(staged, index, body));
    },
    commitSnapshot: (staged, expected, today) =>
      sql.transaction(() => {
        const room = findStaged.get(staged)?.["room"];
        if (room === undefined) throw new Error("upload is gone");
        const row = findCurrent.get(asNumber(room));
        const current = row === undefined ? null : asBytes(row["hash"]);
        if (!sameHash(current, expected)) {
          drop(staged);
          return { swapped: false, current };
        }
        if (row !== undefined) drop(asNumber(row["n"]));
        makeCurrent.run(today, staged);
        return { swapped: true };
      }),
    dropStaged: (staged) => sql.transaction(() => drop(staged)),
    readSnapshot(room, hash, from, count) {
      const row = findCurrent.get(room);
      if (row === undefined || !equalBytes(asBytes(row["hash"]), hash)) return null;
      const n = asNumber(row["n"]);
      return {
        chunks: readChunks.all(n, from, count).map((chunk) => asBytes(chunk["body"])),
        total: asNumber(countChunks.get(n)?.["total"]),
      };
    },
    replaceForward: (room, expected, record) =>
      sql.transaction(() => {
        const current = readForward(room)?.hash ?? null;
        if (!sameHash(current, expected)) return { swapped: false, current };
        saveForward.run(record.hash, record.body, room);
        return { swapped: true };
      }),
    readForward,
  };
}

/**
 * A room's snapshot, in and out, for one socket (relay.md § 3). One upload at a time: begin names hash and size, chunks follow in order
 * without being answered, commit swaps it in if nobody was quicker. The hash is the client's name for the bytes: a relay compares it and
 * never computes it; readers do.
 */
import { sameHash, SNAPSHOT_CHUNK_BYTES } from "@latchkey/core/relay-protocol";
import { sizeOf } from "./rate.ts";
import { refuse, refuseUntil, STORE_RETRY_MS } from "./refusal.ts";
import type { RelayServices } from "./relay.ts";
import type { FrameOf, RoomContext } from "./room-operations.ts";
import type { StagedRef } from "./store/store.ts";

interface Upload {
  readonly request: number;
  readonly staged: StagedRef;
  readonly expected: Uint8Array | null;
  readonly size: number;
  readonly begunAt: number;
  bytes: number;
  /** Said already why it cannot end well: what still comes of it is not answered. */
  failed: boolean;
}

export function createSnapshotDesk(services: RelayServices, { link, room }: RoomContext) {
  const { budgets, clock, limits, log, store, today } = services;
  let upload: Upload | null = null;
  let isClosed = false;

  function drop(): void {
    if (upload !== null) store.dropStaged(upload.staged).catch(() => log("error", "store-failed"));
    upload = null;
  }

  const uploadOf = (request: number): Upload =>
    upload?.request === request ? upload : refuse("LK-RELAY-PROTOCOL");

  const operations = {
    async snapshotBegin({ request, expected, hash, size }: FrameOf<"snapshotBegin">): Promise<void> {
      drop();
      if (size === 0 || size > limits.snapshotBytes) refuse("LK-RELAY-QUOTA");
      if (services.isDiskLow("puts")) refuse("LK-RELAY-STORE", STORE_RETRY_MS);
      refuseUntil(budgets.spend("snapshots", room.payer, size));
      const current = (await store.openRoom(room.id, today()))?.snapshot?.hash ?? null;
      if (!sameHash(current, expected)) return link.send({ op: "conflict", request, current });
      const staged = (await store.stageSnapshot(room.ref, hash, size)) ?? refuse("LK-RELAY-QUOTA");
      upload = { request, staged, expected, size, begunAt: clock.now(), bytes: 0, failed: false };
      if (isClosed) return drop();
      link.send({ op: "ok", request });
    },
    async snapshotChunk({ request, index, body }: FrameOf<"snapshotChunk">): Promise<void> {
      const current = uploadOf(request);
      if (current.failed) return;
      // Until it is kept: whatever goes wrong is said once.
      current.failed = true;
      const due = Math.min(SNAPSHOT_CHUNK_BYTES, current.size - current.bytes);
      if (index * SNAPSHOT_CHUNK_BYTES !== current.bytes || body.length !== due) refuse("LK-RELAY-PROTOCOL");
      current.bytes += body.length;
      await store.stageChunk(current.staged, index, body);
      current.failed = false;
    },
    async snapshotCommit({ request }: FrameOf<"snapshotCommit">): Promise<void> {
      const { bytes, expected, failed, size, staged } = uploadOf(request);
      if (failed || bytes !== size) {
        drop();
        return failed ? undefined : refuse("LK-RELAY-PROTOCOL");
      }
      const result = await store.commitSnapshot(staged, expected, today());
      upload = null;
      link.send(
        result.swapped ? { op: "ok", request } : { op: "conflict", request, current: result.current },
      );
    },
    async snapshotGet({ request, hash, from, count }: FrameOf<"snapshotGet">): Promise<void> {
      const { chunks, total } =
        (await store.readSnapshot(room.ref, hash, from, count)) ?? refuse("LK-RELAY-GONE");
      if (chunks.length === 0) refuse("LK-RELAY-PROTOCOL");
      refuseUntil(budgets.spend("egress", link.group, sizeOf(chunks)));
      for (const [i, body] of chunks.entries()) {
        link.send({ op: "chunk", request, index: from + i, body, last: from + i === total - 1 });
      }
    },
  };

  return {
    operations,
    /** Abandoned uploads go. */
    tick: (): void => {
      if (upload !== null && clock.now() - upload.begunAt > limits.stagedSnapshotMinutes * 60_000) drop();
    },
    closed: (): void => {
      isClosed = true;
      drop();
    },
  };
}

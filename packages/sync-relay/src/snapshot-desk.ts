/**
 * A room's snapshot, in and out, for one socket (relay.md § 3). One upload at a time: begin names hash and size, chunks follow in order
 * without being answered, commit swaps it in if nobody was quicker. The hash is the client's name for the bytes: a relay compares it and
 * never computes it; readers do.
 */
import type { ErrorCode } from "@latchkey/core/errors";
import { type ClientFrame, equalBytes, SNAPSHOT_CHUNK_BYTES } from "@latchkey/core/relay-protocol";
import type { Link } from "./connection.ts";
import type { IpGroup } from "./ip-group.ts";
import type { RelayServices } from "./relay.ts";
import type { Room } from "./room.ts";
import type { StagedRef, SwapResult } from "./store/store.ts";

type FrameOf<Op extends ClientFrame["op"]> = Extract<ClientFrame, { readonly op: Op }>;

interface Upload {
  readonly request: number;
  readonly staged: StagedRef;
  readonly expected: Uint8Array | null;
  readonly size: number;
  readonly begunAt: number;
  chunks: number;
  bytes: number;
  /** Said already why it cannot end well: what still comes of it is not answered. */
  failed: boolean;
}

export interface SnapshotDesk {
  begin(frame: FrameOf<"snapshotBegin">): Promise<void>;
  chunk(frame: FrameOf<"snapshotChunk">): Promise<void>;
  /** How the swap went, or `null` when another answer was given. */
  commit(request: number): Promise<SwapResult | null>;
  get(frame: FrameOf<"snapshotGet">): Promise<void>;
  tick(): void;
  closed(): void;
}

export function createSnapshotDesk(
  services: RelayServices,
  { link, room, group }: { readonly link: Link; readonly room: Room; readonly group: IpGroup },
): SnapshotDesk {
  const { clock, limits, log, store } = services;
  let upload: Upload | null = null;
  let closed = false;

  function refuse(request: number, code: ErrorCode, retryAfterMs: number | null = null): void {
    link.send({ op: "error", request, code, retryAfterMs });
  }

  function drop(): void {
    const staged = upload?.staged;
    upload = null;
    if (staged !== undefined) store.dropStaged(staged).catch(() => log("error", "store-failed"));
  }

  function failUpload(current: Upload, code: ErrorCode): void {
    if (!current.failed) refuse(current.request, code);
    current.failed = true;
  }

  async function begin({ request, expected, hash, size }: FrameOf<"snapshotBegin">): Promise<void> {
    drop();
    if (size === 0 || size > limits.snapshotBytes) return refuse(request, "LK-RELAY-QUOTA");
    if (services.isDiskLow("puts")) return refuse(request, "LK-RELAY-STORE");
    const wait = services.spendSnapshot(room.key, size);
    if (wait > 0) return refuse(request, "LK-RELAY-RATE", wait);
    const state = await store.openRoom(room.id, services.today());
    const current = state?.snapshot?.hash ?? null;
    if (current === null ? expected !== null : expected === null || !equalBytes(current, expected)) {
      return link.send({ op: "conflict", request, current });
    }
    const staged = await store.stageSnapshot(room.ref, hash, size);
    if (staged === null) return refuse(request, "LK-RELAY-QUOTA");
    upload = { request, staged, expected, size, begunAt: clock.now(), chunks: 0, bytes: 0, failed: false };
    if (closed) return drop();
    link.send({ op: "ok", request });
  }

  async function chunk({ request, index, body }: FrameOf<"snapshotChunk">): Promise<void> {
    if (upload === null || upload.request !== request) return refuse(request, "LK-RELAY-PROTOCOL");
    if (upload.failed) return;
    const { bytes, chunks, size, staged } = upload;
    const due = Math.min(SNAPSHOT_CHUNK_BYTES, size - bytes);
    if (index !== chunks || body.length !== due) return failUpload(upload, "LK-RELAY-PROTOCOL");
    upload.chunks++;
    upload.bytes += body.length;
    await store.stageChunk(staged, index, body);
  }

  return {
    begin,
    async chunk(frame) {
      const current = upload;
      try {
        await chunk(frame);
      } catch (error) {
        // Said once by whoever called us; the rest of this upload is not answered.
        if (current !== null) current.failed = true;
        throw error;
      }
    },
    async commit(request) {
      const current = upload;
      if (current === null || current.request !== request) {
        refuse(request, "LK-RELAY-PROTOCOL");
        return null;
      }
      if (current.bytes !== current.size) failUpload(current, "LK-RELAY-PROTOCOL");
      if (current.failed) {
        drop();
        return null;
      }
      const result = await store.commitSnapshot(current.staged, current.expected, services.today());
      upload = null;
      return result;
    },
    async get({ request, hash, from, count }) {
      const found = await store.readSnapshot(room.ref, hash, from, count);
      if (found === null) return refuse(request, "LK-RELAY-GONE");
      if (found.chunks.length === 0) return refuse(request, "LK-RELAY-PROTOCOL");
      const wait = services.spendEgress(
        group,
        found.chunks.reduce((sum, body) => sum + body.length, 0),
      );
      if (wait > 0) return refuse(request, "LK-RELAY-RATE", wait);
      for (const [i, body] of found.chunks.entries()) {
        link.send({ op: "chunk", request, index: from + i, body, last: from + i === found.total - 1 });
      }
    },
    tick() {
      if (upload !== null && clock.now() - upload.begunAt > limits.stagedSnapshotMinutes * 60_000) drop();
    },
    closed() {
      closed = true;
      drop();
    },
  };
}

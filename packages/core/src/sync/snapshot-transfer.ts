/**
 * Moving a snapshot to and from a room: begin, chunks of 64 KiB, commit; and back, up to 16 chunks a request. The hash decides whether
 * it arrived: the relay only compares it, the device that reads it computes it again.
 */
import { concatBytes } from "../bytes/concat.ts";
import { VaultError } from "../errors.ts";
import { MAX_SNAPSHOT_BYTES } from "../log/snapshot.ts";
import type { ClientFrame } from "../relay-protocol/frame-client.ts";
import { MAX_CHUNKS_PER_GET, SNAPSHOT_CHUNK_BYTES } from "../relay-protocol/limits.ts";

export interface SnapshotUpload {
  begin(): ClientFrame;
  /** The frames after an `ok`, or `null` when that `ok` was for the commit. */
  next(): ClientFrame[] | null;
}

/** `inPlaceOf`: the hash of the snapshot that the relay has, if it has one. */
export function createSnapshotUpload(
  request: number,
  snapshot: { readonly bytes: Uint8Array; readonly hash: Uint8Array },
  inPlaceOf: Uint8Array | null,
): SnapshotUpload {
  let sent = false;
  return {
    begin: () => ({
      op: "snapshotBegin",
      request,
      expected: inPlaceOf,
      hash: snapshot.hash,
      size: snapshot.bytes.length,
    }),
    next() {
      if (sent) return null;
      sent = true;
      const frames: ClientFrame[] = [];
      for (let offset = 0; offset < snapshot.bytes.length; offset += SNAPSHOT_CHUNK_BYTES) {
        const body = snapshot.bytes.subarray(offset, offset + SNAPSHOT_CHUNK_BYTES);
        frames.push({ op: "snapshotChunk", request, index: offset / SNAPSHOT_CHUNK_BYTES, body });
      }
      frames.push({ op: "snapshotCommit", request });
      return frames;
    },
  };
}

export interface SnapshotDownload {
  /** The next request. */
  request(number: number): ClientFrame;
  /** Takes a chunk; the whole snapshot when it was the last, `"more"` when the request is used up, else `null`. */
  take(chunk: {
    readonly index: number;
    readonly body: Uint8Array;
    readonly last: boolean;
  }): Uint8Array | "more" | null;
}

/** Collects the snapshot of this hash. Throws `LK-RELAY-PROTOCOL` on chunks out of order, `LK-EPOCH-SNAPSHOT` when it grows too large. */
export function createSnapshotDownload(hash: Uint8Array): SnapshotDownload {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  return {
    request: (number) => ({
      op: "snapshotGet",
      request: number,
      hash,
      from: parts.length,
      count: MAX_CHUNKS_PER_GET,
    }),
    take({ index, body, last }) {
      if (index !== parts.length)
        throw new VaultError("LK-RELAY-PROTOCOL", `chunk ${index}, expected ${parts.length}`);
      bytes += body.length;
      if (bytes > MAX_SNAPSHOT_BYTES) {
        throw new VaultError("LK-EPOCH-SNAPSHOT", `snapshot is over ${MAX_SNAPSHOT_BYTES} bytes`);
      }
      parts.push(body);
      if (last) return concatBytes(...parts);
      return parts.length % MAX_CHUNKS_PER_GET === 0 ? "more" : null;
    },
  };
}

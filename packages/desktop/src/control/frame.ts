/**
 * Frames on the control socket: how bytes become JSON values and back.
 *
 *   frame = length u32 big endian (1 to 1 MiB) ‖ JSON, UTF-8
 *
 * The parser takes the bytes in whatever pieces they come, and keeps at most one frame.
 */
import { VaultError } from "@latchkey/core/errors";

/** More than any list of passkeys that a command shows; a longer one is a fault or a flood. */
export const MAX_FRAME_BYTES = 1024 * 1024;
const LENGTH_BYTES = 4;

/** Throws `LK-CLI-HOST` when the value is too large for a frame. */
export function encodeFrame(value: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(value), "utf8");
  if (body.length > MAX_FRAME_BYTES) {
    throw new VaultError("LK-CLI-HOST", `control frame is ${body.length} bytes, limit ${MAX_FRAME_BYTES}`);
  }
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + body.length);
  frame.writeUInt32BE(body.length);
  body.copy(frame, LENGTH_BYTES);
  return frame;
}

/** Calls `onValue` for each whole frame in the bytes pushed so far. Throws `LK-CLI-HOST` at a malformed one; then it is at its end. */
export function createFrameParser(onValue: (value: unknown) => void): { push(bytes: Uint8Array): void } {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  /** Bytes that the frame begun still needs; a length is needed when it is `null`. */
  let bodyBytes: number | null = null;

  /** The next `count` bytes, or `null` when they are not all there. */
  function take(count: number): Buffer | null {
    if (pendingBytes < count) return null;
    const joined = Buffer.concat(pending, pendingBytes);
    pending = [joined.subarray(count)];
    pendingBytes -= count;
    return joined.subarray(0, count);
  }

  function readBody(body: Buffer): unknown {
    try {
      return JSON.parse(decoder.decode(body));
    } catch (error) {
      throw new VaultError("LK-CLI-HOST", `control frame of ${body.length} bytes is not JSON`, {
        cause: error,
      });
    }
  }

  return {
    push(bytes) {
      pending.push(bytes);
      pendingBytes += bytes.length;
      for (;;) {
        if (bodyBytes === null) {
          const length = take(LENGTH_BYTES)?.readUInt32BE() ?? null;
          if (length === null) return;
          if (length === 0 || length > MAX_FRAME_BYTES) {
            throw new VaultError("LK-CLI-HOST", `control frame is ${length} bytes, limit ${MAX_FRAME_BYTES}`);
          }
          bodyBytes = length;
        }
        const body = take(bodyBytes);
        if (body === null) return;
        bodyBytes = null;
        onValue(readBody(body));
      }
    },
  };
}

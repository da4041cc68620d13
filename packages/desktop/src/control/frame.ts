/**
 * Frames of JSON on the control socket and on a browser's native messaging pipe: how bytes become values and back.
 *
 *   frame = length u32 (1 to 1 MiB) ‖ JSON, UTF-8
 *
 * The length is big endian on the control socket; browsers write it in the machine's own order, which is little endian wherever they run.
 * The parser takes the bytes in whatever pieces they come, and keeps at most one frame.
 */
import { type ErrorCode, VaultError } from "@latchkey/core/errors";

export interface FrameForm {
  readonly name: string;
  readonly isLittleEndian: boolean;
  /** Of every failure. */
  readonly code: ErrorCode;
}

const CONTROL: FrameForm = { name: "control", isLittleEndian: false, code: "LK-CLI-HOST" };
export const NATIVE_MESSAGING: FrameForm = {
  name: "native messaging",
  isLittleEndian: true,
  code: "LK-BROWSER-MESSAGE",
};

/** More than any list of passkeys that a command shows; a longer one is a fault or a flood. */
export const MAX_FRAME_BYTES = 1024 * 1024;
const LENGTH_BYTES = 4;

/** Throws the form's code, `LK-CLI-HOST`, when the value is too large for a frame. */
export function encodeFrame(value: unknown, { name, isLittleEndian, code }: FrameForm = CONTROL): Buffer {
  const body = Buffer.from(JSON.stringify(value), "utf8");
  if (body.length > MAX_FRAME_BYTES) {
    throw new VaultError(code, `${name} frame is ${body.length} bytes, limit ${MAX_FRAME_BYTES}`);
  }
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + body.length);
  if (isLittleEndian) frame.writeUInt32LE(body.length);
  else frame.writeUInt32BE(body.length);
  body.copy(frame, LENGTH_BYTES);
  return frame;
}

/** Calls `onValue` for each whole frame in the bytes pushed so far. Throws the form's code at a malformed one; then it is at its end. */
export function createFrameParser(
  onValue: (value: unknown) => void,
  { name, isLittleEndian, code }: FrameForm = CONTROL,
): { push(bytes: Uint8Array): void } {
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
      throw new VaultError(code, `${name} frame of ${body.length} bytes is not JSON`, { cause: error });
    }
  }

  return {
    push(bytes) {
      pending.push(bytes);
      pendingBytes += bytes.length;
      for (;;) {
        if (bodyBytes === null) {
          const prefix = take(LENGTH_BYTES);
          if (prefix === null) return;
          const length = isLittleEndian ? prefix.readUInt32LE() : prefix.readUInt32BE();
          if (length === 0 || length > MAX_FRAME_BYTES) {
            throw new VaultError(code, `${name} frame is ${length} bytes, limit ${MAX_FRAME_BYTES}`);
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

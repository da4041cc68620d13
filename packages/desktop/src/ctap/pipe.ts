/**
 * One authenticator behind two streams: reads framed requests, writes exactly one framed response for each, in order. Nothing else is
 * ever written to `output`.
 *
 * The end of the input cancels: what waits for a person then is answered with 0x2D, and so is what waits behind it. What needs no
 * waiting is answered as it is, so that requests may be piped in from a file.
 */
import type { Readable, Writable } from "node:stream";
import { type Cancellation, createCancellation } from "@latchkey/core/authenticator/cancellation";
import { MAX_MESSAGE_BYTES } from "@latchkey/core/authenticator/ctap-request";
import { STATUS } from "@latchkey/core/authenticator/status";
import { createFrameReader, encodeFrame, type Frame } from "./frame.ts";

/** Requests read ahead of the one in work: enough to see the end of the input early, few enough to bound memory (4 MiB). */
const MAX_REQUESTS_AHEAD = 64;

export interface PipeOptions {
  readonly input: Readable;
  readonly output: Writable;
  /** `Authenticator.handle`. Must give up soon when cancelled. */
  readonly handle: (request: Uint8Array, cancellation: Cancellation) => Promise<Uint8Array>;
}

/** Resolves when the input has ended and every answer is flushed, or when nobody reads the output any more. */
export async function servePipe({ input, output, handle }: PipeOptions): Promise<void> {
  const reader = createFrameReader(MAX_MESSAGE_BYTES);
  const cancellation = createCancellation();
  const queue: Frame[] = [];
  const state = { ended: false, wake: Promise.withResolvers<void>() };

  input.on("data", (chunk: Uint8Array) => {
    queue.push(...reader.push(chunk));
    if (queue.length >= MAX_REQUESTS_AHEAD) input.pause();
    state.wake.resolve();
  });
  const end = () => {
    state.ended = true;
    state.wake.resolve();
    // A turn of the event loop later: until then, what needs no waiting is answered.
    setImmediate(() => cancellation.cancel());
  };
  input.on("end", end).on("close", end).on("error", end);
  output.on("error", () => {
    input.destroy();
    end();
  });

  let flushed = Promise.resolve();
  while (output.writable) {
    const frame = queue.shift();
    if (frame !== undefined) {
      const response = encodeFrame(await answer(frame, handle, cancellation));
      const written = Promise.withResolvers<void>();
      flushed = written.promise;
      if (!output.write(response, () => written.resolve())) await flushed;
    } else if (state.ended) {
      return flushed;
    } else {
      state.wake = Promise.withResolvers<void>();
      input.resume();
      await state.wake.promise;
    }
  }
}

async function answer(
  frame: Frame,
  handle: PipeOptions["handle"],
  cancellation: Cancellation,
): Promise<Uint8Array> {
  if (frame === "too large") return Uint8Array.of(STATUS.requestTooLarge);
  // Not handed on: to a host an empty request means the end of the client.
  if (frame.length === 0) return Uint8Array.of(STATUS.invalidLength);
  if (cancellation.cancelled) return Uint8Array.of(STATUS.keepaliveCancel);
  try {
    return await handle(frame, cancellation);
  } catch {
    return Uint8Array.of(STATUS.other);
  }
}

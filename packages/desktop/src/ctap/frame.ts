/**
 * Frames of the CTAP pipe, both directions:
 *
 *   frame = length u32 big-endian | payload
 *
 * A request's payload is command byte | CBOR map, a response's status byte | CBOR map. A payload over the limit is skipped without
 * being kept, so the reader never holds more than one payload of the greatest size.
 */

const LENGTH_BYTES = 4;

/** A whole payload, possibly empty, or the word that one was over the limit. */
export type Frame = Uint8Array | "too large";

export interface FrameReader {
  /** Takes what has arrived and gives the frames that it completes, in order. */
  push(chunk: Uint8Array): readonly Frame[];
}

export function encodeFrame(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(LENGTH_BYTES + payload.length);
  new DataView(frame.buffer).setUint32(0, payload.length);
  frame.set(payload, LENGTH_BYTES);
  return frame;
}

export function createFrameReader(maxPayloadBytes: number): FrameReader {
  const header = new Uint8Array(LENGTH_BYTES);
  let headerFilled = 0;
  let payload: Uint8Array | null = null;
  let payloadFilled = 0;
  /** Bytes of a payload over the limit that are still to come. */
  let toSkip = 0;

  function* read(chunk: Uint8Array): Generator<Frame> {
    let offset = 0;
    while (offset < chunk.length) {
      if (toSkip > 0) {
        const skipped = Math.min(toSkip, chunk.length - offset);
        toSkip -= skipped;
        offset += skipped;
        continue;
      }
      const target = payload ?? header;
      const filled = payload === null ? headerFilled : payloadFilled;
      const part = chunk.subarray(offset, offset + target.length - filled);
      target.set(part, filled);
      offset += part.length;
      if (payload === null) headerFilled += part.length;
      else payloadFilled += part.length;

      if (payload === null && headerFilled === LENGTH_BYTES) {
        headerFilled = 0;
        const length = new DataView(header.buffer).getUint32(0);
        if (length > maxPayloadBytes) {
          toSkip = length;
          yield "too large";
        } else if (length === 0) {
          yield new Uint8Array();
        } else {
          payload = new Uint8Array(length);
          payloadFilled = 0;
        }
      } else if (payload !== null && payloadFilled === payload.length) {
        yield payload;
        payload = null;
      }
    }
  }

  return { push: (chunk) => [...read(chunk)] };
}

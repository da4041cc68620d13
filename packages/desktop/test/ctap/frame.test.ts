/** Frames of the pipe: whatever way the bytes arrive, the same frames come out. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes } from "@latchkey/core/bytes/concat";
import { createFrameReader, encodeFrame } from "../../src/ctap/frame.ts";

const runs = process.env["SLOW"] ? 5000 : 200;

describe("frames", () => {
  test("are a big-endian length and the payload", () => {
    expect(encodeFrame(Uint8Array.of(9, 8))).toEqual(Uint8Array.of(0, 0, 0, 2, 9, 8));
    expect(createFrameReader(1000).push(new Uint8Array([0, 0, 1, 0, ...Array(256).fill(5)]))).toEqual([
      new Uint8Array(256).fill(5),
    ]);
  });

  test("come out the same, however they are cut up, with those over the limit skipped", () => {
    const limit = 20;
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (payloads, sizes) => {
          const stream = concatBytes(...payloads.map(encodeFrame));
          const reader = createFrameReader(limit);
          const frames = [];
          for (let at = 0, turn = 0; at < stream.length; turn++) {
            const end = at + (sizes[turn % sizes.length] as number);
            frames.push(...reader.push(stream.subarray(at, end)));
            at = end;
          }
          expect(frames).toEqual(payloads.map((payload) => (payload.length > limit ? "too large" : payload)));
        },
      ),
      { numRuns: runs },
    );
  });

  test("do not share memory with the chunk that they came in", () => {
    const chunk = encodeFrame(Uint8Array.of(1));
    const [frame] = createFrameReader(10).push(chunk);
    chunk.fill(9);
    expect(frame).toEqual(Uint8Array.of(1));
  });

  test("of the greatest length that a header can claim take no memory", () => {
    const reader = createFrameReader(10);
    expect(reader.push(Uint8Array.of(255, 255, 255, 255, 1, 2, 3))).toEqual(["too large"]);
    expect(reader.push(new Uint8Array(100))).toEqual([]);
  });
});

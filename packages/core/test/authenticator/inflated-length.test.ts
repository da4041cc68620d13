/** Lengths of DEFLATE streams, counted without inflating: zlib is the judge, on good streams and on bad ones. */
import { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { measureInflated } from "../../src/authenticator/inflated-length.ts";

const runs = process.env["SLOW"] ? 20_000 : 300;
const LIMIT = 65_536;

/** What zlib says: the length, or `null` for what it refuses, what is too long and what has bytes behind it. */
function judge(bytes: Uint8Array, limit: number): number | null {
  try {
    // With `info` it tells how many bytes it read.
    const options = { maxOutputLength: limit, info: true } as ZlibOptions;
    const { buffer, engine } = inflateRawSync(bytes, options) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return engine.bytesWritten === bytes.length ? buffer.length : null;
  } catch {
    return null;
  }
}

const text = fc.array(fc.constantFrom("latch", "key", "passkey ", "a", "\n"), { maxLength: 400 });
const content = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  text.map((words) => new TextEncoder().encode(words.join(""))),
  fc.nat(LIMIT).map((length) => new Uint8Array(length)),
);
const stream = fc
  .record({
    content,
    level: fc.integer({ min: 0, max: 9 }),
    strategy: fc.constantFrom(
      constants.Z_DEFAULT_STRATEGY,
      constants.Z_FIXED,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
    ),
  })
  .map(({ content: bytes, level, strategy }) => ({
    length: bytes.length,
    deflated: new Uint8Array(deflateRawSync(bytes, { level, strategy })),
  }));

describe("the length of a DEFLATE stream", () => {
  test("is that of what was deflated, at every level and strategy", () => {
    fc.assert(
      fc.property(stream, ({ length, deflated }) => {
        expect(measureInflated(deflated, LIMIT)).toBe(length);
        expect(measureInflated(deflated, length)).toBe(length);
        if (length > 0) expect(measureInflated(deflated, length - 1)).toBeNull();
      }),
      { numRuns: runs },
    );
  });

  test("is what zlib says of a stream with changed bytes, and of any bytes", () => {
    const change = fc.record({ at: fc.nat(), flip: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(stream, fc.array(change, { maxLength: 3 }), ({ deflated }, changes) => {
        const changed = deflated.slice();
        for (const { at, flip } of changes) changed[at % changed.length]! ^= flip;
        expect(measureInflated(changed, LIMIT)).toBe(judge(changed, LIMIT));
      }),
      { numRuns: runs * 3 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(measureInflated(bytes, LIMIT)).toBe(judge(bytes, LIMIT));
      }),
      { numRuns: runs * 10 },
    );
  });

  test("is none for a stream that is cut, or that has a byte behind it", () => {
    const deflated = new Uint8Array(deflateRawSync(Buffer.from("latchkey latchkey latchkey")));
    for (let end = 0; end < deflated.length; end++) {
      expect(measureInflated(deflated.subarray(0, end), LIMIT)).toBeNull();
    }
    expect(measureInflated(Uint8Array.of(...deflated, 0), LIMIT)).toBeNull();
  });

  test("stops at the limit, however much a small blob would become", () => {
    const bomb = new Uint8Array(deflateRawSync(new Uint8Array(8_000_000)));
    expect(bomb.length).toBeLessThan(16_384);
    expect(measureInflated(bomb, LIMIT)).toBeNull();
    expect(measureInflated(bomb, 8_000_000)).toBe(8_000_000);
  });

  test.for([
    ["an empty stored block", "010000ffff", 0],
    ["an empty fixed block", "0300", 0],
    ["a stored block whose length is not confirmed", "010000fffe", null],
    ["a stored block that ends before its length", "010200fdff00", null],
    ["the reserved block type", "07", null],
    ["a distance before the beginning", "030200", null],
    ["literal symbol 286", "1bbf01", null],
  ] as const)("%s", ([, hex, expected]) => {
    const bytes = new Uint8Array(Buffer.from(hex, "hex"));
    expect(measureInflated(bytes, LIMIT)).toBe(expected);
    expect(judge(bytes, LIMIT)).toBe(expected);
  });
});

/** Lengths of DEFLATE streams, counted without inflating: zlib is the judge, on good streams and on bad ones. */
import { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { measureInflated } from "../../src/authenticator/inflated-length.ts";

const runs = process.env["SLOW"] ? 10_000 : 100;
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
  fc.nat(LIMIT / 4).map((length) => new Uint8Array(length)),
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

/** A block with codes of its own, as a writer may choose them: `lengths` are of the literals, then of the distances. */
interface DynamicBlock {
  readonly literals: readonly number[];
  readonly distances: readonly number[];
  /** Symbols of the lengths, with extra bits, instead of one symbol a length. */
  readonly told?: readonly (readonly [symbol: number, extra?: number, bits?: number])[];
  /** Lengths of the code for code lengths, by symbol; else 0 to 12 and 16 to 18 have 4 bits each. */
  readonly ofLengths?: Readonly<Record<number, number>>;
  /** What stands behind the codes, in bits as they follow one another. */
  readonly body: string;
}

const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const FOUR_BITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 17, 18];

function writeBlock({ literals, distances, told, ofLengths, body }: DynamicBlock): Uint8Array {
  // Numbers begin with their lowest bit, codes with their highest (RFC 1951 § 3.1.1).
  const number = (value: number, bits: number) =>
    Array.from({ length: bits }, (_, i) => (value >> i) & 1).join("");
  const lengthOf = (symbol: number) => ofLengths?.[symbol] ?? (FOUR_BITS.includes(symbol) ? 4 : 0);
  const symbols = told ?? [...literals, ...distances].map((length) => [length] as const);
  const bits = [
    "1",
    number(2, 2),
    number(literals.length - 257, 5),
    number(distances.length - 1, 5),
    number(15, 4),
    ...ORDER.map((symbol) => number(lengthOf(symbol), 3)),
    ...symbols.map(
      ([symbol, extra = 0, count = 0]) =>
        FOUR_BITS.indexOf(symbol).toString(2).padStart(4, "0") + number(extra, count),
    ),
    body,
  ].join("");
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (let i = 0; i < bits.length; i++) if (bits[i] === "1") bytes[i >> 3]! |= 1 << (i & 7);
  return bytes;
}

/** `count` lengths of zero, with those that are named. */
const lengths = (count: number, named: Readonly<Record<number, number>>): number[] =>
  Array.from({ length: count }, (_, symbol) => named[symbol] ?? 0);

describe("codes that a stream brings along", () => {
  // "a" is 0, the end of the block 10, and a copy of three bytes 11: a whole code.
  const three = { 97: 1, 256: 2, 257: 2 };
  const plain = { literals: lengths(258, three), distances: [1], body: "0010" };
  const zeros = (count: number): [number, number, number][] => {
    const parts: [number, number, number][] = [];
    for (let left = count; left > 0;) {
      const part = left >= 11 ? Math.min(left, 138) : Math.min(left, 10);
      parts.push(left >= 11 ? [18, part - 11, 7] : [17, part - 3, 3]);
      left -= part;
    }
    return parts;
  };

  test.for<[string, DynamicBlock, number | null]>([
    ["are read", plain, 2],
    ["copy three bytes from one byte before", { ...plain, body: "011010" }, 4],
    ["may have 286 literals", { ...plain, literals: lengths(286, three) }, 2],
    ["have no 287 literals", { ...plain, literals: lengths(287, three) }, null],
    ["have no 288 literals", { ...plain, literals: lengths(288, three) }, null],
    ["may have 30 distances", { ...plain, distances: lengths(30, { 0: 1 }) }, 2],
    ["have no 31 distances", { ...plain, distances: lengths(31, { 0: 1 }) }, null],
    ["may have no distance at all", { ...plain, distances: [0] }, 2],
    ["have no copy without a distance", { ...plain, distances: [0], body: "011010" }, null],
    ["may leave one distance code unused", { ...plain, body: "011010" }, 4],
    ["have no other half of a single distance", { ...plain, body: "011110" }, null],
    ["have no two distances that leave codes unused", { ...plain, distances: [2, 2] }, null],
    ["have no single distance of two bits", { ...plain, distances: [2] }, null],
    [
      "have no literals that leave codes unused",
      { ...plain, literals: lengths(258, { 97: 2, 256: 2 }) },
      null,
    ],
    ["have no more literals than bits", { ...plain, literals: lengths(258, { ...three, 98: 1 }) }, null],
    ["have no more distances than bits", { ...plain, distances: [1, 1, 1] }, null],
    ["have no code without an end", { ...plain, literals: lengths(258, { 97: 1, 98: 1 }), body: "00" }, null],
    ["may be an end alone", { ...plain, literals: lengths(257, { 256: 1 }), body: "0" }, 0],
    [
      "may tell lengths by repeating zeros",
      { ...plain, told: [...zeros(97), [1], ...zeros(158), [2], [2], [1]] },
      2,
    ],
    [
      "have no three distances of two bits, told by repeating the one before",
      // 256 is told to be of two bits, then 257 and the distances like it.
      { ...plain, distances: [2, 2, 2], told: [...zeros(97), [1], ...zeros(158), [2], [16, 1, 2]] },
      null,
    ],
    [
      "repeat the length before, four distances of two bits",
      {
        ...plain,
        distances: [2, 2, 2, 2],
        told: [...zeros(97), [1], ...zeros(158), [2], [2], [16, 1, 2]],
        body: "0110010",
      },
      4,
    ],
    ["have nothing to repeat at first", { ...plain, told: [[16, 0, 2], ...zeros(256)] }, null],
    [
      "repeat to the last one and no further",
      { ...plain, distances: [0, 0, 0], told: [...zeros(97), [1], ...zeros(158), [2], [2], [17, 0, 3]] },
      2,
    ],
    [
      "do not repeat beyond the last one",
      { ...plain, distances: [0, 0, 0], told: [...zeros(97), [1], ...zeros(158), [2], [2], [17, 1, 3]] },
      null,
    ],
    ["have no code for lengths that leaves codes unused", { ...plain, ofLengths: { 12: 0 } }, null],
    ["have no code for lengths with more than fits", { ...plain, ofLengths: { 13: 4 } }, null],
  ])("%s", ([, block, expected]) => {
    const bytes = writeBlock(block);
    expect(judge(bytes, LIMIT)).toBe(expected);
    expect(measureInflated(bytes, LIMIT)).toBe(expected);
  });

  test("may be of fifteen bits", () => {
    // One symbol of each length from 1 to 14, two of 15.
    const deep = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [i, i + 1]));
    const literals = lengths(257, { ...deep, 256: 15 });
    const ofLengths = Object.fromEntries(
      Array.from({ length: 19 }, (_, symbol) => [symbol, symbol < 16 ? 4 : 0]),
    );
    const bits = { literals, distances: [0], ofLengths, body: `${"1".repeat(14)}0${"1".repeat(15)}` };
    // With these sixteen the code of a length is the length itself.
    const told = [...literals, 0].map((length) => [FOUR_BITS[length] as number] as const);
    const bytes = writeBlock({ ...bits, told });
    expect(judge(bytes, LIMIT)).toBe(1);
    expect(measureInflated(bytes, LIMIT)).toBe(1);
  });
});

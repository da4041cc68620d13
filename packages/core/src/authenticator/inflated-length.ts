/**
 * How long raw DEFLATE bytes (RFC 1951) are when they are inflated, without inflating them: lengths are counted, nothing is kept. So a
 * small blob that claims to be, or would become, a huge one costs no memory.
 */

/** Code lengths of one Huffman code, in the form that decoding needs (RFC 1951 § 3.2.2). */
interface HuffmanCode {
  /** How many symbols have a code of each length, 0 to 15 bits. */
  readonly counts: readonly number[];
  /** The symbols, by length and then by value. */
  readonly symbols: readonly number[];
}

const MAX_CODE_BITS = 15;
const END_OF_BLOCK = 256;
const MAX_LITERAL_CODES = 286;
const MAX_DISTANCE_CODES = 30;
/** Symbols 257 to 285, and distance symbols 0 to 29 (RFC 1951 § 3.2.5). */
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_BITS = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
/** In which order the lengths of the code for code lengths stand (RFC 1951 § 3.2.7). */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Thrown and caught in this file: the bytes are not a stream, or it is longer than allowed. */
class NotInflatable extends Error {}
const refuse = (): never => {
  throw new NotInflatable();
};

/** The length, or `null` unless `bytes` are exactly one stream of at most `limit` bytes. */
export function measureInflated(bytes: Uint8Array, limit: number): number | null {
  try {
    return measure(bytes, limit);
  } catch (error) {
    if (error instanceof NotInflatable) return null;
    throw error;
  }
}

function measure(bytes: Uint8Array, limit: number): number {
  /** In bits. */
  let at = 0;
  let length = 0;

  function readBits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, at++) {
      value |= (((bytes[at >> 3] ?? refuse()) >> (at & 7)) & 1) << i;
    }
    return value;
  }

  function readSymbol({ counts, symbols }: HuffmanCode): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let bits = 1; bits <= MAX_CODE_BITS; bits++) {
      code |= readBits(1);
      const count = counts[bits] as number;
      if (code - count < first) return symbols[index + (code - first)] as number;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return refuse();
  }

  function add(count: number): void {
    length += count;
    if (length > limit) refuse();
  }

  function skipStored(): void {
    at = (at + 7) & ~7;
    const count = readBits(16);
    if (readBits(16) !== (~count & 0xffff) || (at >> 3) + count > bytes.length) refuse();
    at += count * 8;
    add(count);
  }

  function skipCompressed(literals: HuffmanCode, distances: HuffmanCode): void {
    for (let symbol = readSymbol(literals); symbol !== END_OF_BLOCK; symbol = readSymbol(literals)) {
      if (symbol < END_OF_BLOCK) {
        add(1);
        continue;
      }
      const which = symbol - END_OF_BLOCK - 1;
      const count = (LENGTH_BASE[which] ?? refuse()) + readBits(LENGTH_BITS[which] as number);
      const far = readSymbol(distances);
      const distance = (DISTANCE_BASE[far] ?? refuse()) + readBits(DISTANCE_BITS[far] as number);
      if (distance > length) refuse();
      add(count);
    }
  }

  function readCodes(): [HuffmanCode, HuffmanCode] {
    const literals = readBits(5) + 257;
    const distances = readBits(5) + 1;
    const listed = readBits(4) + 4;
    if (literals > MAX_LITERAL_CODES || distances > MAX_DISTANCE_CODES) refuse();
    const ofLengths = Array<number>(LENGTH_ORDER.length).fill(0);
    for (let i = 0; i < listed; i++) ofLengths[LENGTH_ORDER[i] as number] = readBits(3);
    const code = makeCode(ofLengths, true);
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const symbol = readSymbol(code);
      if (symbol < 16) {
        lengths.push(symbol);
        continue;
      }
      const repeated = symbol === 16 ? (lengths.at(-1) ?? refuse()) : 0;
      const times = symbol === 16 ? 3 + readBits(2) : symbol === 17 ? 3 + readBits(3) : 11 + readBits(7);
      if (lengths.length + times > literals + distances) refuse();
      for (let i = 0; i < times; i++) lengths.push(repeated);
    }
    if (lengths[END_OF_BLOCK] === 0) refuse();
    return [makeCode(lengths.slice(0, literals), false), makeCode(lengths.slice(literals), false)];
  }

  for (let last = false; !last;) {
    last = readBits(1) === 1;
    const type = readBits(2);
    if (type === 0) skipStored();
    else if (type === 1) skipCompressed(FIXED_LITERALS, FIXED_DISTANCES);
    else if (type === 2) skipCompressed(...readCodes());
    else refuse();
  }
  return (at + 7) >> 3 === bytes.length ? length : refuse();
}

/** @param whole whether each string of bits must mean a symbol; otherwise a code of one symbol may leave the other bit unused. */
function makeCode(lengths: readonly number[], whole: boolean): HuffmanCode {
  const counts = Array<number>(MAX_CODE_BITS + 1).fill(0);
  for (const bits of lengths) counts[bits]!++;
  let left = 1;
  for (let bits = 1; bits <= MAX_CODE_BITS; bits++) {
    left = left * 2 - (counts[bits] as number);
    if (left < 0) refuse();
  }
  const single = (counts[0] as number) + (counts[1] as number) === lengths.length;
  if (left > 0 && (whole || !single)) refuse();
  const symbols = lengths
    .map((bits, symbol) => ({ bits, symbol }))
    .filter(({ bits }) => bits > 0)
    .sort((a, b) => a.bits - b.bits)
    .map(({ symbol }) => symbol);
  return { counts, symbols };
}

/** RFC 1951 § 3.2.6. */
const FIXED_LITERALS = makeCode(
  Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
  true,
);
const FIXED_DISTANCES = makeCode(Array<number>(32).fill(5), true);

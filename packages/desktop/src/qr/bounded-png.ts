/**
 * A PNG (W3C PNG, third edition) that is safe to hand to a decoder: fast-png allocates what the header claims and inflates without a
 * bound, and 16 MiB of IDAT can hold 16 GiB. Only the chunks of the still picture pass; colour profiles, texts and animation are
 * left out. Whether the pixels make sense is the decoder's to say.
 */
import { inflateSync } from "node:zlib";
import { concatBytes } from "@latchkey/core/bytes/concat";
import { equalBytes } from "@latchkey/core/bytes/equal";
import { VaultError } from "@latchkey/core/errors";

/** A photograph of twelve million pixels fits. */
const MAX_FILE_BYTES = 16 * 2 ** 20;
const MAX_PIXELS = 2 ** 24;

const SIGNATURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const HEADER_BYTES = 13;
/** Length and type before a chunk's data, a checksum after it. */
const BEFORE_DATA = 8;
const AFTER_DATA = 4;
const KEPT = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
/** Red, green, blue and alpha of 16 bits: no pixel needs more. */
const MAX_PIXEL_BITS = 64;

/** The same picture without the chunks that it does not need. Throws `LK-PAIR-MALFORMED` when it is no PNG or outside the bounds. */
export function boundPng(file: Uint8Array): Uint8Array {
  if (file.length > MAX_FILE_BYTES) refuse(`picture is ${file.length} bytes, limit ${MAX_FILE_BYTES}`);
  if (!equalBytes(file.subarray(0, SIGNATURE.length), SIGNATURE)) refuse("picture is not a PNG");
  const kept: Uint8Array[] = [SIGNATURE];
  const compressed: Uint8Array[] = [];
  for (const chunk of chunksOf(file)) {
    if (!KEPT.has(chunk.type)) continue;
    kept.push(chunk.whole);
    if (chunk.type === "IDAT") compressed.push(chunk.data);
  }
  checkInflates(concatBytes(...compressed), maxInflatedBytes(file));
  return concatBytes(...kept);
}

function* chunksOf(file: Uint8Array) {
  const view = viewOf(file);
  for (let at = SIGNATURE.length; at < file.length;) {
    if (at + BEFORE_DATA > file.length) refuse("picture is cut short");
    const length = view.getUint32(at);
    const end = at + BEFORE_DATA + length + AFTER_DATA;
    if (end > file.length) refuse("picture is cut short");
    const type = String.fromCharCode(...file.subarray(at + 4, at + BEFORE_DATA));
    yield { type, data: file.subarray(at + BEFORE_DATA, end - AFTER_DATA), whole: file.subarray(at, end) };
    at = end;
  }
}

/** What the header's width and height can hold at most, with the filter bytes of every row and interlaced pass. */
function maxInflatedBytes(file: Uint8Array): number {
  if (file.length < SIGNATURE.length + BEFORE_DATA + HEADER_BYTES) refuse("picture is cut short");
  const view = viewOf(file);
  const width = view.getUint32(SIGNATURE.length + BEFORE_DATA);
  const height = view.getUint32(SIGNATURE.length + BEFORE_DATA + 4);
  if (width === 0 || height === 0 || width * height > MAX_PIXELS)
    refuse(`picture is ${width} by ${height} pixels, limit ${MAX_PIXELS} in all`);
  return width * height * (MAX_PIXEL_BITS / 8) + 2 * (width + height) * 8;
}

function checkInflates(compressed: Uint8Array, maxOutputLength: number): void {
  try {
    inflateSync(compressed, { maxOutputLength });
  } catch (error) {
    throw new VaultError("LK-PAIR-MALFORMED", "picture does not inflate to its own size", { cause: error });
  }
}

const viewOf = (file: Uint8Array) => new DataView(file.buffer, file.byteOffset, file.byteLength);

function refuse(message: string): never {
  throw new VaultError("LK-PAIR-MALFORMED", message);
}

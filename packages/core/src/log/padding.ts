/**
 * Hides lengths. Entries come in four sizes; snapshots in Padmé sizes (Nikitin et al., PETS 2019: at most 12 % more, and only
 * O(log log n) bits of the length show). The filler is 0x80 and zeros (ISO/IEC 7816-4), so that it comes off without a length field.
 */
import { type ErrorCode, VaultError } from "../errors.ts";

/** Sizes of a whole entry on the wire, in bytes. Beacon, rename and a new passkey share the smallest. */
export const ENTRY_SIZES = [2_048, 4_096, 16_384, 65_536] as const;

/** The largest entry, and the relay's limit. */
export const MAX_ENTRY_BYTES = 65_536;

const MARK = 0x80;

/** `content` filled up to `length` bytes. There must be room for the mark. */
export function padBytes(content: Uint8Array, length: number): Uint8Array {
  if (content.length >= length)
    throw new RangeError(`content of ${content.length} bytes does not fit ${length}`);
  const padded = new Uint8Array(length);
  padded.set(content);
  padded[content.length] = MARK;
  return padded;
}

/** Inverse of `padBytes`; throws `code` when there is no mark. */
export function unpadBytes(padded: Uint8Array, code: ErrorCode): Uint8Array {
  let end = padded.length - 1;
  // Before its beginning there is nothing, which is neither zero nor a mark.
  while (padded[end] === 0) end--;
  if (padded[end] !== MARK) throw new VaultError(code, "padding has no mark");
  return padded.subarray(0, end);
}

/** The Padmé size for `length` bytes: `length` rounded up so that only its leading bits remain. */
export function padmeLength(length: number): number {
  if (length < 2) return length;
  const exponent = Math.floor(Math.log2(length));
  const significant = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** Math.max(0, exponent - significant);
  return Math.ceil(length / step) * step;
}

/**
 * DER (X.690 § 10) of keys that others wrote: definite lengths in their shortest form, nothing behind the last value. Every function gives
 * `null` for what is not so.
 */

export const SEQUENCE = 0x30;
export const INTEGER = 0x02;
export const BITS = 0x03;
export const OCTETS = 0x04;
export const NULL = 0x05;
export const OBJECT_ID = 0x06;

export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** The values that stand one after the other in `bytes`, at most `max`. */
export function readDerValues(bytes: Uint8Array, max = 16): readonly DerValue[] | null {
  const values: DerValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (values.length === max || at + 2 > bytes.length) return null;
    const tag = bytes[at++] as number;
    let length = bytes[at++] as number;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count < 1 || count > 2 || at + count > bytes.length) return null;
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] as number);
      if (length < (count === 1 ? 0x80 : 0x100)) return null;
    }
    if (at + length > bytes.length) return null;
    values.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return values;
}

/** The content of the one value that `bytes` are, if it has this tag. */
export function readDer(bytes: Uint8Array, tag: number): Uint8Array | null {
  const values = readDerValues(bytes, 1);
  const [value] = values ?? [];
  return value?.tag === tag ? value.content : null;
}

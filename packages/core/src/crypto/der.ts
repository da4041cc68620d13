/** DER (X.690 § 10) as far as keys need it: a tag, the shortest length, the contents. Lengths up to 65 535 bytes. */
import { concatBytes } from "../bytes/concat.ts";

export function encodeDer(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...contents);
  return concatBytes(Uint8Array.of(tag, ...encodeLength(content.length)), content);
}

function encodeLength(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

/** DER (X.690 § 10) as far as PKCS#8 needs it: a tag, the shortest length, the contents. Lengths up to 255 bytes. */
import { concatBytes } from "../bytes/concat.ts";

export function encodeDer(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...contents);
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return concatBytes(Uint8Array.of(tag, ...length), content);
}

/** Joins byte strings. Never used to feed a hash, KDF, MAC or signature: those take a canonical CBOR array (`crypto/hash.ts`). */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

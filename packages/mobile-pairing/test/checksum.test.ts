/** The phone's checksum is the desktop's: CRC-32 as zlib computes it, over the same bytes. */
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { computeChecksum } from "../src/storage/checksum.ts";

test("is CRC-32 of the row's place, key and value", () => {
  const key = Uint8Array.of(1, 2, 3);
  for (const value of [new Uint8Array(), Uint8Array.of(0xff), new Uint8Array(70_000).fill(7)]) {
    const expected = crc32(value, crc32(key, crc32(`entry,${key.length},${value.length},`)));
    expect(computeChecksum("entry", key, value)).toBe(expected);
  }
});

/**
 * The checksum that each stored row carries: CRC-32 (ISO-HDLC) of the text `table,key length,value length,`, the key and the value; the same
 * as a desktop's file has. It is against accidents: what is in the rows is sealed or signed by the layers above.
 */
import { encodeUtf8 } from "@latchkey/core/bytes/text";
import type { Table } from "@latchkey/core/storage/device-store";

/** The polynomial 0x04c11db7, reflected. */
const POLYNOMIAL = 0xedb88320;

const STEPS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
  return rest;
});

export function computeChecksum(table: Table, key: Uint8Array, value: Uint8Array): number {
  let rest = 0xffffffff;
  for (const part of [encodeUtf8(`${table},${key.length},${value.length},`), key, value])
    for (const byte of part) rest = (STEPS[(rest ^ byte) & 0xff] as number) ^ (rest >>> 8);
  return ~rest >>> 0;
}

/**
 * The checksum that each stored row carries: CRC-32 (ISO-HDLC) of the text `table,key length,value length,`, the key and the value.
 *
 * It is against accidents: any flips within 32 neighbouring bits of a row are found for certain, anything else but for one time in
 * 2^32; a row that turns up under another key or in another table is found too. It is not against a person, who can recompute it:
 * what is in the rows is sealed or signed by the layers above.
 */
import { crc32 } from "node:zlib";
import type { Table } from "@latchkey/core/storage/device-store";

export function computeChecksum(table: Table, key: Uint8Array, value: Uint8Array): number {
  return crc32(value, crc32(key, crc32(`${table},${key.length},${value.length},`)));
}

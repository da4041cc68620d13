/**
 * ZIP (APPNOTE 6.3.10) for the extension stores: files stored as they are, for they are small, so that the bytes follow from the files alone and
 * from no version of a compressor. Nothing of the clock is in it.
 *
 *   local header 30 ‖ name ‖ data             for each file
 *   central header 46 ‖ name                  for each file
 *   end record 22
 */
import { crc32 } from "node:zlib";

export interface ZipFile {
  /** With forward slashes. */
  readonly name: string;
  readonly data: Uint8Array;
}

const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
const STORED = 0;
/** 1980-01-01 00:00, the first that a ZIP can say. */
const [TIME, DATE] = [0, 0x0021];

/** In the order of the names. */
export function writeZip(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = Buffer.from(name, "utf8");
    const common = uint16s(VERSION, FLAGS, STORED, TIME, DATE);
    const sizes = Buffer.concat([uint32s(crc32(data), data.length, data.length), uint16s(path.length, 0)]);
    const local = Buffer.concat([uint32s(0x0403_4b50), common, sizes, path]);
    // Made by, comment, disk, internal and external attributes, offset.
    directory.push(
      uint32s(0x0201_4b50),
      uint16s(VERSION),
      common,
      sizes,
      Buffer.alloc(10),
      uint32s(offset),
      path,
    );
    parts.push(local, Buffer.from(data));
    offset += local.length + data.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = [
    uint32s(0x0605_4b50),
    uint16s(0, 0, files.length, files.length),
    uint32s(size, offset),
    uint16s(0),
  ];
  return Buffer.concat([...parts, ...directory, ...end]);
}

function uint16s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, i * 2);
  return bytes;
}

function uint32s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, i * 4);
  return bytes;
}

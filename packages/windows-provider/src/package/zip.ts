/**
 * ZIP (APPNOTE 6.3.10) as Windows' package reader takes it: every 64 KiB of a file deflated apart, so that each block can be read and
 * checked alone; sizes in front of the data and not behind; an end record of ZIP64. Nothing of the clock is in it.
 *
 *   local header 30 + name ‖ blocks …                    for each file
 *   central header 46 + name                             for each file
 *   ZIP64 end record 56 · its locator 20 · end record 22
 */
import { crc32 } from "node:zlib";
import { constants, deflateRawSync } from "node:zlib";

export const BLOCK_BYTES = 65_536;
export const LOCAL_HEADER_BYTES = 30;
/** Ends a stream of deflated blocks: an empty last one. */
const STREAM_END = Buffer.from([0x03, 0x00]);
const DEFLATED = 8;
/** 4.5: ZIP64. Smaller ones are refused by readers of packages. */
const VERSION = 45;
/** 1980-01-01 00:00, the first that a ZIP can say. */
const DATE = 0x0021;
const IN_ZIP64 = 0xffff_ffff;
const COUNT_IN_ZIP64 = 0xffff;

export interface ZipFile {
  /** As it stands in the archive: forward slashes, percent-encoded. */
  readonly name: string;
  readonly data: Uint8Array;
}

export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** Each 64 KiB of `data`, deflated. */
  readonly blocks: readonly Uint8Array[];
}

export function deflateEntry({ name, data }: ZipFile): ZipEntry {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += BLOCK_BYTES) {
    blocks.push(
      deflateRawSync(data.subarray(at, at + BLOCK_BYTES), {
        level: 9,
        finishFlush: constants.Z_FULL_FLUSH,
      }),
    );
  }
  return { name, data, blocks };
}

export function writeZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name, "latin1");
    const content = [...entry.blocks, STREAM_END];
    const compressed = lengthOf(content);
    const common = commonFields(entry, compressed, name.length);
    const local = Buffer.concat([signature(0x0403_4b50), common, uint16(0), name]);
    directory.push(
      signature(0x0201_4b50),
      uint16(VERSION),
      common,
      // Extra field, comment, disk, internal and external attributes.
      Buffer.alloc(12),
      uint32(offset),
      name,
    );
    parts.push(local, ...content);
    offset += local.length + compressed;
  }
  return Buffer.concat([...parts, ...directory, ...endRecords(entries.length, lengthOf(directory), offset)]);
}

/** Of local and central header alike: from "version needed" to the length of the name. */
function commonFields(entry: ZipEntry, compressed: number, nameLength: number): Buffer {
  return Buffer.concat([
    uint16(VERSION),
    uint16(0),
    uint16(DEFLATED),
    uint16(0),
    uint16(DATE),
    uint32(crc32(entry.data)),
    uint32(compressed),
    uint32(entry.data.length),
    uint16(nameLength),
  ]);
}

function endRecords(count: number, size: number, offset: number): Buffer[] {
  const zip64 = [
    signature(0x0606_4b50),
    uint64(44),
    uint16(VERSION),
    uint16(VERSION),
    uint32(0),
    uint32(0),
    uint64(count),
    uint64(count),
    uint64(size),
    uint64(offset),
  ];
  const locator = [signature(0x0706_4b50), uint32(0), uint64(offset + size), uint32(1)];
  const end = [
    signature(0x0605_4b50),
    uint16(0),
    uint16(0),
    uint16(COUNT_IN_ZIP64),
    uint16(COUNT_IN_ZIP64),
    uint32(IN_ZIP64),
    uint32(IN_ZIP64),
    uint16(0),
  ];
  return [...zip64, ...locator, ...end];
}

const lengthOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0);

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

const signature = uint32;

/**
 * Finds single files in a zip (APPNOTE 6.3) by their names: from the central directory at the end, stored or deflated. What a member becomes is
 * bounded before it is inflated. Encrypted, split and 64-bit archives are not read.
 */
import { decodeUtf8 } from "../bytes/text.ts";
import { VaultError } from "../errors.ts";
import type { FileCrypto } from "./file-crypto.ts";
import { MAX_FILE_BYTES } from "./json-file.ts";

const END_BYTES = 22;
const MAX_COMMENT = 65_535;
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;

interface ZipMember {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  readonly offset: number;
}

export interface ZipArchive {
  readonly names: readonly string[];
  /** `null` where there is none of this name. Throws `LK-IMPORT-DAMAGED`, `LK-IMPORT-TOO-LARGE`. */
  read(name: string): Uint8Array | null;
}

export const isZip = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === LOCAL;

/** Throws `LK-IMPORT-DAMAGED`. */
export function openZip(bytes: Uint8Array, crypto: FileCrypto): ZipArchive {
  const members = listMembers(bytes);
  return {
    names: members.map(({ name }) => name),
    read(name) {
      const member = members.find((each) => each.name === name);
      return member === undefined ? null : readMember(bytes, member, crypto);
    },
  };
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function damaged(what: string): never {
  throw new VaultError("LK-IMPORT-DAMAGED", `zip ${what}`);
}

function listMembers(bytes: Uint8Array): ZipMember[] {
  const view = viewOf(bytes);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const members: ZipMember[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) damaged("has no whole directory");
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) damaged("has no whole directory");
    members.push({
      name: readName(bytes.subarray(at + 46, at + 46 + nameLength)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      compressed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at = next;
  }
  return members;
}

function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= 0 && at >= last - MAX_COMMENT; at--)
    if (view.getUint32(at, true) === END) return at;
  return damaged("has no end");
}

function readName(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch {
    return "";
  }
}

function readMember(bytes: Uint8Array, member: ZipMember, crypto: FileCrypto): Uint8Array {
  const { offset, compressed, size } = member;
  if (size > MAX_FILE_BYTES)
    throw new VaultError("LK-IMPORT-TOO-LARGE", `file in the zip is ${size} bytes, limit ${MAX_FILE_BYTES}`);
  if ((member.flags & ENCRYPTED) !== 0) damaged("is encrypted");
  const view = viewOf(bytes);
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== LOCAL) damaged("has no such file");
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + compressed > bytes.length) damaged("is cut off");
  const content = inflateMember(bytes.subarray(start, start + compressed), member, crypto);
  if (content === null || content.length !== size)
    return damaged("has a file of another length than it says");
  if (crc32(content) !== member.crc) damaged("has a damaged file");
  return content;
}

function inflateMember(data: Uint8Array, { method, size }: ZipMember, crypto: FileCrypto): Uint8Array | null {
  if (method === STORED) return data;
  return method === DEFLATED ? crypto.inflate(data, size) : null;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let i = 0; i < 8; i++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] as number);
  return (crc ^ 0xffffffff) >>> 0;
}

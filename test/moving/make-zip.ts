/** A zip of members that are deflated already, or stored: what it says of them can be wrong. */
import { crc32, inflateRawSync } from "node:zlib";

export function makeZip(
  members: Readonly<Record<string, Uint8Array>>,
  /** The members are deflated, and said to have this length before; the checksum is theirs where that is true. */
  claims: { readonly size?: number } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, data] of Object.entries(members)) {
    const isDeflated = claims.size !== undefined;
    const size = claims.size ?? data.length;
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(isDeflated ? 8 : 0, 4);
    head.writeUInt32LE(crc32(isDeflated ? inflate(data, size) : data), 10);
    head.writeUInt32LE(data.length, 14);
    head.writeUInt32LE(size, 18);
    head.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), head, Buffer.from(name), data]);
    const entry = Buffer.alloc(16);
    entry.writeUInt32LE(offset, 12);
    directory.push(
      Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), head, entry.subarray(2), Buffer.from(name)]),
    );
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  const whole = Buffer.concat([...parts, central, Buffer.from("PK\x05\x06"), end]);
  return directory.length === 0 ? Buffer.concat([Buffer.from("PK\x03\x04"), whole]) : whole;
}

function inflate(data: Uint8Array, size: number): Uint8Array {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.min(size, 1024 * 1024) });
  } catch {
    return new Uint8Array(0);
  }
}

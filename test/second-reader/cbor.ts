/**
 * Canonical CBOR as docs/protocol.md § 1 says, for the second reader: arrays, byte strings, text, integers, true, false, null. No structure of
 * that page uses a map. Written from the page alone.
 */

export type Item = number | string | boolean | null | Uint8Array | readonly Item[];

const MAX_DEPTH = 8;

function head(major: number, value: number): number[] {
  const first = major << 5;
  if (value < 24) return [first | value];
  if (value < 0x100) return [first | 24, value];
  if (value < 0x10000) return [first | 25, value >> 8, value & 0xff];
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(value));
  const bytes = [...new Uint8Array(view.buffer)];
  return value < 0x100000000 ? [first | 26, ...bytes.slice(4)] : [first | 27, ...bytes];
}

export function encode(item: Item): Uint8Array {
  if (item === null) return Uint8Array.of(0xf6);
  if (typeof item === "boolean") return Uint8Array.of(item ? 0xf5 : 0xf4);
  if (typeof item === "number") return Uint8Array.from(item < 0 ? head(1, -1 - item) : head(0, item));
  if (typeof item === "string") {
    const bytes = new TextEncoder().encode(item);
    return join(Uint8Array.from(head(3, bytes.length)), bytes);
  }
  if (item instanceof Uint8Array) return join(Uint8Array.from(head(2, item.length)), item);
  return join(Uint8Array.from(head(4, item.length)), ...item.map(encode));
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** One canonical item and no byte after it. */
export function decode(bytes: Uint8Array): Item {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  function take(length: number): Uint8Array {
    if (length > bytes.length - at) throw new Error("item is cut off");
    at += length;
    return bytes.slice(at - length, at);
  }

  function argument(short: number): number {
    if (short < 24) return short;
    const length = { 24: 1, 25: 2, 26: 4, 27: 8 }[short];
    if (length === undefined) throw new Error(`additional information ${short}`);
    const start = at;
    take(length);
    if (length === 8) return Number(view.getBigUint64(start));
    return length === 4 ? view.getUint32(start) : length === 2 ? view.getUint16(start) : view.getUint8(start);
  }

  function item(depth: number): Item {
    if (depth > MAX_DEPTH) throw new Error("item is nested too deep");
    const [first = 0] = take(1);
    const [major, short] = [first >> 5, first & 31];
    switch (major) {
      case 0:
        return argument(short);
      case 1:
        return -1 - argument(short);
      case 2:
        return take(argument(short));
      case 3:
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(take(argument(short)));
      case 4:
        return Array.from({ length: argument(short) }, () => item(depth + 1));
      case 7:
        if (short === 20 || short === 21) return short === 21;
        if (short === 22) return null;
    }
    throw new Error(`item begins with ${first}`);
  }

  const value = item(0);
  // Shortest forms, and nothing after it.
  if (!equal(encode(value), bytes)) throw new Error("item is not canonical");
  return value;
}

/** An array of so many items. */
export function fields(item: Item | undefined, length: number): readonly Item[] {
  if (!Array.isArray(item) || item.length !== length) throw new Error(`not an array of ${length}`);
  return item as readonly Item[];
}

export function list(item: Item | undefined): readonly Item[] {
  if (!Array.isArray(item)) throw new Error("not an array");
  return item as readonly Item[];
}

export function bytesOf(item: Item | undefined, length?: number): Uint8Array {
  if (!(item instanceof Uint8Array) || (length !== undefined && item.length !== length))
    throw new Error(`not ${length ?? "some"} bytes`);
  return item;
}

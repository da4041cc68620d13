/** Reads MessagePack (the specification of 2013) as far as Proton's passkeys use it: maps with text keys, arrays, integers, text, bytes, nil, true and false. */
import { decodeUtf8 } from "../bytes/text.ts";

export type Packed = string | number | boolean | null | Uint8Array | readonly Packed[] | PackedMap;
export interface PackedMap {
  readonly [name: string]: Packed;
}

const MAX_DEPTH = 16;

class NotPacked extends Error {}

/** `null` for what is not exactly one value of these kinds. */
export function readMessagePack(bytes: Uint8Array): Packed | null {
  try {
    const reader = new Reader(bytes);
    const value = reader.value(0);
    return reader.isAtEnd ? value : null;
  } catch (error) {
    // Text that is not UTF-8 is a `TypeError`, a number past the end a `RangeError`.
    if (error instanceof NotPacked || error instanceof TypeError || error instanceof RangeError) return null;
    throw error;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(depth: number): Packed {
    if (depth > MAX_DEPTH) throw new NotPacked();
    const byte = this.#view.getUint8(this.#at++);
    if (byte < 0x80) return byte;
    if (byte < 0x90) return this.#map(byte & 0x0f, depth);
    if (byte < 0xa0) return this.#array(byte & 0x0f, depth);
    if (byte < 0xc0) return this.#text(byte & 0x1f);
    if (byte >= 0xe0) return byte - 0x100;
    switch (byte) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#take(this.#uint(byte - 0xc4));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint(byte - 0xcc);
      case 0xd0:
        return this.#view.getInt8(this.#skip(1));
      case 0xd1:
        return this.#view.getInt16(this.#skip(2));
      case 0xd2:
        return this.#view.getInt32(this.#skip(4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#uint(byte - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#uint(byte - 0xdb), depth);
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(byte - 0xdd), depth);
      default:
        throw new NotPacked();
    }
  }

  /** Of 1, 2 or 4 bytes. */
  #uint(power: number): number {
    const at = this.#skip(2 ** power);
    if (power === 0) return this.#view.getUint8(at);
    return power === 1 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #skip(length: number): number {
    const at = this.#at;
    this.#at += length;
    return at;
  }

  #take(length: number): Uint8Array {
    const start = this.#skip(length);
    if (this.#at > this.#bytes.length) throw new NotPacked();
    return this.#bytes.subarray(start, this.#at);
  }

  #text(length: number): string {
    return decodeUtf8(this.#take(length));
  }

  #array(length: number, depth: number): Packed[] {
    // Each element is a byte at least.
    if (length > this.#bytes.length - this.#at) throw new NotPacked();
    return Array.from({ length }, () => this.value(depth + 1));
  }

  #map(length: number, depth: number): PackedMap {
    if (length > this.#bytes.length - this.#at) throw new NotPacked();
    const map: Record<string, Packed> = Object.create(null) as Record<string, Packed>;
    for (let i = 0; i < length; i++) {
      const name = this.value(depth + 1);
      if (typeof name !== "string") throw new NotPacked();
      map[name] = this.value(depth + 1);
    }
    return map;
  }
}

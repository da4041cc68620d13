/** LEB128 numbers as Automerge writes them: seven bits a byte, low ones first. Shortest form and at most 2^53: one number, one encoding. */
import { type ErrorCode, VaultError } from "../errors.ts";

/** Reads on through `bytes`; whatever is malformed throws `code`, naming `what`. */
export class Leb128Reader {
  readonly #what: string;
  readonly #code: ErrorCode;
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(what: string, code: ErrorCode, bytes: Uint8Array, at = 0) {
    this.#what = what;
    this.#code = code;
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  skip(length: number): void {
    if (length > this.left) this.#refuse("is cut short");
    this.#at += length;
  }

  /** A reader of the next `length` bytes, which this one skips. */
  take(length: number): Leb128Reader {
    const start = this.#at;
    this.skip(length);
    return new Leb128Reader(this.#what, this.#code, this.#bytes.subarray(start, this.#at));
  }

  uint(max: number = Number.MAX_SAFE_INTEGER): number {
    const { value, length, last } = this.#read();
    if (length > 1 && last === 0) this.#refuse("has a number in long form");
    if (value > max) this.#refuse(`has a number ${value}, limit ${max}`);
    return value;
  }

  /** Two's complement. */
  int(): number {
    const { value, length, last } = this.#read();
    return last >= 0x40 ? value - 0x80 ** length : value;
  }

  #read(): { readonly value: number; readonly length: number; readonly last: number } {
    let value = 0;
    for (let length = 1; ; length++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) this.#refuse("is cut short");
      value += (byte % 0x80) * 0x80 ** (length - 1);
      if (value > Number.MAX_SAFE_INTEGER || length > 8) this.#refuse("has a number over 2^53");
      if (byte < 0x80) return { value, length, last: byte };
    }
  }

  #refuse(problem: string): never {
    throw new VaultError(this.#code, `${this.#what} ${problem}`);
  }
}

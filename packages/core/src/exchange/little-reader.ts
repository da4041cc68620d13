/** Reads little-endian integers and runs of bytes one after the other. `fail` throws where they end too soon. */
export class LittleReader {
  readonly #bytes: Uint8Array;
  readonly #fail: (what: string) => never;
  #at = 0;

  constructor(bytes: Uint8Array, fail: (what: string) => never) {
    this.#bytes = bytes;
    this.#fail = fail;
  }

  get position(): number {
    return this.#at;
  }

  /** A view. */
  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) this.#fail("is cut off");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** Of up to 8 bytes; a number past 2^53 is as good as endless. */
  uint(length: number): number {
    return this.take(length).reduceRight((sum, byte) => sum * 256 + byte, 0);
  }

  since(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.#at);
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }
}

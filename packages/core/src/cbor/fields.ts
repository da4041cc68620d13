/**
 * Reads a structure of the protocol: a CBOR array of fixed length whose fields come in a fixed order and have fixed types.
 * Every mismatch names the structure and the field: `entry header: seq is not an unsigned integer`.
 */
import { type ErrorCode, isVaultError, VaultError } from "../errors.ts";
import { type CborValue, decodeCbor } from "./codec.ts";

/** The fields of one structure, taken in order. */
export class Fields {
  readonly #name: string;
  readonly #items: readonly CborValue[];
  #next = 0;

  /** Throws `LK-CBOR-INVALID` unless `value` is an array of exactly `length` items. */
  constructor(value: CborValue, name: string, length: number) {
    if (!Array.isArray(value) || value.length !== length) {
      throw new VaultError("LK-CBOR-INVALID", `${name} is not an array of ${length}`);
    }
    this.#name = name;
    this.#items = value as readonly CborValue[];
  }

  /** An unsigned integer up to `max`. */
  uint(field: string, max: number = Number.MAX_SAFE_INTEGER - 1): number {
    const value = this.#take();
    if (typeof value !== "number" || value < 0 || value > max)
      this.#refuse(field, `an unsigned integer up to ${max}`);
    return value;
  }

  /** A byte string of exactly `length` bytes, or of `{ min, max }`. */
  bytes(field: string, length: number | { readonly min: number; readonly max: number }): Uint8Array {
    const value = this.#take();
    const { min, max } = typeof length === "number" ? { min: length, max: length } : length;
    if (!(value instanceof Uint8Array) || value.length < min || value.length > max) {
      this.#refuse(field, min === max ? `${min} bytes` : `${min} to ${max} bytes`);
    }
    return value;
  }

  /** Text of at most `max` UTF-16 units. */
  text(field: string, max: number): string {
    const value = this.#take();
    if (typeof value !== "string" || value.length > max) this.#refuse(field, `text of at most ${max}`);
    return value;
  }

  boolean(field: string): boolean {
    const value = this.#take();
    if (typeof value !== "boolean") this.#refuse(field, "true or false");
    return value;
  }

  /** An array of at most `max` items, each read by `read`. */
  list<T>(field: string, max: number, read: (item: CborValue) => T): T[] {
    const value = this.#take();
    if (!Array.isArray(value) || value.length > max) this.#refuse(field, `an array of at most ${max}`);
    return (value as readonly CborValue[]).map(read);
  }

  /** Either null or what `read` makes of the field. */
  optional<T>(read: (fields: this) => T): T | null {
    if (this.#items[this.#next] === null) {
      this.#next++;
      return null;
    }
    return read(this);
  }

  /** The field as it is, for a structure inside a structure. */
  value(): CborValue {
    return this.#take();
  }

  #take(): CborValue {
    return this.#items[this.#next++] as CborValue;
  }

  #refuse(field: string, expected: string): never {
    throw new VaultError("LK-CBOR-INVALID", `${this.#name}: ${field} is not ${expected}`);
  }
}

/**
 * Decodes canonical bytes and reads them; whatever is malformed comes out as `code`, with the structure's own words.
 * A canonical structure with unknown extra fields is malformed too: formats change by version number, not by guessing.
 */
export function readStructure<T>(code: ErrorCode, bytes: Uint8Array, read: (value: CborValue) => T): T {
  return readValue(code, () => read(decodeCbor(bytes)));
}

/** The same for what is decoded already. */
export function readValue<T>(code: ErrorCode, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isVaultError(error, "LK-CBOR-INVALID")) throw new VaultError(code, error.message, { cause: error });
    throw error;
  }
}

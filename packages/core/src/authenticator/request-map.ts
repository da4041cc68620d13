/**
 * Reads members of a CTAP request map. Types come before meaning: a missing member is 0x14, one of the wrong type 0x11, whatever
 * its value. Unknown members are ignored; `null` is a wrong type, not an absent member.
 */
import type { CborKey, CborMap, CborValue } from "../cbor/codec.ts";
import { CtapError, STATUS } from "./status.ts";

/** Gives the value as its type, or throws 0x11. `name` is for the message. */
export type Read<T> = (value: CborValue, name: string) => T;

export function readRequired<T>(map: CborMap, key: CborKey, name: string, read: Read<T>): T {
  const value = map.get(key);
  if (value === undefined) throw new CtapError(STATUS.missingParameter, `${name} is missing`);
  return read(value, name);
}

export function readOptional<T>(map: CborMap, key: CborKey, name: string, read: Read<T>): T | null {
  const value = map.get(key);
  return value === undefined ? null : read(value, name);
}

export const asBytes: Read<Uint8Array> = (value, name) =>
  value instanceof Uint8Array ? value : refuse(name, "bytes");

export const asText: Read<string> = (value, name) =>
  typeof value === "string" ? value : refuse(name, "text");

export const asInteger: Read<number> = (value, name) =>
  typeof value === "number" ? value : refuse(name, "an integer");

export const asBoolean: Read<boolean> = (value, name) =>
  typeof value === "boolean" ? value : refuse(name, "true or false");

export const asMap: Read<CborMap> = (value, name) => (value instanceof Map ? value : refuse(name, "a map"));

export function asListOf<T>(read: Read<T>): Read<readonly T[]> {
  return (value, name) =>
    Array.isArray(value)
      ? value.map((item: CborValue, index) => read(item, `${name}[${index}]`))
      : refuse(name, "an array");
}

function refuse(name: string, expected: string): never {
  throw new CtapError(STATUS.cborUnexpectedType, `${name} is not ${expected}`);
}

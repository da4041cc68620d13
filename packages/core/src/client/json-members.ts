/**
 * Reads members of options that came as JSON. What is missing or of the wrong type is a `TypeError`, text that is not base64url
 * without padding an `EncodingError`, as in browsers (WebAuthn L3 § 5.1.8); unknown members are ignored. Everything has a bound.
 */
import { decodeBase64url } from "../bytes/text.ts";
import { WebAuthnError } from "./webauthn-error.ts";

/** UTF-16 units: longer than every word of the specification. */
const MAX_WORD_LENGTH = 128;

export type JsonObject = Readonly<Record<string, unknown>>;

/** Gives the value as its type, or throws. `name` is for the message. */
export type ReadJson<T> = (value: unknown, name: string) => T;

export function required<T>(object: JsonObject, key: string, name: string, read: ReadJson<T>): T {
  const value = object[key];
  if (value === undefined) throw new TypeError(`${name} is missing`);
  return read(value, name);
}

export function optional<T>(object: JsonObject, key: string, name: string, read: ReadJson<T>): T | null {
  const value = object[key];
  return value === undefined ? null : read(value, name);
}

export const asObject: ReadJson<JsonObject> = (value, name) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : refuse(name, "an object");

export const asBoolean: ReadJson<boolean> = (value, name) =>
  typeof value === "boolean" ? value : refuse(name, "true or false");

/** Text of at most `max` UTF-16 units. */
export const asText =
  (max: number): ReadJson<string> =>
  (value, name) =>
    typeof value === "string" && value.length <= max
      ? value.toWellFormed()
      : refuse(name, `text of at most ${max}`);

/** base64url of at most `max` bytes. */
export const asBytes =
  (max: number): ReadJson<Uint8Array> =>
  (value, name) => {
    if (typeof value !== "string") return refuse(name, "text");
    const bytes = value.length > Math.ceil((max * 4) / 3) ? null : decodeBase64url(value);
    if (bytes === null)
      throw new WebAuthnError("EncodingError", `${name} is not base64url of at most ${max} bytes`);
    return bytes;
  };

/** A whole number; as text, too, which some relying parties send for algorithms. */
export const asInteger: ReadJson<number> = (value, name) => {
  const number = typeof value === "string" && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : refuse(name, "a whole number");
};

export const asListOf =
  <T>(max: number, read: ReadJson<T>): ReadJson<readonly T[]> =>
  (value, name) =>
    Array.isArray(value) && value.length <= max
      ? value.map((item: unknown, index) => read(item, `${name}[${index}]`))
      : refuse(name, `a list of at most ${max}`);

/** One of the words; `null` for a word that is not known, which then counts as absent (§ 2.1.1). */
export const asOneOf =
  <T extends string>(...words: readonly T[]): ReadJson<T | null> =>
  (value, name) => {
    const text = asText(MAX_WORD_LENGTH)(value, name);
    return words.find((word) => word === text) ?? null;
  };

function refuse(name: string, expected: string): never {
  throw new TypeError(`${name} is not ${expected}`);
}

/**
 * JSON of somebody else's making (RFC 8259): bounded before it is parsed, and read member by member with types. Bytes stand in it as base64 of
 * several kinds: padded or not, of either alphabet, with bits to spare at the end.
 */
import { decodeUtf8 } from "../bytes/text.ts";
import { VaultError } from "../errors.ts";
import type { JsonMembers, JsonValue } from "./draft.ts";

/** 10 000 passkeys are some 10 MiB. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Credentials of all kinds in one file. */
export const MAX_ITEMS = 100_000;
/** Nested arrays and objects; files have about 10. */
export const MAX_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

export function checkFileSize(length: number): void {
  if (length > MAX_FILE_BYTES)
    throw new VaultError("LK-IMPORT-TOO-LARGE", `file is ${length} bytes, limit ${MAX_FILE_BYTES}`);
}

/** `null` for what is no JSON. Throws `LK-IMPORT-TOO-LARGE` for what is nested too deep. */
export function parseJsonFile(bytes: Uint8Array): JsonValue | null {
  checkDepth(bytes);
  try {
    return JSON.parse(decodeUtf8(withoutMark(bytes))) as JsonValue;
  } catch {
    return null;
  }
}

/** Without the byte order mark that Windows puts in front. */
export const withoutMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

function checkDepth(bytes: Uint8Array): void {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (inText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (OPENING.has(byte) && ++depth > MAX_DEPTH)
      throw new VaultError("LK-IMPORT-TOO-LARGE", `file is nested over ${MAX_DEPTH} deep`);
    else if (CLOSING.has(byte)) depth--;
  }
}

export function checkItemCount(count: number): void {
  if (count > MAX_ITEMS)
    throw new VaultError("LK-IMPORT-TOO-LARGE", `file has ${count} items, limit ${MAX_ITEMS}`);
}

export const isMembers = (value: unknown): value is JsonMembers =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An object's own member, never one that it inherits: a file may name one `constructor`. */
export const memberOf = (value: unknown, name: string): JsonValue | undefined =>
  isMembers(value) && Object.hasOwn(value, name) ? value[name] : undefined;

export function textOf(value: unknown, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === "string" ? member : null;
}

export function booleanOf(value: unknown, name: string): boolean | null {
  const member = memberOf(value, name);
  return typeof member === "boolean" ? member : null;
}

/** Empty for what is no array. */
export function listOf(value: unknown, name: string): readonly JsonValue[] {
  const member = memberOf(value, name);
  return Array.isArray(member) ? (member as readonly JsonValue[]) : [];
}

export const bytesOf = (value: unknown, name: string): Uint8Array | null => {
  const text = textOf(value, name);
  return text === null ? null : decodeLooseBase64(text);
};

/** Seconds since 1970 as milliseconds; NaN for what is no number. */
export function secondsOf(value: unknown, name: string): number | null {
  const member = memberOf(value, name);
  if (member === undefined || member === null) return null;
  return typeof member === "number" ? member * 1000 : Number.NaN;
}

/** The members that a reader does not know. */
export function unknownOf(value: JsonMembers, known: ReadonlySet<string>): JsonMembers {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !known.has(name)));
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map(Array.from(ALPHABET, (letter, value) => [letter.charCodeAt(0), value]));
VALUES.set("+".charCodeAt(0), 62).set("/".charCodeAt(0), 63);

/** Bytes of base64 or base64url, padded or not; `null` for anything else. */
export function decodeLooseBase64(text: string): Uint8Array | null {
  let end = text.length;
  while (end > 0 && text.length - end < 2 && text[end - 1] === "=") end--;
  if (end % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  let bits = 0;
  let held = 0;
  let written = 0;
  for (let at = 0; at < end; at++) {
    const value = VALUES.get(text.charCodeAt(at));
    if (value === undefined) return null;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[written++] = (held >> bits) & 0xff;
    }
  }
  return bytes;
}

/** Bytes as text and back: UTF-8, base64url without padding (RFC 4648 § 5) and lower-case hex. Strict both ways. */
import { base64urlnopad, hex } from "@scure/base";

// Neither is in ECMAScript; both are in every host. Declared here and nowhere else, so that core stays free of DOM and Node types.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (
  label: "utf-8",
  options: { fatal: true; ignoreBOM: true },
) => { decode(bytes: Uint8Array): string };

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const encodeUtf8 = (text: string): Uint8Array => encoder.encode(text);

/** Throws `TypeError` on malformed UTF-8: nothing is replaced by U+FFFD. */
export const decodeUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes);

export const encodeBase64url = (bytes: Uint8Array): string => base64urlnopad.encode(bytes);

/** The bytes, or `null` when the text is not canonical base64url without padding. */
export function decodeBase64url(text: string): Uint8Array | null {
  try {
    return base64urlnopad.decode(text);
  } catch {
    return null;
  }
}

export const encodeHex = (bytes: Uint8Array): string => hex.encode(bytes);

/** The bytes, or `null` when the text is not lower-case hex of whole bytes. */
export function decodeHex(text: string): Uint8Array | null {
  if (text !== text.toLowerCase()) return null;
  try {
    return hex.decode(text);
  } catch {
    return null;
  }
}

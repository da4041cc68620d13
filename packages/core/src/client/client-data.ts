/**
 * clientDataJSON (WebAuthn L3 § 5.8.1), byte for byte as § 5.8.1.1 writes it: relying parties may compare instead of parsing.
 *
 *   {"type":…,"challenge":…,"origin":…,"crossOrigin":true|false[,"topOrigin":…]}
 */
import { encodeBase64url, encodeUtf8 } from "../bytes/text.ts";

export interface ClientData {
  readonly type: "webauthn.create" | "webauthn.get";
  readonly challenge: Uint8Array;
  /** The serialisation of the page's origin. */
  readonly origin: string;
  /** That of the page at the top, for a page in a frame of another origin. */
  readonly topOrigin: string | null;
  /** Left out: whether there is a `topOrigin`. */
  readonly isCrossOrigin?: boolean;
}

export function serializeClientData(data: ClientData): Uint8Array {
  const { type, challenge, origin, topOrigin, isCrossOrigin = topOrigin !== null } = data;
  const members = [
    `"type":${toCcdString(type)}`,
    `"challenge":${toCcdString(encodeBase64url(challenge))}`,
    `"origin":${toCcdString(origin)}`,
    `"crossOrigin":${isCrossOrigin}`,
    ...(topOrigin === null ? [] : [`"topOrigin":${toCcdString(topOrigin)}`]),
  ];
  return encodeUtf8(`{${members.join(",")}}`);
}

/** CCDToString: like JSON, but nothing above U+001F is escaped save quote and backslash, and what is escaped has one form. */
export function toCcdString(text: string): string {
  let result = '"';
  for (const character of text.toWellFormed()) {
    if (character === '"' || character === "\\") result += `\\${character}`;
    else if (character < " ") result += `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
    else result += character;
  }
  return `${result}"`;
}

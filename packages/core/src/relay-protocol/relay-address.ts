/**
 * A relay's address as people and invitations carry it: `https://relay.example/#<token>`. The token lets its holder create rooms there
 * (admission); it stands in the fragment, which no HTTP client sends. `ws:` and `wss:` are read as `http:` and `https:`.
 * An origin has no path, no user and no default port: what is signed in the handshake must have one spelling.
 */
import { decodeBase64url, encodeBase64url } from "../bytes/text.ts";
import { VaultError } from "../errors.ts";
import { MAX_CREATION_TOKEN_BYTES, MIN_CREATION_TOKEN_BYTES } from "./limits.ts";
import { formatId, type MailboxId, type Nameplate, type RoomId } from "./room-id.ts";

export interface RelayAddress {
  /** `https://host`, `http://host:port`: lower case, no slash at the end. The audience of the handshake. */
  readonly origin: string;
  /** The room creation token (16 to 64 bytes), or `null` for an open relay. */
  readonly token: Uint8Array | null;
}

/** Long enough for a DNS name (253), a port, a scheme and a token. */
const MAX_ADDRESS_LENGTH = 400;
/** Scheme, host (a name, IPv4, or IPv6 in brackets), port, at most a slash, fragment. Anything else is refused, not repaired. */
const ADDRESS =
  /^(https?|wss?):\/\/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?\/?(?:#([A-Za-z0-9_-]*))?$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: "80", https: "443" };

/** Reads an address. Throws `LK-RELAY-ORIGIN`. */
export function parseRelayAddress(text: string): RelayAddress {
  const match = text.length <= MAX_ADDRESS_LENGTH ? ADDRESS.exec(text) : null;
  if (match === null) refuse("is not http(s)://host or http(s)://host:port, with a token after # at most");
  const [, scheme = "", host = "", port, fragment] = match;
  if (host.includes("..")) refuse("has an empty label in its host");
  if (port !== undefined && Number(port) > 65_535) refuse("has a port over 65535");
  const secure = scheme === "https" || scheme === "wss" ? "https" : "http";
  const suffix = port === undefined || port === DEFAULT_PORTS[secure] ? "" : `:${port}`;
  return { origin: `${secure}://${host}${suffix}`, token: readToken(fragment) };
}

/** The text form of an address, as `parseRelayAddress` reads it. */
export function formatRelayAddress({ origin, token }: RelayAddress): string {
  return token === null ? origin : `${origin}/#${encodeBase64url(token)}`;
}

/** Where the socket of a room is opened. */
export function roomSocketUrl(origin: string, roomId: RoomId): string {
  return `${socketOrigin(origin)}/v1/rooms/${formatId(roomId)}/ws`;
}

/** Where the socket of a pairing mailbox is opened. */
export function mailboxSocketUrl(origin: string, mailboxId: MailboxId): string {
  return `${socketOrigin(origin)}/v1/mailboxes/${formatId(mailboxId)}/ws`;
}

/** Where the socket of a pairing mailbox is opened by whoever knows its nameplate only. */
export function nameplateSocketUrl(origin: string, nameplate: Nameplate): string {
  return `${socketOrigin(origin)}/v1/nameplates/${nameplate}/ws`;
}

const socketOrigin = (origin: string): string => origin.replace(/^http/, "ws");

function readToken(fragment: string | undefined): Uint8Array | null {
  if (fragment === undefined || fragment === "") return null;
  const token = decodeBase64url(fragment);
  if (token === null || token.length < MIN_CREATION_TOKEN_BYTES || token.length > MAX_CREATION_TOKEN_BYTES) {
    refuse(
      `has a token that is not ${MIN_CREATION_TOKEN_BYTES} to ${MAX_CREATION_TOKEN_BYTES} bytes of base64url`,
    );
  }
  return token;
}

function refuse(what: string): never {
  throw new VaultError("LK-RELAY-ORIGIN", `relay address ${what}`);
}

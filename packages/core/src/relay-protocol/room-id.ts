/**
 * Room and mailbox ids. A room id certifies itself: it is derived from the room's two public keys, so a relay can check a stranger's
 * claim on a room it never saw, and nobody can squat one (sync-protocol.md § 2; elsewhere it is called log id).
 * SHA-256 here and nowhere else in the protocol, because every relay host has it built in; it is injected.
 */
import { decodeBase64url, encodeBase64url } from "../bytes/text.ts";
import { encodeCbor } from "../cbor/codec.ts";
import { LABELS } from "../crypto/labels.ts";

export const ROOM_ID_BYTES = 16;
export const MAILBOX_ID_BYTES = 16;

/** 16 bytes naming a room: one epoch of one vault, or a recovery page's locator. */
export type RoomId = Uint8Array & { readonly __brand: "RoomId" };
/** 16 random bytes naming a pairing mailbox. */
export type MailboxId = Uint8Array & { readonly __brand: "MailboxId" };
/** A short number under which a mailbox can be claimed for some minutes. */
export type Nameplate = number & { readonly __brand: "Nameplate" };

export type Sha256 = (data: Uint8Array) => Uint8Array;

/** The room of these two Ed25519 public keys: the first half of SHA-256 over [label, auth key, authority key]. */
export function deriveRoomId(
  authPublicKey: Uint8Array,
  authorityPublicKey: Uint8Array,
  sha256: Sha256,
): RoomId {
  return sha256(encodeCbor([LABELS.roomId, authPublicKey, authorityPublicKey])).slice(
    0,
    ROOM_ID_BYTES,
  ) as RoomId;
}

/** The id from a URL path (22 characters base64url), or `null`. */
export function parseRoomId(text: string): RoomId | null {
  return parseId(text, ROOM_ID_BYTES) as RoomId | null;
}

/** The id from a URL path (22 characters base64url), or `null`. */
export function parseMailboxId(text: string): MailboxId | null {
  return parseId(text, MAILBOX_ID_BYTES) as MailboxId | null;
}

/** The number from a URL path (3 to 6 digits, no zero in front), or `null`. */
export function parseNameplate(text: string): Nameplate | null {
  return /^[1-9][0-9]{2,5}$/.test(text) ? (Number(text) as Nameplate) : null;
}

export const formatId = (id: RoomId | MailboxId): string => encodeBase64url(id);

function parseId(text: string, length: number): Uint8Array | null {
  const bytes = decodeBase64url(text);
  return bytes !== null && bytes.length === length ? bytes : null;
}

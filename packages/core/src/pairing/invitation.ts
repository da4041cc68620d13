/**
 * The text of the QR code (protocol § 8, step 0).
 *
 *   text    = app address ‖ "#" ‖ base64url(payload)                 about 170 characters with one relay
 *   payload = [1, mailbox id(16), eE public(32), psk(32), relays]    canonical CBOR
 *   relays  = 1 to 4 of [origin, creation token or null]             in the order in which to try them
 *
 * Everything secret stands in the fragment, which a browser does not send to whoever serves the app. Whoever has the text can
 * claim the invitation; it admits nobody without the code (`code.ts`). The app address is for the phone's camera alone: nothing
 * rests on it, and it is the one part that no key binds.
 *
 * This file neither makes keys nor knows how long an invitation lives: `live-invitations.ts`.
 */
import { decodeBase64url, encodeBase64url } from "../bytes/text.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { AGREEMENT_PUBLIC_KEY_BYTES } from "../crypto/key-agreement.ts";
import { VaultError } from "../errors.ts";

export const PAIRING_VERSION = 1;
export const MAILBOX_ID_BYTES = 16;
export const PSK_BYTES = 32;

/** Four relays with tokens still make a QR code that a phone reads; the usual one or two stay within version 10. */
const MAX_RELAYS = 4;
const MAX_ORIGIN = 100;
const MAX_TOKEN = 64;
const MAX_APP_ADDRESS = 100;
/** UTF-16 units: over the longest text that the bounds above allow, so that junk is dropped before it is decoded. */
const MAX_TEXT = 1_280;

/** Scheme, host and port, lower case, nothing after them: what the relay names as its audience. */
const ORIGIN = /^(?:https?|wss?):\/\/[a-z0-9.:[\]-]+$/;
const APP_ADDRESS = /^https:\/\/[!-"$-~]+$/;
const TOKEN = /^[!-~]+$/;

/** A relay as one device hands it to another. */
export interface RelayAddress {
  readonly origin: string;
  /** What the relay asks for before it makes a new room, if anything. */
  readonly creationToken: string | null;
}

export interface Invitation {
  readonly relays: readonly RelayAddress[];
  /** 16 bytes. */
  readonly mailboxId: Uint8Array;
  /** The inviter's ephemeral X25519 key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 32 random bytes that only this text carries. */
  readonly psk: Uint8Array;
}

/** The payload, as both sides put it at the head of the transcript. Throws `LK-PAIR-MALFORMED` for a relay outside the bounds. */
export function encodeInvitation(invitation: Invitation): Uint8Array {
  const { relays, mailboxId, publicKey, psk } = invitation;
  if (relays.length === 0 || relays.length > MAX_RELAYS)
    refuse(`invitation has ${relays.length} relays, 1 to ${MAX_RELAYS} allowed`);
  const list = relays.map((relay): CborValue => {
    checkRelay(relay);
    return [relay.origin, relay.creationToken];
  });
  return encodeCbor([PAIRING_VERSION, mailboxId, publicKey, psk, list]);
}

/** The text to show. Throws `LK-PAIR-MALFORMED` for an app address or a relay outside the bounds. */
export function formatInvitation(appAddress: string, invitation: Invitation): string {
  checkAppAddress(appAddress);
  return `${appAddress}#${encodeBase64url(encodeInvitation(invitation))}`;
}

/**
 * Reads a scanned or pasted text, which the host has trimmed. For every accepted text `formatInvitation` gives it back.
 * Throws `LK-PAIR-VERSION` for another version's payload and `LK-PAIR-MALFORMED` for anything else.
 */
export function parseInvitation(text: string): {
  readonly appAddress: string;
  readonly invitation: Invitation;
} {
  if (text.length > MAX_TEXT) refuse(`invitation is ${text.length} characters, limit ${MAX_TEXT}`);
  const mark = text.indexOf("#");
  if (mark < 0) refuse("invitation has no fragment");
  const appAddress = text.slice(0, mark);
  checkAppAddress(appAddress);
  const payload = decodeBase64url(text.slice(mark + 1));
  if (payload === null) refuse("invitation is not base64url");
  return { appAddress, invitation: decodeInvitation(payload) };
}

function decodeInvitation(payload: Uint8Array): Invitation {
  return readStructure("LK-PAIR-MALFORMED", payload, (value) => {
    checkVersion(value);
    const fields = new Fields(value, "invitation", 5);
    fields.uint("version");
    const mailboxId = fields.bytes("mailbox id", MAILBOX_ID_BYTES);
    const publicKey = fields.bytes("public key", AGREEMENT_PUBLIC_KEY_BYTES);
    const psk = fields.bytes("psk", PSK_BYTES);
    const relays = fields.list("relays", MAX_RELAYS, decodeRelay);
    if (relays.length === 0) refuse("invitation has no relay");
    return { relays, mailboxId, publicKey, psk };
  });
}

/** The version comes before the form: what a later version puts after it is not ours to judge. */
function checkVersion(value: CborValue): void {
  const version = Array.isArray(value) ? (value as readonly CborValue[])[0] : undefined;
  if (typeof version === "number" && version !== PAIRING_VERSION)
    throw new VaultError("LK-PAIR-VERSION", `invitation version ${version}, known ${PAIRING_VERSION}`);
}

function decodeRelay(value: CborValue): RelayAddress {
  const fields = new Fields(value, "invitation relay", 2);
  const origin = fields.text("origin", MAX_ORIGIN);
  const creationToken = fields.optional((f) => f.text("creation token", MAX_TOKEN));
  const relay = { origin, creationToken };
  checkRelay(relay);
  return relay;
}

function checkRelay({ origin, creationToken }: RelayAddress): void {
  if (origin.length > MAX_ORIGIN || !ORIGIN.test(origin)) refuse("relay origin is not scheme, host and port");
  if (creationToken !== null && (creationToken.length > MAX_TOKEN || !TOKEN.test(creationToken)))
    refuse(`creation token is not 1 to ${MAX_TOKEN} printable characters`);
}

function checkAppAddress(appAddress: string): void {
  if (appAddress.length > MAX_APP_ADDRESS || !APP_ADDRESS.test(appAddress))
    refuse(`app address is not an https address of at most ${MAX_APP_ADDRESS} characters`);
}

function refuse(message: string): never {
  throw new VaultError("LK-PAIR-MALFORMED", message);
}

/**
 * The text of the QR code (protocol § 8, step 0).
 *
 *   text    = app address ‖ "#" ‖ base64url(payload)                 about 170 characters with one relay
 *   payload = [1, mailbox id(16), eE public(32), psk(32), relays]    canonical CBOR
 *   relays  = 1 to 4 relay addresses, `https://relay.example/#token`, in the order in which to try them
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
import { isVaultError, VaultError } from "../errors.ts";
import { formatRelayAddress, parseRelayAddress, type RelayAddress } from "../relay-protocol/relay-address.ts";
import { MAILBOX_ID_BYTES, type MailboxId } from "../relay-protocol/room-id.ts";

export const PAIRING_VERSION = 1;
export const PSK_BYTES = 32;

/** Four relays with tokens still make a QR code that a phone reads; the usual one or two stay within version 10. */
export const MAX_RELAYS = 4;
/** Characters: a host of 90 and the longest token. */
const MAX_RELAY_ADDRESS = 190;
const MAX_APP_ADDRESS = 100;
/** Over the longest text that the bounds above allow, so that junk is dropped before it is decoded. */
const MAX_TEXT = 1_280;

/** Printable ASCII but `#`. */
const APP_ADDRESS = /^https:\/\/[!-"$-~]+$/;

export interface Invitation {
  readonly relays: readonly RelayAddress[];
  readonly mailboxId: MailboxId;
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
  const addresses = relays.map(formatRelayAddress);
  for (const address of addresses) readPairingRelay(address);
  return encodeCbor([PAIRING_VERSION, mailboxId, publicKey, psk, addresses]);
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
    const mailboxId = fields.bytes("mailbox id", MAILBOX_ID_BYTES) as MailboxId;
    const publicKey = fields.bytes("public key", AGREEMENT_PUBLIC_KEY_BYTES);
    const psk = fields.bytes("psk", PSK_BYTES);
    const relays = fields.list("relays", MAX_RELAYS, readPairingRelay);
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

/** A relay address in its one spelling: the origin is what the relay's handshake signs. Throws `LK-PAIR-MALFORMED`. */
export function readPairingRelay(address: CborValue): RelayAddress {
  if (typeof address !== "string" || address.length > MAX_RELAY_ADDRESS)
    refuse(`relay is not an address of at most ${MAX_RELAY_ADDRESS} characters`);
  try {
    const relay = parseRelayAddress(address);
    if (formatRelayAddress(relay) !== address) refuse("relay address is in another spelling");
    return relay;
  } catch (error) {
    if (!isVaultError(error, "LK-RELAY-ORIGIN")) throw error;
    throw new VaultError("LK-PAIR-MALFORMED", error.message, { cause: error });
  }
}

function checkAppAddress(appAddress: string): void {
  if (appAddress.length > MAX_APP_ADDRESS || !APP_ADDRESS.test(appAddress))
    refuse(`app address is not an https address of at most ${MAX_APP_ADDRESS} characters`);
}

function refuse(message: string): never {
  throw new VaultError("LK-PAIR-MALFORMED", message);
}

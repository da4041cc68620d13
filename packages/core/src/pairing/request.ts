/**
 * The text of the code that a *new* device shows (protocol § 8, the other direction).
 *
 *   text    = "latchkey-join:" ‖ base64url(payload)
 *   payload = [1, mailbox id(16), eN public(32), psk(32), commitment(32), relays]      canonical CBOR; relays as in an invitation
 *
 * Whoever scans one gives a vault away. So it is no link: a camera app that reads it opens nothing, and the existing device takes it from its
 * own scanner or paste field alone, after the person chose to add a device there.
 */
import { decodeBase64url, encodeBase64url } from "../bytes/text.ts";
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { AGREEMENT_PUBLIC_KEY_BYTES } from "../crypto/key-agreement.ts";
import { VaultError } from "../errors.ts";
import { formatRelayAddress } from "../relay-protocol/relay-address.ts";
import { MAILBOX_ID_BYTES, type MailboxId } from "../relay-protocol/room-id.ts";
import { type Invitation, MAX_RELAYS, PSK_BYTES, readPairingRelay } from "./invitation.ts";

export const REQUEST_VERSION = 1;
const PREFIX = "latchkey-join:";
/** Over the longest text that the bounds allow. */
const MAX_TEXT = 1_280;

/** `publicKey` is the joiner's. */
export interface JoinRequest extends Invitation {
  /** To rN, eN public, identity, name and platform (`transcript.ts`). */
  readonly commitment: Uint8Array;
}

/** The payload, as both sides put it at the head of the transcript. Throws `LK-PAIR-MALFORMED` for a relay outside the bounds. */
export function encodeRequest({ relays, mailboxId, publicKey, psk, commitment }: JoinRequest): Uint8Array {
  if (relays.length === 0 || relays.length > MAX_RELAYS)
    throw new VaultError(
      "LK-PAIR-MALFORMED",
      `request has ${relays.length} relays, 1 to ${MAX_RELAYS} allowed`,
    );
  const addresses = relays.map(formatRelayAddress);
  for (const address of addresses) readPairingRelay(address);
  return encodeCbor([REQUEST_VERSION, mailboxId, publicKey, psk, commitment, addresses]);
}

export const formatRequest = (payload: Uint8Array): string => PREFIX + encodeBase64url(payload);

/** Whether a text is meant to be one: to tell a person who scanned the wrong code. */
export const isRequestText = (text: string): boolean => text.startsWith(PREFIX);

/** Reads a scanned or pasted text. Throws `LK-PAIR-VERSION` for another version's payload and `LK-PAIR-MALFORMED` for anything else. */
export function parseRequest(text: string): JoinRequest {
  if (text.length > MAX_TEXT || !isRequestText(text)) throw refuse("text is no request to join");
  const payload = decodeBase64url(text.slice(PREFIX.length));
  if (payload === null) throw refuse("request is not base64url");
  return readStructure("LK-PAIR-MALFORMED", payload, (value) => {
    const version = Array.isArray(value) ? (value as readonly CborValue[])[0] : undefined;
    if (typeof version === "number" && version !== REQUEST_VERSION)
      throw new VaultError("LK-PAIR-VERSION", `request version ${version}, known ${REQUEST_VERSION}`);
    const fields = new Fields(value, "request", 6);
    fields.uint("version");
    const mailboxId = fields.bytes("mailbox id", MAILBOX_ID_BYTES) as MailboxId;
    const publicKey = fields.bytes("public key", AGREEMENT_PUBLIC_KEY_BYTES);
    const psk = fields.bytes("psk", PSK_BYTES);
    const commitment = fields.bytes("commitment", HASH_BYTES);
    const relays = fields.list("relays", MAX_RELAYS, readPairingRelay);
    if (relays.length === 0) throw refuse("request has no relay");
    return { relays, mailboxId, publicKey, psk, commitment };
  });
}

const refuse = (message: string): VaultError => new VaultError("LK-PAIR-MALFORMED", message);

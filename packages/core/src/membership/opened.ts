/**
 * The acknowledgement *opened* (sync-protocol.md § 6): a device says that it opened every secret of the epoch under its new key. With the authority
 * key, which only a user verification releases: whoever holds the metadata tier alone cannot say it.
 *
 *   payload = signature(64)      of an entry of kind 3: authority key over [opened-signature, epoch hash]
 */
import type { CborValue } from "../cbor/codec.ts";
import { Fields, readValue } from "../cbor/fields.ts";
import { LABELS } from "../crypto/labels.ts";
import { isSignedBy, SIGNATURE_BYTES, type SigningKeyPair, signOperands } from "../crypto/signature.ts";
import { VaultError } from "../errors.ts";
import type { DeviceIdentity } from "./device.ts";

export const signOpened = (authority: SigningKeyPair, epochHash: Uint8Array): CborValue =>
  signOperands(authority, LABELS.openedSignature, epochHash);

/** Throws `LK-EPOCH-MALFORMED` or `LK-EPOCH-SIGNATURE`. */
export function checkOpened(payload: CborValue, epochHash: Uint8Array, author: DeviceIdentity): void {
  const signature = readValue("LK-EPOCH-MALFORMED", () =>
    new Fields([payload], "acknowledgement", 1).bytes("authority signature", SIGNATURE_BYTES),
  );
  if (!isSignedBy(author.authorityPublicKey, signature, LABELS.openedSignature, epochHash))
    throw new VaultError("LK-EPOCH-SIGNATURE", "acknowledgement is not signed by its device's authority key");
}

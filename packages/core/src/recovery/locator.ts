/**
 * The locator of a recovery page (sync-protocol.md § 9): a small room at the vault's relays, found with the page's secret alone. Its snapshot slot
 * holds the newest epoch record that leads the page into the vault, so that page and relay are enough. Devices know the room's auth key
 * and seal, to write it; the authority key, which could empty the room, is on the paper alone.
 *
 *   locator seed = KDF(page secret, page-locator, [which])      which: "auth", "authority" or "seal"; "auth" and "authority" are seeds of Ed25519 pairs
 *   room id      = as of any room, from these two keys
 *   content      = [1, epoch number, epoch hash(32), welcome or null]         null: the page was put out, and is dead
 *   slot         = nonce ‖ ciphertext of padmé(content) under the seal key, data = [locator-seal, room id]
 */
import { encodeCbor } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import {
  AEAD_NONCE_BYTES,
  AEAD_TAG_BYTES,
  joinSealed,
  sealBytes,
  splitSealed,
  tryOpenBytes,
} from "../crypto/aead.ts";
import { deriveKey, HASH_BYTES } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { deriveSigningKeyPair, type SigningKeyPair } from "../crypto/signature.ts";
import { wipe } from "../crypto/wipe.ts";
import { equalBytes } from "../bytes/equal.ts";
import { isVaultError } from "../errors.ts";
import { padBytes, padmeLength, unpadBytes } from "../log/padding.ts";
import type { Random } from "../ports.ts";
import { deriveRoomId, type RoomId, type Sha256 } from "../relay-protocol/room-id.ts";
import { sha256 } from "../crypto/sha256.ts";

const VERSION = 1;
/** An epoch record with seals for 24 members is about 60 KiB. */
export const MAX_LOCATOR_BYTES = 262_144;
const MAX_WELCOME_BYTES = 131_072;

/** What a device knows of a page's locator: enough to write it. */
export interface LocatorKeys {
  readonly authSeed: Uint8Array;
  readonly authorityPublicKey: Uint8Array;
  readonly sealKey: Uint8Array;
}

export interface LocatorRoom {
  readonly id: RoomId;
  readonly auth: SigningKeyPair;
  readonly authorityPublicKey: Uint8Array;
}

export interface LocatorContent {
  readonly number: number;
  readonly epochHash: Uint8Array;
  /** From where the page begins (`device/welcome.ts`); `null` when it was put out of the vault. */
  readonly welcome: Uint8Array | null;
}

export function deriveLocatorKeys(secret: Uint8Array): LocatorKeys {
  const seed = (which: string): Uint8Array => deriveKey(secret, LABELS.pageLocator, [which]);
  const authority = deriveSigningKeyPair(seed("authority"));
  wipe(authority.secretKey);
  return { authSeed: seed("auth"), authorityPublicKey: authority.publicKey, sealKey: seed("seal") };
}

export function openLocatorRoom(keys: LocatorKeys, hash: Sha256 = sha256): LocatorRoom {
  const auth = deriveSigningKeyPair(keys.authSeed);
  const { authorityPublicKey } = keys;
  return { id: deriveRoomId(auth.publicKey, authorityPublicKey, hash), auth, authorityPublicKey };
}

export function sealLocator(keys: LocatorKeys, content: LocatorContent, random: Random): Uint8Array {
  const plain = encodeCbor([VERSION, content.number, content.epochHash, content.welcome]);
  const padded = padBytes(plain, padmeLength(plain.length + 1));
  const { id } = openLocatorRoom(keys);
  return joinSealed(sealBytes(keys.sealKey, LABELS.locatorSeal, [id], padded, random));
}

/** What a slot says, or `null` when it does not open: damaged, or written by somebody who does not know the page. */
export function openLocator(keys: LocatorKeys, slot: Uint8Array): LocatorContent | null {
  if (slot.length <= AEAD_NONCE_BYTES + AEAD_TAG_BYTES || slot.length > MAX_LOCATOR_BYTES) return null;
  const { id } = openLocatorRoom(keys);
  const sealed = splitSealed(slot, "LK-RECOVERY-MALFORMED");
  const padded = tryOpenBytes(keys.sealKey, LABELS.locatorSeal, [id], sealed);
  if (padded === null) return null;
  try {
    return readStructure("LK-RECOVERY-MALFORMED", unpadBytes(padded, "LK-RECOVERY-MALFORMED"), (value) => {
      const fields = new Fields(value, "locator", 4);
      if (fields.uint("version") !== VERSION) return null;
      return {
        number: fields.uint("epoch number"),
        epochHash: fields.bytes("epoch hash", HASH_BYTES),
        welcome: fields.optional((f) => f.bytes("welcome", { min: 1, max: MAX_WELCOME_BYTES })),
      };
    });
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}

/**
 * Whether a device that would write `own` leaves the slot as it is: it says the same already, or it tells of a later epoch, of which this
 * device will learn. A page that was put out stays out.
 */
export function isLocatorCurrent(slot: LocatorContent | null, own: LocatorContent): boolean {
  if (slot === null) return false;
  if (slot.welcome === null || own.welcome === null) return slot.welcome === null;
  return (
    slot.number > own.number || (slot.number === own.number && equalBytes(slot.epochHash, own.epochHash))
  );
}

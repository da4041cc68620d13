/**
 * A device's own keys: made on the device, never leaving it, never rotated (an epoch record can so always reach a device that was
 * away). Two in each tier: whoever holds only the metadata tier can read and write items, but neither sign in nor change who is a member.
 *
 * | key          | tier     | for                                             |
 * | ------------ | -------- | ----------------------------------------------- |
 * | entry        | metadata | Ed25519: signs entries                          |
 * | metadata KEM | metadata | X-Wing: receives epoch metadata roots           |
 * | authority    | signing  | Ed25519: signs member records and epoch records |
 * | secret KEM   | signing  | X-Wing: receives epoch signing roots            |
 */
import type { CborValue } from "../cbor/codec.ts";
import { Fields } from "../cbor/fields.ts";
import { hash } from "../crypto/hash.ts";
import { deriveKemKeyPair, KEM_PUBLIC_KEY_BYTES, KEM_SEED_BYTES, type KemKeyPair } from "../crypto/kem.ts";
import { LABELS } from "../crypto/labels.ts";
import {
  deriveSigningKeyPair,
  SIGNING_PUBLIC_KEY_BYTES,
  SIGNING_SEED_BYTES,
  type SigningKeyPair,
} from "../crypto/signature.ts";
import { DEVICE_TAG_BYTES } from "../log/entry.ts";
import type { Random } from "../ports.ts";

/** The public halves, by which other devices know this one. */
export interface DeviceIdentity {
  readonly entryPublicKey: Uint8Array;
  readonly authorityPublicKey: Uint8Array;
  readonly metadataKemPublicKey: Uint8Array;
  readonly secretKemPublicKey: Uint8Array;
}

/** What each tier stores: seeds of 32 bytes, from which the pairs are derived. */
export interface MetadataSeeds {
  readonly entry: Uint8Array;
  readonly metadataKem: Uint8Array;
}
export interface SigningSeeds {
  readonly authority: Uint8Array;
  readonly secretKem: Uint8Array;
}

export interface MetadataDeviceKeys {
  readonly entry: SigningKeyPair;
  readonly metadataKem: KemKeyPair;
}
export interface SigningDeviceKeys {
  readonly authority: SigningKeyPair;
  readonly secretKem: KemKeyPair;
}

export function makeDeviceSeeds(random: Random): { metadata: MetadataSeeds; signing: SigningSeeds } {
  return {
    metadata: { entry: random(SIGNING_SEED_BYTES), metadataKem: random(KEM_SEED_BYTES) },
    signing: { authority: random(SIGNING_SEED_BYTES), secretKem: random(KEM_SEED_BYTES) },
  };
}

export function deriveMetadataKeys(seeds: MetadataSeeds): MetadataDeviceKeys {
  return { entry: deriveSigningKeyPair(seeds.entry), metadataKem: deriveKemKeyPair(seeds.metadataKem) };
}

export function deriveSigningKeys(seeds: SigningSeeds): SigningDeviceKeys {
  return { authority: deriveSigningKeyPair(seeds.authority), secretKem: deriveKemKeyPair(seeds.secretKem) };
}

export function identityOf(metadata: MetadataDeviceKeys, signing: SigningDeviceKeys): DeviceIdentity {
  return {
    entryPublicKey: metadata.entry.publicKey,
    authorityPublicKey: signing.authority.publicKey,
    metadataKemPublicKey: metadata.metadataKem.publicKey,
    secretKemPublicKey: signing.secretKem.publicKey,
  };
}

export function encodeIdentity(identity: DeviceIdentity): CborValue {
  return [
    identity.entryPublicKey,
    identity.authorityPublicKey,
    identity.metadataKemPublicKey,
    identity.secretKemPublicKey,
  ];
}

export function decodeIdentity(value: CborValue): DeviceIdentity {
  const fields = new Fields(value, "device identity", 4);
  return {
    entryPublicKey: fields.bytes("entry key", SIGNING_PUBLIC_KEY_BYTES),
    authorityPublicKey: fields.bytes("authority key", SIGNING_PUBLIC_KEY_BYTES),
    metadataKemPublicKey: fields.bytes("metadata KEM key", KEM_PUBLIC_KEY_BYTES),
    secretKemPublicKey: fields.bytes("secret KEM key", KEM_PUBLIC_KEY_BYTES),
  };
}

/** The 8 bytes by which a relay tells the devices of one room apart: new in every log and incarnation, so unlinkable between them. */
export function deriveDeviceTag(
  entryPublicKey: Uint8Array,
  logId: Uint8Array,
  incarnation: number,
): Uint8Array {
  return hash(LABELS.deviceTag, entryPublicKey, logId, incarnation).slice(0, DEVICE_TAG_BYTES);
}

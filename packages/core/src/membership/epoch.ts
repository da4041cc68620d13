/**
 * An epoch: the time between two changes of keys. It has two random roots, and every key of its log derives from one of them.
 *
 *   M (metadata root) → entry key, record key, snapshot key, room auth key (Ed25519), sign-in index keys
 *   S (signing root)  → secret key (seals every private key), room authority key (Ed25519)
 *   log id = first 16 bytes of SHA-256([room-id, room auth public key, room authority public key])
 *
 * The log id certifies itself: whoever joins the room proves the auth key, whoever pins or purges there proves the authority key.
 */
import { deriveKey, hash } from "../crypto/hash.ts";
import { LABELS } from "../crypto/labels.ts";
import { deriveSigningKeyPair, type SigningKeyPair } from "../crypto/signature.ts";
import type { CredentialCrypto, Random } from "../ports.ts";
import { deriveRoomId } from "../relay-protocol/room-id.ts";

export const ROOT_BYTES = 32;
export type RootName = "M" | "S";

/** Everything that derives from the metadata root. */
export interface MetadataEpochKeys {
  readonly entryKey: Uint8Array;
  readonly recordKey: Uint8Array;
  readonly snapshotKey: Uint8Array;
  readonly roomAuth: SigningKeyPair;
}

/** Everything that derives from the signing root. */
export interface SigningEpochKeys {
  readonly secretKey: Uint8Array;
  readonly roomAuthority: SigningKeyPair;
}

export function makeRoots(random: Random): { metadata: Uint8Array; signing: Uint8Array } {
  return { metadata: random(ROOT_BYTES), signing: random(ROOT_BYTES) };
}

export function deriveMetadataEpochKeys(metadataRoot: Uint8Array): MetadataEpochKeys {
  return {
    entryKey: deriveKey(metadataRoot, LABELS.entryKey),
    recordKey: deriveKey(metadataRoot, LABELS.recordKey),
    snapshotKey: deriveKey(metadataRoot, LABELS.snapshotKey),
    roomAuth: deriveSigningKeyPair(deriveKey(metadataRoot, LABELS.roomAuthKey)),
  };
}

/** The secret key alone: all that a sign-in needs, and the room's key pair takes longer than all the rest of it. */
export function deriveSecretKey(signingRoot: Uint8Array): Uint8Array {
  return deriveKey(signingRoot, LABELS.secretKey);
}

/** Seed of the room authority key: all that is kept of a signing root once nothing is sealed under it. */
export function deriveRoomAuthoritySeed(signingRoot: Uint8Array): Uint8Array {
  return deriveKey(signingRoot, LABELS.roomAuthorityKey);
}

export function deriveSigningEpochKeys(signingRoot: Uint8Array): SigningEpochKeys {
  return {
    secretKey: deriveSecretKey(signingRoot),
    roomAuthority: deriveSigningKeyPair(deriveRoomAuthoritySeed(signingRoot)),
  };
}

/** What the epoch record says of a root before anyone opens a seal: H(root-commitment, which, root). */
export function commitToRoot(name: RootName, root: Uint8Array): Uint8Array {
  return hash(LABELS.rootCommitment, name, root);
}

export function deriveLogId(
  roomAuthPublicKey: Uint8Array,
  roomAuthorityPublicKey: Uint8Array,
  crypto: Pick<CredentialCrypto, "sha256">,
): Uint8Array {
  return deriveRoomId(roomAuthPublicKey, roomAuthorityPublicKey, crypto.sha256);
}

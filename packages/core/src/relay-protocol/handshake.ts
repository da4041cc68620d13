/**
 * What is signed on the way into a room, and for the three acts that need the room's authority. Ed25519 over the canonical CBOR array
 * of the operands, label first (relay.md § 5):
 *
 * | act     | key       | operands after the label                                    | why it cannot be replayed                       |
 * | ------- | --------- | ----------------------------------------------------------- | ----------------------------------------------- |
 * | join    | auth      | origin, instance id, room id, relay nonce, client nonce     | the relay's nonce is per socket and used once   |
 * | pin     | authority | room id, entry bytes                                        | it may be: the same entry is pinned again       |
 * | forward | authority | room id, instance id, relay nonce, expected, hash, body     | the relay's nonce                               |
 * | purge   | authority | room id, instance id, relay nonce                           | the relay's nonce                               |
 *
 * The origin is the audience: a rogue relay cannot pass our signature on to another. Verifying is injected (`VerifyEd25519`); this file
 * holds no key and cannot sign. A device signs with `signOperands(keyPair, ...joinOperands(challenge))`.
 */
import { type CborValue, encodeCbor } from "../cbor/codec.ts";
import { type Label, LABELS } from "../crypto/labels.ts";
import type { RoomId } from "./room-id.ts";

export const NONCE_BYTES = 32;
export const INSTANCE_ID_BYTES = 16;
export const ROOM_KEY_BYTES = 32;
export const ROOM_SIGNATURE_BYTES = 64;

/** Label and operands of one signature, in order. */
export type Operands = readonly [Label, ...CborValue[]];

/** Whether `signature` (64 bytes) is by `publicKey` (32 bytes) over `message`. WebCrypto on hosts; never throws. */
export type VerifyEd25519 = (
  publicKey: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
) => Promise<boolean>;

/** What a socket's `hello` fixed, with the room that the client asks for. */
export interface Challenge {
  /** The audience, as `https://relay.example`: the origin that the client dialled, never a Host header. */
  readonly origin: string;
  readonly instanceId: Uint8Array;
  readonly roomId: RoomId;
  /** The relay's nonce from `hello`. */
  readonly nonce: Uint8Array;
}

export function joinOperands(challenge: Challenge, clientNonce: Uint8Array): Operands {
  const { origin, instanceId, roomId, nonce } = challenge;
  return [LABELS.relayAuth, origin, instanceId, roomId, nonce, clientNonce];
}

export function pinOperands(roomId: RoomId, entry: Uint8Array): Operands {
  return [LABELS.relayPin, roomId, entry];
}

export function forwardOperands(
  challenge: Challenge,
  expected: Uint8Array | null,
  hash: Uint8Array,
  body: Uint8Array,
): Operands {
  return [LABELS.relayForward, challenge.roomId, challenge.instanceId, challenge.nonce, expected, hash, body];
}

export function purgeOperands(challenge: Challenge): Operands {
  return [LABELS.relayPurge, challenge.roomId, challenge.instanceId, challenge.nonce];
}

/** The bytes that `VerifyEd25519` gets: the canonical array of label and operands. */
export function encodeOperands(operands: Operands): Uint8Array {
  return encodeCbor(operands);
}

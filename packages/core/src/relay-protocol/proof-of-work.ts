/**
 * Work that a relay may ask for before it makes a room (admission `pow`, relay.md § 12): a solution of 16 bytes, sent as the creation
 * token, so that SHA-256 over the canonical CBOR array [label, relay nonce, room id, solution] begins with so many zero bits. The nonce is
 * the socket's own, so no work can be done ahead. The relay says how many bits in `hello`: admission `pow:20`.
 */
import { encodeCbor } from "../cbor/codec.ts";
import { LABELS } from "../crypto/labels.ts";
import type { RoomId, Sha256 } from "./room-id.ts";

export const SOLUTION_BYTES = 16;
/** The most that a device does: seconds on a slow one. A relay that asks for more is not used. */
export const MAX_WORK_BITS = 24;

const MODE = /^pow:([0-9]{1,2})$/;
/** The part of a solution that counts up; what is before it stays random. */
const COUNTER_BYTES = 8;

/** What the work is for. */
export interface WorkPlace {
  /** The relay's, of this socket. */
  readonly nonce: Uint8Array;
  readonly roomId: RoomId;
}

/** How many bits this admission asks for; 0 when it asks for no work. */
export const workBitsOf = (admission: string): number => Number(MODE.exec(admission)?.[1] ?? 0);
export const formatWork = (bits: number): string => `pow:${bits}`;

export function isWorkDone(place: WorkPlace, solution: Uint8Array, bits: number, sha256: Sha256): boolean {
  return solution.length === SOLUTION_BYTES && countZeroBits(sha256(encode(place, solution))) >= bits;
}

/** Finds a solution in about 2^bits hashes, from a random start of `SOLUTION_BYTES`. */
export function doWork(place: WorkPlace, bits: number, start: Uint8Array, sha256: Sha256): Uint8Array {
  const message = encode(place, start);
  // The solution is the end of the encoding: counted up in place.
  const counter = new DataView(message.buffer, message.byteOffset + message.length - COUNTER_BYTES);
  for (let i = 0n; countZeroBits(sha256(message)) < bits; i++) counter.setBigUint64(0, i);
  return message.slice(-SOLUTION_BYTES);
}

const encode = ({ nonce, roomId }: WorkPlace, solution: Uint8Array): Uint8Array =>
  encodeCbor([LABELS.relayWork, nonce, roomId, solution]);

function countZeroBits(hash: Uint8Array): number {
  let bits = 0;
  for (const byte of hash) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}

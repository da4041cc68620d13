/**
 * The way into an epoch for a device whose record does not name it: it was added while the record was made. Written into the log where it
 * is, by whoever makes it a member of the new one; its `member` entry stands in the new log like any other.
 *
 *   readmission = [epoch hash(32), member entry]      the payload of an entry of kind 9; the member record is signed for the new log
 */
import type { CborValue } from "../cbor/codec.ts";
import { Fields } from "../cbor/fields.ts";
import { HASH_BYTES } from "../crypto/hash.ts";
import { decodeMemberEntry, encodeMemberEntry, type MemberEntry } from "./member-record.ts";

export interface Readmission {
  readonly epochHash: Uint8Array;
  readonly entry: MemberEntry;
}

export const encodeReadmission = ({ epochHash, entry }: Readmission): CborValue => [
  epochHash,
  encodeMemberEntry(entry),
];

/** Throws `LK-CBOR-INVALID`. */
export function decodeReadmission(value: CborValue): Readmission {
  const fields = new Fields(value, "readmission", 2);
  const epochHash = fields.bytes("epoch hash", HASH_BYTES);
  return { epochHash, entry: decodeMemberEntry(fields.value()) };
}

/** A readmission that was verified, for the device that it is for. */
export interface OwnReadmission {
  readonly epochHash: Uint8Array;
  /** Hash of the record by which the device is a member there. */
  readonly ownRecord: Uint8Array;
  readonly metadataSeal: Uint8Array;
  readonly signingSeal: Uint8Array | null;
}

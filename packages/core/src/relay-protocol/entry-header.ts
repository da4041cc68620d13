/**
 * All that a relay reads of an entry. The entry (`core/log/entry.ts`) is the canonical CBOR array
 *
 *   [ [ 1, suite, log id (16), device tag (8), seq uint, previous hash (32) ], nonce (24), ciphertext, signature (64) ]
 *
 * of at most 65 536 bytes. A relay checks the form, the room and the lengths, and keeps tag and seq to find doubles. It has no key:
 * signature and seal are checked by devices.
 */
import type { CborValue } from "../cbor/codec.ts";
import { Fields, readStructure } from "../cbor/fields.ts";
import { equalBytes } from "../bytes/equal.ts";
import { VaultError } from "../errors.ts";
import { MAX_ENTRY_BYTES } from "./limits.ts";
import type { RoomId } from "./room-id.ts";

export const DEVICE_TAG_BYTES = 8;

const HEADER_VERSION = 1;
/** Suites are small numbers; which of them mean something is the devices' business. */
const MAX_SUITE = 255;
const PREVIOUS_HASH_BYTES = 32;
const SEAL_NONCE_BYTES = 24;
const SIGNATURE_BYTES = 64;

export interface EntryHeader {
  /** 8 bytes, unlinkable between rooms. */
  readonly deviceTag: Uint8Array;
  /** The device's own running number in this room. */
  readonly seq: number;
}

/** The header of `entry`. Throws `LK-ENTRY-TOO-LARGE`, or `LK-ENTRY-MALFORMED` for another form or another room. */
export function readEntryHeader(entry: Uint8Array, roomId: RoomId): EntryHeader {
  if (entry.length > MAX_ENTRY_BYTES) {
    throw new VaultError("LK-ENTRY-TOO-LARGE", `entry is ${entry.length} bytes, limit ${MAX_ENTRY_BYTES}`);
  }
  return readStructure("LK-ENTRY-MALFORMED", entry, (value) => readEntry(value, roomId));
}

function readEntry(value: CborValue, roomId: RoomId): EntryHeader {
  const fields = new Fields(value, "entry", 4);
  const header = new Fields(fields.value(), "entry header", 6);
  if (header.uint("version") !== HEADER_VERSION)
    throw new VaultError("LK-ENTRY-MALFORMED", "entry header: version is not 1");
  header.uint("suite", MAX_SUITE);
  if (!equalBytes(header.bytes("log id", roomId.length), roomId)) {
    throw new VaultError("LK-ENTRY-MALFORMED", "entry header: log id is not this room");
  }
  const deviceTag = header.bytes("device tag", DEVICE_TAG_BYTES);
  const seq = header.uint("seq");
  header.bytes("previous hash", PREVIOUS_HASH_BYTES);
  fields.bytes("nonce", SEAL_NONCE_BYTES);
  fields.bytes("ciphertext", { min: 1, max: MAX_ENTRY_BYTES });
  fields.bytes("signature", SIGNATURE_BYTES);
  return { deviceTag, seq };
}

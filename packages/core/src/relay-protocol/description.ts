/**
 * Everything a relay holds about one room, as it tells the members that ask (`describe`) and as `latchkey relay inspect` prints it: the
 * screen "what the mailbox sees". On the wire the array
 *
 *   [created day, seen day, head, entries, bytes, pins, pin bytes,
 *    [[device tag (8), entries, bytes, highest seq, first day, last day] … ≤ 32], snapshot slot, forward slot, invitation or null]
 *
 * `entries` and `bytes` do not count pins. Days count from 1970-01-01 UTC.
 */
import type { CborValue } from "../cbor/codec.ts";
import { Fields } from "../cbor/fields.ts";
import { DEVICE_TAG_BYTES } from "./entry-header.ts";
import { readSlot, type Slot, writeSlot } from "./frame-codec.ts";
import { MAX_DEVICE_TAGS } from "./limits.ts";

/** What is known of one device in one room. */
export interface TagDescription {
  readonly deviceTag: Uint8Array;
  readonly entries: number;
  readonly bytes: number;
  readonly highestSeq: number;
  readonly firstDay: number;
  readonly lastDay: number;
}

export interface Description {
  readonly createdDay: number;
  /** The last day on which somebody joined. */
  readonly seenDay: number;
  readonly head: number;
  readonly entries: number;
  readonly bytes: number;
  readonly pins: number;
  readonly pinBytes: number;
  readonly tags: readonly TagDescription[];
  readonly snapshot: Slot | null;
  readonly forward: Slot | null;
  /** The relay's number of the invitation that made the room: rooms with one number can be told to belong together. */
  readonly invite: number | null;
}

export function writeDescription(d: Description): CborValue {
  const tags = d.tags.map((t) => [t.deviceTag, t.entries, t.bytes, t.highestSeq, t.firstDay, t.lastDay]);
  const counts = [d.createdDay, d.seenDay, d.head, d.entries, d.bytes, d.pins, d.pinBytes];
  return [...counts, tags, writeSlot(d.snapshot), writeSlot(d.forward), d.invite];
}

/** Throws `LK-CBOR-INVALID`. */
export function readDescription(value: CborValue): Description {
  const fields = new Fields(value, "description", 11);
  return {
    createdDay: fields.uint("created day"),
    seenDay: fields.uint("seen day"),
    head: fields.uint("head"),
    entries: fields.uint("entries"),
    bytes: fields.uint("bytes"),
    pins: fields.uint("pins"),
    pinBytes: fields.uint("pin bytes"),
    tags: fields.list("tags", MAX_DEVICE_TAGS, readTag),
    snapshot: readSlot(fields),
    forward: readSlot(fields),
    invite: fields.optional((invite) => invite.uint("invitation")),
  };
}

function readTag(item: CborValue): TagDescription {
  const tag = new Fields(item, "tag description", 6);
  return {
    deviceTag: tag.bytes("device tag", DEVICE_TAG_BYTES),
    entries: tag.uint("entries"),
    bytes: tag.uint("bytes"),
    highestSeq: tag.uint("highest seq"),
    firstDay: tag.uint("first day"),
    lastDay: tag.uint("last day"),
  };
}

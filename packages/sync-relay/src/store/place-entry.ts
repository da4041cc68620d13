/** What a room's counters make of one entry: a double, a place with the next cursor, or a refusal. Shared by the stores that speak SQL. */
import { MAX_DEVICE_TAGS } from "@latchkey/core/relay-protocol";
import type { NewEntry, StoredEntry, StoreLimits } from "./store.ts";

/** A room's counters, read when a batch first touches it and written back at its end. */
export interface Counters {
  head: number;
  entries: number;
  bytes: number;
  pins: number;
  pinBytes: number;
  tags: number;
}

/** What the store has already under the entry's tag and number. */
export interface Known {
  /** The same bytes. */
  readonly double: { readonly cursor: number; readonly pinned: boolean } | null;
  /** Whether anything has this device tag. */
  readonly hasTag: () => boolean;
}

/** `pin`: the double is to be pinned. */
export type Placed = Extract<StoredEntry, { readonly cursor: number }> & { readonly pin: boolean };

export const QUOTA = { code: "LK-RELAY-QUOTA" } as const;
export const GONE = { code: "LK-RELAY-GONE" } as const;

/** Counts the entry in, if it is stored. */
export function placeEntry(
  room: Counters,
  { bytes, pinned }: NewEntry,
  { double, hasTag }: Known,
  limits: StoreLimits,
): Placed | typeof QUOTA {
  const size = bytes.length;
  const pinFits = (): boolean => room.pins < limits.roomPins && room.pinBytes + size <= limits.roomPinBytes;
  const logFits = (): boolean =>
    room.entries < limits.roomLogEntries && room.bytes + size <= limits.roomLogBytes;

  if (double !== null) {
    const pin = pinned && !double.pinned;
    if (pin && !pinFits()) return QUOTA;
    if (pin) {
      room.entries--;
      room.bytes -= size;
      room.pins++;
      room.pinBytes += size;
    }
    return { cursor: double.cursor, fresh: false, pin };
  }
  if (!(pinned ? pinFits() : logFits())) return QUOTA;
  if (!hasTag()) {
    if (room.tags >= MAX_DEVICE_TAGS) return QUOTA;
    room.tags++;
  }
  if (pinned) {
    room.pins++;
    room.pinBytes += size;
  } else {
    room.entries++;
    room.bytes += size;
  }
  return { cursor: ++room.head, fresh: true, pin: false };
}

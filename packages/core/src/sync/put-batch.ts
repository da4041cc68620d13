/** How much goes into one `put`: as many entries, in order, as a frame of the relay protocol holds. Their number is bounded by the caller. */
import { MAX_FRAME_BYTES } from "../relay-protocol/limits.ts";

/** Room left in the frame for everything but the entries. */
const FRAME_OVERHEAD_BYTES = 4_096;
/** CBOR around one entry: its array, its length, its pin. */
const ENTRY_OVERHEAD_BYTES = 8;

/** The first of `entries` that fit together, at least one if there is any. */
export function fillPut<Entry extends { readonly bytes: Uint8Array }>(entries: readonly Entry[]): Entry[] {
  const batch: Entry[] = [];
  let bytes = FRAME_OVERHEAD_BYTES;
  for (const entry of entries) {
    bytes += entry.bytes.length + ENTRY_OVERHEAD_BYTES;
    if (batch.length > 0 && bytes > MAX_FRAME_BYTES) break;
    batch.push(entry);
  }
  return batch;
}

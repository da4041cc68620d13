/** Promise 4: what reaches a relay's disk are entries in one of four sizes and sealed snapshots; no text of a person is among it. */
import { ENTRY_SIZES } from "@latchkey/core/log/padding";
import { SNAPSHOT_CHUNK_BYTES } from "@latchkey/core/relay-protocol";
import { MARK } from "../new-passkey.ts";
import type { World } from "../world.ts";

const isEntrySize = (size: number): boolean => (ENTRY_SIZES as readonly number[]).includes(size);

export function judgeStoredBytes(world: World, bytes: Uint8Array): void {
  if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(MARK))
    world.violate("blind relay", "a relay was given a text in clear");
  if (!isEntrySize(bytes.length) && bytes.length > SNAPSHOT_CHUNK_BYTES)
    world.violate("blind relay", `a relay was given ${bytes.length} bytes, not a size class`);
}

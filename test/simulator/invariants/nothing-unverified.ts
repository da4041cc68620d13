/** Promise 5: nothing unverified enters. What a device accepts is, byte for byte, what a device of this vault wrote. */
import type { Replica } from "../replica.ts";
import type { World } from "../world.ts";

export function judgeAcceptedEntry(world: World, replica: Replica, hash: string, bytes: Uint8Array): void {
  if (!world.ledger.isGenuine(hash, bytes))
    world.violate(
      "nothing unverified",
      `${replica.name} accepted entry ${hash.slice(0, 8)}, which nobody wrote`,
    );
}

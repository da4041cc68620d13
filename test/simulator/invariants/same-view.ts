/** Promise 2: two devices that hold the same entries show the same vault, whatever order the entries came in. */
import { encodeHex } from "@latchkey/core/bytes/text";
import type { Device } from "@latchkey/core/device/device";
import { deriveStateHash } from "@latchkey/core/vault/state-hash";
import type { World } from "../world.ts";

/** Which entries of which log a device holds, as one text. */
export const holdingOf = ({ state, context }: Device): string =>
  `${encodeHex(context.epoch.logId)} ${[...state.accepted.keys()].sort().join()}`;

/** What it shows: everything, and the hash and heads by which devices compare it. */
export function viewOf({ state: { document } }: Device): string {
  return JSON.stringify([
    encodeHex(deriveStateHash(document)),
    document.heads().map(encodeHex),
    document
      .list()
      .map(({ id, state, title, note, tags, offered }) => [id, state, title, note, tags, offered]),
  ]);
}

export function judgeSameView(world: World): void {
  const open = world.replicas.flatMap(({ name, device }) => (device === null ? [] : [{ name, device }]));
  for (const alike of Map.groupBy(open, ({ device }) => holdingOf(device)).values()) {
    const [first, ...others] = alike;
    for (const { name, device } of others) {
      if (viewOf(device) !== viewOf(first!.device))
        world.violate(
          "same view",
          `${name} and ${first!.name} hold the same entries and show different vaults`,
        );
    }
  }
}

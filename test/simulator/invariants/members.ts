/**
 * Promise 6: no remaining device is locked out, and one that was put out reads nothing that was written after. When all faults are over, everybody
 * whom the epoch that counts does not put out is in it.
 */
import { encodeHex } from "@latchkey/core/bytes/text";
import { judgeStanding } from "@latchkey/core/device/standing";
import { isVaultError } from "@latchkey/core/errors";
import { LOG_ID_BYTES } from "@latchkey/core/log/entry";
import { keyOf } from "../device-key.ts";
import type { EpochFact } from "../ledger.ts";
import type { Replica } from "../replica.ts";
import type { World } from "../world.ts";

/** The devices that must agree; `null` where only a person can go on: rivals put each other's makers out. */
export function judgeMembers(world: World): readonly Replica[] | null {
  const open = world.replicas.filter(({ orphaned, device }) => !orphaned && device !== null);
  const standings = new Map(open.map((replica) => [replica, judgeStanding(replica.device!)]));
  if ([...standings.values()].some(({ is }) => is === "undecided")) return null;
  const chainOf = ({ device }: Replica): EpochFact[] => world.ledger.chainOf(device!.epoch.hash);
  const isIn = (replica: Replica, chain: readonly EpochFact[]): boolean =>
    !chain.some(({ removed }) => removed.includes(keyOf(replica.device!)));
  const first = open.find(
    (replica) => standings.get(replica)!.is === "member" && isIn(replica, chainOf(replica)),
  );
  if (first === undefined) return [];
  const chain = chainOf(first);
  // Admitted by a device that was put out meanwhile: it is paired again (§ 6, known limits).
  const isRefused = (replica: Replica): boolean =>
    standings.get(replica)!.is === "overlooked" &&
    chain.some(({ removed }) => removed.some((key) => key === replica.sponsor));
  const members = open.filter((replica) => isIn(replica, chain) && !isRefused(replica));
  for (const replica of members) {
    const { device, name } = replica;
    if (encodeHex(device!.epoch.hash) !== encodeHex(first.device!.epoch.hash))
      world.violate(
        "nobody locked out",
        `${name} is ${standings.get(replica)!.is}, in epoch ${device!.epoch.record.number}`,
      );
  }
  for (const replica of open) if (!isIn(replica, chain)) judgeRemoved(world, replica, chain);
  return members;
}

/** It has neither a key nor an entry of an epoch that it was put out by, or of one that followed. */
function judgeRemoved(world: World, { device, disk, name }: Replica, chain: readonly EpochFact[]): void {
  const key = keyOf(device!);
  const by = chain.findLastIndex(({ removed }) => removed.includes(key));
  const closed = chain.slice(0, by + 1).map(({ logId }) => logId);
  const logs = new Set(disk.rows("entry").map((row) => encodeHex(row.key.subarray(0, LOG_ID_BYTES))));
  for (const logId of closed) {
    if (logs.has(encodeHex(logId)))
      world.violate("removed reads nothing", `${name} has entries of an epoch without it`);
    try {
      device!.metadataRoot(logId);
      world.violate("removed reads nothing", `${name} has the key of an epoch without it`);
    } catch (error) {
      if (!isVaultError(error, "LK-KEY-DAMAGED")) throw error;
    }
  }
}

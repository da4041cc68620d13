/**
 * What losing records did and the winner did not: removals and purges stay in force (sync-protocol.md § 6), and whoever makes the next record
 * carries them out with it. A loser cannot put the winner's maker out.
 */
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import { passkeyId } from "../vault/schema.ts";
import type { Device } from "./device.ts";
import { listChain } from "./standing.ts";

export interface Duties {
  /** Entry public keys of members. */
  readonly removed: readonly Uint8Array[];
  /** Credential ids of passkeys that are in the vault. */
  readonly purged: readonly Uint8Array[];
}

export function listDuties({ state, epoch, ownRecord }: Device): Duties {
  const own = state.epochs.get(encodeHex(epoch.hash));
  if (own === undefined) return { removed: [], purged: [] };
  const chain = listChain(own, state);
  const makers = chain.map(({ makerRecord }) => makerRecord);
  const losers = [...state.epochs.values()].filter((each) => !chain.includes(each));
  const wanted = losers.flatMap(({ record }) => record.removed);
  const removed = [...state.members.values()].filter(
    ({ hash }) =>
      wanted.some((each) => equalBytes(each, hash)) &&
      !equalBytes(hash, ownRecord) &&
      !makers.some((maker) => equalBytes(maker, hash)),
  );
  const purged = losers
    .flatMap(({ record }) => record.purged)
    .filter((id) => state.document.get(passkeyId(id)) !== null);
  return {
    removed: removed.map(({ member }) => member.identity.entryPublicKey),
    purged: [...new Map(purged.map((id) => [encodeHex(id), id])).values()],
  };
}

/**
 * Changes what guards the keys of the tiers, and nothing of what the tiers hold: a vault that Windows Hello opens beside the passphrase, or
 * the passphrase alone again. Both rows change in one transaction: a crash leaves the vault as it was or as it is to be.
 */
import { wipe } from "../crypto/wipe.ts";
import type { KeyProtector, Tier } from "../ports.ts";
import type { DeviceStore, RowChange } from "../storage/device-store.ts";
import { makeTierRow, readTierRow, tierRowKey } from "./tiers.ts";

const TIERS: readonly Tier[] = ["metadata", "signing"];

/** The record for a tier's key (wiped afterwards), given the one that guards it now. It must have been opened once before it is given back. */
export type WrapTier = (tier: Tier, key: Uint8Array, before: Uint8Array) => Promise<Uint8Array>;

/** What guards the key of a tier now, as its protector wrote it. Throws `LK-KEY-DAMAGED`. */
export async function readProtectedKey(store: DeviceStore, tier: Tier): Promise<Uint8Array> {
  return readTierRow(await store.get("meta", tierRowKey(tier)), tier).protectedKey;
}

/** `opener` releases both keys first: whoever cannot open the vault changes nothing. Throws what it and `wrap` throw; then nothing has changed. */
export async function rewrapTiers(store: DeviceStore, opener: KeyProtector, wrap: WrapTier): Promise<void> {
  const rows: RowChange[] = [];
  for (const tier of TIERS) {
    const { protectedKey, sealed } = readTierRow(await store.get("meta", tierRowKey(tier)), tier);
    const key = await opener.release(tier, protectedKey);
    try {
      rows.push(makeTierRow(tier, await wrap(tier, key, protectedKey), sealed));
    } finally {
      wipe(key);
    }
  }
  await store.commit(rows);
}

/**
 * A vault that the system opens, beside the passphrase: the enrolment and its end. The passphrase opens the vault for both, so that nobody
 * leaves its only way in behind: who has forgotten it is told here, and not after Windows Hello was reset.
 */
import { readProtectedKey, rewrapTiers } from "@latchkey/core/device/rewrap-tiers";
import type { KeyProtector } from "@latchkey/core/ports";
import type { DeviceStore } from "@latchkey/core/storage/device-store";
import { addWay, findWay, removeWay } from "@latchkey/device-host/key-protection/ways";
import type { SystemProvider } from "./system-provider.ts";

type SystemWays = Pick<SystemProvider, "ways" | "makeProtector">;

/** Whether the system opens both tiers, as far as the records say: that its key is still there only a gesture shows. */
export async function isEnrolled(store: DeviceStore, { ways }: Pick<SystemWays, "ways">): Promise<boolean> {
  const [metadata, signing] = await Promise.all([
    readProtectedKey(store, "metadata"),
    readProtectedKey(store, "signing"),
  ]);
  return findWay(metadata, ways.metadata) !== null && findWay(signing, ways.signing) !== null;
}

/**
 * Adds the system's way, or makes it anew. Its protector has opened each record once before that is stored; all is stored at once.
 * Throws what `opener` and the system's protector throw; then nothing has changed.
 */
export async function enrol(store: DeviceStore, opener: KeyProtector, system: SystemWays): Promise<void> {
  const protector = system.makeProtector();
  await rewrapTiers(store, opener, async (tier, key, before) =>
    addWay(before, await protector.protect(tier, key)),
  );
}

/** Takes the system's way away again. `opener` has another one, and shows here that it opens. */
export async function endEnrolment(
  store: DeviceStore,
  opener: KeyProtector,
  { ways }: Pick<SystemWays, "ways">,
): Promise<void> {
  await rewrapTiers(store, opener, async (tier, _, before) => removeWay(before, ways[tier]));
}

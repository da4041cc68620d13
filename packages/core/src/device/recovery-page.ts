/**
 * A recovery page in the vault (`membership/page.ts`): made by a device after a user verification, used on any machine when the devices are gone.
 * Used, it is opened like a device that joins, into a store that nobody keeps; follows records from what it finds; admits the new device
 * (`admit-device.ts`); and makes one record, for "recovery", without the devices that are lost (`stage-epoch.ts`). The new device follows that
 * record, and makes the next one, which puts the used page out and names another.
 */
import { wipe } from "../crypto/wipe.ts";
import { deriveMetadataKeys, deriveSigningKeys, identityOf } from "../membership/device.ts";
import { derivePageSeeds, PAGE_SECRET_BYTES } from "../membership/page.ts";
import { admitDevice } from "./admit-device.ts";
import type { Device, DeviceDeps } from "./device.ts";
import { type JoiningVault, type Newcomer, openWelcome } from "./join-vault.ts";
import type { SigningTier } from "./tiers.ts";

const NAME = "Recovery page";
const PLATFORM = "paper";

export interface MadePage {
  /** 20 bytes, for the paper alone. The caller wipes it. */
  readonly secret: Uint8Array;
  /** From where the page begins: the present epoch, its roots sealed to the page. */
  readonly welcome: Uint8Array;
}

/** Makes a page a member. Throws what `admitDevice` throws. */
export async function makePage(device: Device, signing: SigningTier): Promise<MadePage> {
  const secret = device.deps.random(PAGE_SECRET_BYTES);
  const { identity, ...seeds } = newcomerOf(secret);
  const candidate = { identity, name: NAME, platform: PLATFORM, page: true };
  const welcome = await admitDevice(device, signing, candidate);
  wipe(seeds.metadata.entry, seeds.metadata.metadataKem, seeds.signing.authority, seeds.signing.secretKem);
  return { secret, welcome };
}

/** Opens the vault with a page. Throws what `openWelcome` throws: `LK-EPOCH-SEAL` when this is not the page's secret. */
export const openPage = (
  secret: Uint8Array,
  welcome: Uint8Array,
  deps: Pick<DeviceDeps, "crypto">,
): JoiningVault => openWelcome(newcomerOf(secret), welcome, deps);

function newcomerOf(secret: Uint8Array): Newcomer {
  const seeds = derivePageSeeds(secret);
  const identity = identityOf(deriveMetadataKeys(seeds.metadata), deriveSigningKeys(seeds.signing));
  return { identity, ...seeds };
}

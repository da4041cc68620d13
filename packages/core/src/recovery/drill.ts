/**
 * The drill (sync-protocol.md § 9): whether a page would open this vault, tried on this device without a network, and without anything being opened by
 * it: its keys open the seals, the roots every passkey, and all of it is forgotten.
 */
import { equalBytes } from "../bytes/equal.ts";
import { wipe } from "../crypto/wipe.ts";
import { tryToOpen } from "../device/acknowledge-opened.ts";
import type { Device } from "../device/device.ts";
import { VaultError } from "../errors.ts";
import { deriveMetadataKeys, deriveSigningKeys } from "../membership/device.ts";
import { derivePageSeeds } from "../membership/page.ts";
import { openRoot } from "../membership/seal.ts";
import { findMember } from "../sync/replica-state.ts";
import type { PasskeyId } from "../vault/schema.ts";
import { deriveLocatorKeys } from "./locator.ts";
import { findPageSeals } from "./page-seals.ts";
import { type KnownPage, listPages, putPageTested } from "./page-setting.ts";

export interface Drill {
  readonly page: KnownPage;
  /** Passkeys in the vault, those in the trash among them. */
  readonly passkeys: number;
  readonly unopened: readonly PasskeyId[];
}

/**
 * Tries a page's secret, and notes the day if all is well. Throws `LK-RECOVERY-OTHER` when it is no page of this vault, `LK-RECOVERY-DEAD` for one
 * that was put out, `LK-EPOCH-SEAL` when its seals do not open.
 */
export async function testPage(device: Device, secret: Uint8Array): Promise<Drill> {
  const page = recognizePage(device, secret);
  if (page.member === null) throw new VaultError("LK-RECOVERY-DEAD", "page was put out of the vault");
  const seals = await findPageSeals(device, page.member.hash);
  if (seals === null || seals.signing === null)
    throw new VaultError("LK-EPOCH-SEAL", "no seals for the page are here");
  const { record } = device.epoch;
  const place = { logId: record.logId, member: page.member.hash };
  const seeds = derivePageSeeds(secret);
  const { metadataKem } = deriveMetadataKeys(seeds.metadata);
  const { secretKem } = deriveSigningKeys(seeds.signing);
  const metadata = openRoot(metadataKem, { ...place, root: "M" }, seals.metadata, record.metadataCommitment);
  const signing = openRoot(secretKem, { ...place, root: "S" }, seals.signing, record.signingCommitment);
  try {
    const tried = await tryToOpen(device.state.document, signing, device.deps.crypto);
    const { tried: passkeys, unopened } = tried ?? { tried: 0, unopened: [] };
    if (unopened.length === 0) {
      const now = device.deps.clock.now();
      await device.act(() => [putPageTested(page.id, now)]);
    }
    return { page: { ...page, member: page.member }, passkeys, unopened };
  } finally {
    wipe(metadata, signing, seeds.metadata.entry, seeds.metadata.metadataKem);
    wipe(seeds.signing.authority, seeds.signing.secretKem);
  }
}

/** The page of this vault with this secret, dead or alive. Throws `LK-RECOVERY-OTHER`. */
export function recognizePage(device: Device, secret: Uint8Array): KnownPage {
  const { authorityPublicKey } = deriveLocatorKeys(secret);
  const page = listPages(device).find(({ locator }) =>
    equalBytes(locator.authorityPublicKey, authorityPublicKey),
  );
  if (page === undefined) throw new VaultError("LK-RECOVERY-OTHER", "vault knows no page with this secret");
  if (page.member === null) return page;
  const { entry } = deriveMetadataKeys(derivePageSeeds(secret).metadata);
  const member = findMember(device.state, entry.publicKey);
  wipe(entry.secretKey);
  // The setting of one page beside the name of another: nobody of ours wrote that.
  if (member === null || !equalBytes(member.hash, page.member.hash))
    throw new VaultError("LK-RECOVERY-OTHER", "page's setting and its member record do not fit");
  return page;
}

/**
 * A new vault out of a backup: what the backup's last log shows, under new keys, on one device. The vault that the backup is of stays what it is; where it is to go on,
 * a recovery page does that (`device-host/restore-from-page.ts`).
 */
import { wipe } from "../crypto/wipe.ts";
import { resealIn } from "../device/epoch-content.ts";
import type { DeviceDeps } from "../device/device.ts";
import { foundVault, LOCAL_KEY_BYTES } from "../device/found-vault.ts";
import { makeContext } from "../device/open-device.ts";
import { wipeTier } from "../device/tiers.ts";
import { VaultError } from "../errors.ts";
import { makeDeviceSeeds } from "../membership/device.ts";
import { deriveSecretKey } from "../membership/epoch.ts";
import { readEpochClaim, verifyEpochRecord } from "../membership/epoch-record.ts";
import type { KeyProtector } from "../ports.ts";
import { receiveEntries } from "../sync/receive-entries.ts";
import { startReplica } from "../sync/replay-log.ts";
import { findMember } from "../sync/replica-state.ts";
import type { VaultDocument } from "../vault/document.ts";
import { makeNextDocument } from "../vault/next-document.ts";
import { isPageSetting } from "./page-setting.ts";
import type { ArchivedRoots, LastLog } from "./open-archive.ts";

const BATCH = 64;

/**
 * Founds a vault in an empty store. Resolves with how many passkeys it has. Throws `LK-RECOVERY-BACKUP` for a backup whose passkeys the person's
 * passphrase does not open, and what the checks of epochs, snapshots and entries throw; then nothing is stored.
 */
export async function foundFromArchive(
  log: LastLog,
  roots: ArchivedRoots,
  deps: DeviceDeps,
  protector: KeyProtector,
  plan: { readonly name: string; readonly platform: string },
): Promise<{ readonly passkeys: number }> {
  const { signingRoot } = roots;
  if (signingRoot === null)
    throw new VaultError("LK-RECOVERY-BACKUP", "backup was made before its passphrase had the signing root");
  const document = readDocument(log, roots, deps);
  const from = deriveSecretKey(signingRoot);
  try {
    await foundVault(deps, protector, {
      ...plan,
      relays: [],
      makeDocument: (to) =>
        makeNextDocument(
          document,
          [],
          resealIn(document, { from, to, random: deps.random }),
          // Pages of the other vault are not this one's to call dead.
          (setting) => !isPageSetting(setting),
        ),
    });
    return { passkeys: document.list().filter(({ state }) => state === "live").length };
  } finally {
    wipe(from);
  }
}

/** Replayed with every check that a device makes. */
function readDocument(
  log: LastLog,
  { metadataRoot, epochPayload }: ArchivedRoots,
  deps: DeviceDeps,
): VaultDocument {
  const epoch = readEpochClaim(epochPayload);
  const local = deps.random(LOCAL_KEY_BYTES);
  const { metadata } = makeDeviceSeeds(deps.random);
  const tier = { ...metadata, local, roots: [{ logId: log.logId, root: metadataRoot }] };
  const context = makeContext(tier, epoch, deps.random);
  let state = startReplica(context, epoch.record, log.snapshot);
  const maker = findMember(state, epoch.maker);
  if (maker === null) throw new VaultError("LK-EPOCH-SIGNATURE", "maker of the epoch record is not a member");
  verifyEpochRecord(epochPayload, maker.member);
  for (let start = 0; start < log.entries.length; start += BATCH)
    state = receiveEntries(context, state, log.entries.slice(start, start + BATCH)).state;
  wipeTier(tier);
  return state.document;
}

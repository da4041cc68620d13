/** A passkey as the authenticator makes it: its private key sealed under `K_secret`, for which the signing tier is opened. */
import type { Device, DeviceDeps } from "@latchkey/core/device/device";
import { createPasskey } from "@latchkey/core/device/passkey-acts";
import { completeSigningTier } from "@latchkey/core/device/epoch-roots";
import { openSigningTier, rootOf, type SigningTier, wipeTier } from "@latchkey/core/device/tiers";
import { deriveSigningEpochKeys } from "@latchkey/core/membership/epoch";
import { wipe } from "@latchkey/core/crypto/wipe";
import { sealPrivateKey } from "@latchkey/core/vault/credential-secret";
import { passkeyId, type PasskeyId } from "@latchkey/core/vault/schema";
import { openProtector } from "./open-protector.ts";

/** In every text that a person writes: what must never be found at a relay. */
export const MARK = "in clear";

/** A user verification: the signing tier with the root of the present epoch. */
export async function openSigning({ store, random }: DeviceDeps, device: Device): Promise<SigningTier> {
  return completeSigningTier(store, device.context.rows, await openSigningTier(store, openProtector), random);
}

/** Resolves when it is saved. `onId` is told before anything is written. */
export async function addPasskey(
  device: Device,
  deps: DeviceDeps,
  title: string,
  onId: (id: PasskeyId) => void = () => {},
): Promise<PasskeyId> {
  const { crypto, random, clock } = deps;
  const { privateKey, publicKey } = await crypto.makeKeyPair(-8);
  const source = {
    credentialId: random(32),
    rpId: `${MARK.replace(" ", "-")}.example`,
    userHandle: random(16),
    algorithm: -8,
    publicKey,
    backupEligible: true,
    backedUp: true,
    discoverable: true,
    protection: 1,
    createdAt: clock.now(),
  };
  const id = passkeyId(source.credentialId);
  onId(id);
  const signing = await openSigning(deps, device);
  const { secretKey, roomAuthority } = deriveSigningEpochKeys(rootOf(signing, device.context.epoch.logId));
  const sealedPrivateKey = sealPrivateKey(secretKey, source, privateKey, random);
  wipe(secretKey, roomAuthority.secretKey);
  wipeTier(signing);
  const record = { ...source, sealedPrivateKey, sealedPrfSeeds: null, sealedCredBlob: null };
  await createPasskey(
    device,
    record,
    { userName: null, userDisplayName: null, rpName: `${MARK} ${title}` },
    [],
  );
  return id;
}

/**
 * Joining with this phone: the way to unlock is made before the invitation is claimed, for that lives two minutes; then the ceremony of every
 * device (`device-host/join-device.ts`), and the copy in IndexedDB, whole or not at all.
 */
import { wipe } from "@latchkey/core/crypto/wipe";
import { VaultError } from "@latchkey/core/errors";
import type { KeyProtector } from "@latchkey/core/ports";
import type { JsonObject } from "@latchkey/device-host/json";
import type { JoinDoor } from "@latchkey/device-host/join-doors";
import { joinByInvitation } from "@latchkey/device-host/join-device";
import { createPassphraseProtector, encodePassphrase } from "@latchkey/device-host/key-protection/passphrase";
import { makeVaultDatabase } from "../storage/vault-database.ts";
import { askUnlockCredential } from "../unlock/platform-authenticator.ts";
import { createPrfProtector } from "../unlock/prf-protector.ts";
import { unlockWayRow } from "../unlock/unlock-way.ts";
import { browserRandom } from "./browser-ports.ts";
import { browserDeps } from "./phone-host.ts";

/** By what the new copy is to be unlocked. `output`: what the PRF gave when the credential was made, if it did. */
export type Protection =
  | { readonly by: "passphrase"; readonly passphrase: string }
  | { readonly by: "device"; readonly credentialId: Uint8Array; readonly output: Uint8Array | null };

export interface PhoneJoinPlan {
  readonly name: string;
  readonly platform: string;
  readonly door: JoinDoor;
  readonly protection: Protection;
  readonly hasVault: boolean;
}

/** Throws what `joinByInvitation` throws; then there is no copy. */
export async function joinWithPhone(
  plan: PhoneJoinPlan,
  tell: (event: JsonObject) => void,
  signal: AbortSignal,
): Promise<void> {
  const { protection, hasVault, ...rest } = plan;
  const protector = createProtector(protection);
  const way =
    protection.by === "passphrase"
      ? { by: protection.by }
      : { by: protection.by, credentialId: protection.credentialId };
  try {
    await joinByInvitation({
      ...rest,
      deps: browserDeps,
      hasVault,
      protector,
      tell,
      signal,
      makeStore: (fill) =>
        makeVaultDatabase(async (store) => {
          await fill(store);
          await store.commit([unlockWayRow(way)]);
          // Given up while it was being written: then nothing of it stays.
          if (signal.aborted) throw new VaultError("LK-CLI-CANCELLED", "joining was given up");
        }),
    });
  } finally {
    protector.end();
  }
}

function createProtector(protection: Protection): KeyProtector & { end(): void } {
  if (protection.by === "device") {
    const { credentialId, output } = protection;
    return createPrfProtector(
      () => (output === null ? askUnlockCredential(credentialId) : Promise.resolve(output)),
      browserRandom,
    );
  }
  const passphrase = encodePassphrase(protection.passphrase);
  return {
    ...createPassphraseProtector({ passphrase, random: browserRandom }),
    end: () => wipe(passphrase),
  };
}

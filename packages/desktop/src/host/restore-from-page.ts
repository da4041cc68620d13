/** Using a recovery page on this machine: `device-host/restore-from-page.ts` does it, the vault becomes a file. */
import { existsSync } from "node:fs";
import { checkRelayAllowed, type PolicyReading } from "@latchkey/core/policy/policy";
import type { ReadPage } from "@latchkey/core/recovery/page-text";
import { parseRelayAddress, type RelayAddress } from "@latchkey/core/relay-protocol";
import { type RestorePlan, type Restored, restoreFromPage } from "@latchkey/device-host/restore-from-page";
import { createNativeCredentialCrypto } from "../credential-crypto.ts";
import { readPieces } from "./finished-file.ts";
import { makeVaultFile } from "./new-vault-file.ts";
import { systemClock, systemRandom } from "./vault-host.ts";

export type FilePlan = Omit<RestorePlan, "deps" | "hasVault" | "makeStore" | "backup" | "forcedRelay"> & {
  readonly policy: PolicyReading;
  /** Where the vault file is to be. */
  readonly path: string;
  /** The path of a backup file, or what is in one; `null`: there is none. */
  readonly backup: string | AsyncIterable<Uint8Array> | null;
};

/** Throws what `restoreFromPage` and `makeVaultFile` throw; then there is no vault file. */
export const restoreFile = ({ path, backup, policy, ...plan }: FilePlan): Promise<Restored> =>
  restoreFromPage({
    ...plan,
    forcedRelay: policy.policy.forceRelay,
    deps: { random: systemRandom, clock: systemClock, crypto: createNativeCredentialCrypto() },
    hasVault: existsSync(path),
    makeStore: (fill) => makeVaultFile(path, fill),
    backup: typeof backup === "string" ? readPieces(backup) : backup,
  });

/**
 * The relays to ask: those that a person `given`, and those that stand on the pages; one an origin. Of an organization that has set one, that one. Throws
 * `LK-RELAY-ORIGIN`, or `LK-POLICY-FORBIDDEN` where the person gave another one.
 */
export function listPageRelays(
  given: readonly string[],
  pages: readonly ReadPage[],
  reading: PolicyReading,
): RelayAddress[] {
  const wanted = given.map(parseRelayAddress);
  for (const { origin } of wanted) checkRelayAllowed(reading, origin);
  if (reading.policy.forceRelay !== null) return [reading.policy.forceRelay];
  const addresses = [...wanted, ...pages.flatMap(({ relays }) => relays).map(parseRelayAddress)];
  return [...new Map(addresses.toReversed().map((address) => [address.origin, address])).values()];
}

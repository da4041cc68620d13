/** Joining a vault on this machine: the invitation is claimed by `device-host/join-device.ts`, the vault becomes a file. */
import { existsSync } from "node:fs";
import { type InvitedPlan, joinByInvitation } from "@latchkey/device-host/join-device";
import { createNativeCredentialCrypto } from "../credential-crypto.ts";
import { makeVaultFile } from "./new-vault-file.ts";
import { systemClock, systemRandom } from "./vault-host.ts";

export type JoinPlan = Omit<InvitedPlan, "deps" | "hasVault" | "makeStore"> & {
  /** Where the vault file is to be. */
  readonly path: string;
};

/** Throws what `joinByInvitation` and `makeVaultFile` throw; then there is no vault file. */
export const joinDevice = ({ path, ...plan }: JoinPlan): Promise<void> =>
  joinByInvitation({
    ...plan,
    deps: { random: systemRandom, clock: systemClock, crypto: createNativeCredentialCrypto() },
    hasVault: existsSync(path),
    makeStore: (fill) => makeVaultFile(path, fill),
  });

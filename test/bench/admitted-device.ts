/** A second device, as a pairing leaves it behind: admitted by Desk and verified by itself, without the ceremony between people. */
import { admitDevice } from "@latchkey/core/device/admit-device";
import { type JoiningVault, makeNewcomer, openWelcome } from "@latchkey/core/device/join-vault";
import type { RelayAddress } from "@latchkey/core/relay-protocol";
import { wipeTier } from "@latchkey/core/device/tiers";
import { makeVaultFile } from "@latchkey/desktop/host/new-vault-file";
import { systemRandom, type VaultHost } from "@latchkey/desktop/host/vault-host";
import { type BenchVault, releaseKeys } from "./bench-vault.ts";
import { createReleasedProtector, noteKeys, type TierKeys } from "./released-keys.ts";

export interface AdmittedDevice {
  readonly room: JoiningVault["room"];
  /** Makes its vault file around the snapshot. */
  finish(path: string, snapshot: Uint8Array, relays: readonly RelayAddress[]): Promise<BenchVault>;
}

/** Makes a device a member of the vault that `desk` has open. */
export async function admitLaptop(desk: VaultHost, keys: TierKeys): Promise<AdmittedDevice> {
  const newcomer = makeNewcomer(systemRandom);
  const signing = await desk.openSigning(releaseKeys(keys), "add a device");
  const { identity } = newcomer;
  const candidate = { identity, name: "Laptop", platform: "bench" };
  const welcome = await admitDevice(await desk.device(), signing, candidate);
  wipeTier(signing);
  const joining = openWelcome(newcomer, welcome, desk.deps);
  return {
    room: joining.room,
    async finish(path, snapshot, relays) {
      const protector = noteKeys(createReleasedProtector(keys));
      await makeVaultFile(path, (store) =>
        joining.finish({ ...desk.deps, store }, protector, snapshot, relays),
      );
      return { path, keys: protector.keys() };
    },
  };
}

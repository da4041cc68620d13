/** What a host does for `latchkey provider`: the vault's enrolment with the system, and what is known of it. */
import { VaultError } from "@latchkey/core/errors";
import { endEnrolment, enrol, isEnrolled } from "./enrolment.ts";
import type { Channel } from "@latchkey/device-host/channel";
import type { JsonObject } from "@latchkey/device-host/json";
import type { HostServices, Params } from "@latchkey/device-host/method";
import { createUnlocker } from "@latchkey/device-host/unlock";
import { askPassphrase } from "./ask-system.ts";
import { MAX_STAY_OPEN_MINUTES, readStayOpen, writeStayOpen } from "./stay-open.ts";
import type { SystemProvider } from "./system-provider.ts";
import { describeUnconfirmed } from "./unconfirmed.ts";

/** What a host of this machine has beside what every device's has. */
export interface MachineServices extends HostServices {
  /** Left out or `null` where the system has no passkey providers. */
  readonly system?: SystemProvider | null;
}

export type MachineMethod = (
  services: MachineServices,
  params: Params,
  channel: Channel,
) => Promise<JsonObject>;

/** Throws `LK-WINDOWS-NONE`. */
export function requireSystem({ system = null }: Pick<MachineServices, "system">): SystemProvider {
  if (system === null) throw new VaultError("LK-WINDOWS-NONE", "no passkey providers of the system here");
  return system;
}

const unlockerOf = ({ host }: HostServices, channel: Channel) =>
  createUnlocker({ ...host.deps, askForKey: askPassphrase(channel) });

export const PROVIDER_METHODS = {
  /** `listable`: ids of the passkeys that the system's list should have; `null` while the vault is locked. */
  async "provider.status"(services) {
    const provider = requireSystem(services);
    const { host } = services;
    return {
      enrolled: await isEnrolled(host.deps.store, provider),
      stayOpenMinutes: host.isOpen ? await readStayOpen(host) : null,
      unconfirmed: host.isOpen ? await describeUnconfirmed(host) : null,
      listable: host.isOpen ? [...provider.listPasskeys(await host.device())] : null,
    };
  },

  /** Asks for the passphrase, then the system asks for its gestures. */
  async "provider.enrol"(services, params, channel) {
    const system = requireSystem(services);
    const { host } = services;
    const minutes = params.count("minutes");
    if (minutes > MAX_STAY_OPEN_MINUTES)
      throw new VaultError("LK-CLI-USAGE", `signing stays open ${MAX_STAY_OPEN_MINUTES} minutes at most`);
    await unlockerOf(services, channel).withKey("entrust the vault to Windows Hello", async (protector) => {
      // What is still needed must not end with this unlocking.
      await host.unlock(async () => ({ ...protector, end: () => {} }));
      channel.tell({ event: "gesture" });
      await enrol(host.deps.store, protector, system);
      await writeStayOpen(host, minutes);
    });
    return { enrolled: true, stayOpenMinutes: minutes };
  },

  /** Asks for the passphrase: from then on it alone opens the vault. */
  async "provider.leave"(services, _, channel) {
    const system = requireSystem(services);
    const { store } = services.host.deps;
    if (!(await isEnrolled(store, system))) return { enrolled: false };
    await unlockerOf(services, channel).withKey("open the vault by the passphrase alone", (protector) =>
      endEnrolment(store, protector, system),
    );
    return { enrolled: false };
  },
} satisfies Record<string, MachineMethod>;

/**
 * What one page is told of an open vault: everything the first time, after that the passkeys that look different. The document keeps the
 * view of a passkey that nobody touched, so a comparison of 10 000 is one of references.
 */
import type { VaultMessage } from "@latchkey/web-ui/link/app-message";
import type { PasskeyView } from "@latchkey/web-ui/model/vault-view";
import type { Passkey } from "@latchkey/core/vault/credentials";
import { describeRelays, describeSync } from "./describe-sync.ts";
import { createDeviceNamer, describeDevices, describeOpenVault, describePasskey } from "./describe-vault.ts";
import { describeRecovery } from "./recovery-methods.ts";
import type { HostServices } from "./method.ts";
import type { JsonObject } from "./json.ts";

/** Gives the next message. Calls may not overlap. */
export type VaultFeed = (services: HostServices) => Promise<VaultMessage>;

export function createVaultFeed(): VaultFeed {
  let sent = new Map<string, Passkey>();
  /** A new device has a name, by which conflicts that were sent before are explained. */
  let members = 0;

  return async ({ host, relays }) => {
    const device = await host.device();
    const { members: known, document } = device.state;
    const whole = sent.size === 0 || known.size !== members;
    const list = document.list();
    const before = whole ? new Map<string, Passkey>() : sent;
    const nameOf = createDeviceNamer(device);
    const changed = list.filter((passkey) => before.get(passkey.id) !== passkey);
    const next = new Map(list.map((passkey) => [passkey.id as string, passkey]));
    const { deviceStates } = await describeSync(device);
    const states = new Map((deviceStates as readonly JsonObject[]).map((state) => [state["id"], state]));
    const message = {
      type: "vault",
      facts: { ...(await describeOpenVault(device)), recovery: await describeRecovery(device) },
      devices: describeDevices(device).map((described) => ({ ...states.get(described["id"]), ...described })),
      mailboxes: describeRelays(device, relays)["relays"],
      whole,
      changed: changed.map((passkey) => describePasskey(passkey, nameOf) as unknown as PasskeyView),
      removed: [...before.keys()].filter((id) => !next.has(id)),
    };
    sent = next;
    members = known.size;
    return message as unknown as VaultMessage;
  };
}

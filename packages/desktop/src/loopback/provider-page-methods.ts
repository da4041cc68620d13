/**
 * What the app's page may do about the passkey provider of this system (experience.md § 7, U10): look at the steps, take those that Latchkey
 * can take, and show the switch that only the person can turn. Nothing of it is there where the system has no providers, where it would open
 * another vault than the one that is served, or where an organization does not want it.
 */
import { VaultError } from "@latchkey/core/errors";
import type { Channel } from "@latchkey/device-host/channel";
import { isEnrolled } from "../host/enrolment.ts";
import { requireSystem } from "../host/provider-methods.ts";
import { listProviderSteps } from "../host/provider-steps.ts";
import { readStayOpen } from "../host/stay-open.ts";
import type { SystemProvider } from "../host/system-provider.ts";
import type { JsonObject } from "../terminal/json.ts";
import type { ServedVault } from "./served-vault.ts";

interface Served {
  readonly served: ServedVault;
}

export const PROVIDER_PAGE_METHODS = {
  /** `language`: of the obstacle's text. */
  async "provider.steps"({ served }: Served, params: JsonObject) {
    const system = systemFor(served);
    const enrolled = await isEnrolled(served.services.host.deps.store, system);
    const language = params["language"] === "de" ? "de" : "en";
    const { steps, obstacle } = await listProviderSteps(system, enrolled, language);
    return {
      steps: steps.map(({ id, isDone }) => ({ id, isDone })),
      obstacle: obstacle === null ? null : { text: obstacle.text, hint: obstacle.hint },
    };
  },

  /** Registers, and enrols with the passphrase and the system's gestures. */
  async "provider.setUp"({ served }: Served, _: JsonObject, channel: Channel) {
    const system = systemFor(served);
    // First what costs nobody a gesture, as in `latchkey provider enable`.
    const state = await system.registration.register();
    const minutes = await readStayOpen(served.services.host);
    return { state, ...(await served.call("provider.enrol", { minutes }, channel)) };
  },

  /** Shows the switch, and resolves when it was turned. */
  async "provider.switchOn"({ served }: Served, _: JsonObject, channel: Channel) {
    const { registration } = systemFor(served);
    registration.openSettings();
    const state = registration.read();
    return { state: state === "enabled" ? state : await registration.waitForChange(state, channel.signal) };
  },
};

/** Whether the page is told of these methods at all. */
export function hasProviderPage({ path, machine: { system, policy } }: ServedVault): boolean {
  return system !== null && system.vault === path && !policy.policy.disableProvider;
}

/** Throws `LK-WINDOWS-NONE`, `LK-POLICY-FORBIDDEN`, `LK-WINDOWS-VAULT`, `LK-VAULT-LOCKED`. */
function systemFor(served: ServedVault): SystemProvider {
  const system = requireSystem(served.machine);
  if (served.machine.policy.policy.disableProvider)
    throw new VaultError("LK-POLICY-FORBIDDEN", "policy DisableProvider is set");
  if (system.vault !== served.path) throw new VaultError("LK-WINDOWS-VAULT", `vault is not ${system.vault}`);
  if (served.phase !== "open") throw new VaultError("LK-VAULT-LOCKED", "vault is not open");
  return system;
}

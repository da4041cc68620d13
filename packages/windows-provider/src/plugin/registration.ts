/**
 * Registration with Windows: as often as one likes, with the same outcome. What is registered is updated, never removed and added again:
 * that would make Windows' key anew and switch the provider off.
 */
import { HRESULT, HresultError } from "../native/hresult.ts";
import type { AuthenticatorDetails, WebAuthnPlugin } from "../native/webauthn-plugin.ts";

export type RegistrationState = "missing" | "disabled" | "enabled";

/** What Windows has now. */
export const readState = (plugin: Pick<WebAuthnPlugin, "getState">, clsid: Uint8Array): RegistrationState =>
  plugin.getState(clsid) ?? "missing";

type Registering = Pick<WebAuthnPlugin, "getState" | "add" | "update">;

/** Adds or updates, and gives the state after it. The person has to switch on in Settings what was added. Throws `HresultError`. */
export async function register(
  plugin: Registering,
  details: AuthenticatorDetails,
): Promise<Exclude<RegistrationState, "missing">> {
  if (plugin.getState(details.clsid) === null && (await add(plugin, details))) return "disabled";
  await plugin.update(details);
  return plugin.getState(details.clsid) ?? "disabled";
}

/** `false` when another process was quicker. */
async function add(plugin: Registering, details: AuthenticatorDetails): Promise<boolean> {
  try {
    await plugin.add(details);
    return true;
  } catch (error) {
    if (error instanceof HresultError && error.hresult === HRESULT.exists) return false;
    throw error;
  }
}

/** Takes the passkeys out of Windows' lists, then the provider. It is no failure when neither is there. */
export function unregister(
  plugin: Pick<WebAuthnPlugin, "removeAllCredentials" | "remove">,
  clsid: Uint8Array,
): void {
  for (const act of [() => plugin.removeAllCredentials(clsid), () => plugin.remove(clsid)]) {
    try {
      act();
    } catch (error) {
      if (!(error instanceof HresultError) || error.hresult !== HRESULT.notFound) throw error;
    }
  }
}

/** What Windows is told of a channel when it is registered: the name, the logo, and what the authenticator can do. */
import type { RegistrationWishes } from "@latchkey/desktop/host/system-provider";
import type { Channel } from "../channel.ts";
import type { AuthenticatorDetails } from "../native/webauthn-plugin.ts";
import { makeAuthenticatorInfo } from "./authenticator-info.ts";

/** The app's own mark; it stands on light and on dark. */
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#17624f"/>' +
  '<path fill="#fff" d="M16 7.5a5 5 0 0 0-2.5 9.33V24.5h5v-7.67A5 5 0 0 0 16 7.5Z"/></svg>';
/** Windows wants one, for ceremonies that a provider starts itself: we never do. A name that nobody can own. */
const PLUGIN_RP_ID = "latchkey.invalid";

export function describeAuthenticator(
  { clsid, name, aaguid }: Channel,
  { eddsa }: RegistrationWishes,
): AuthenticatorDetails {
  const logo = Buffer.from(LOGO).toString("base64");
  return {
    clsid,
    name,
    rpId: PLUGIN_RP_ID,
    lightLogo: logo,
    darkLogo: logo,
    info: makeAuthenticatorInfo(aaguid, eddsa),
  };
}

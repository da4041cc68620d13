/**
 * CTAP's PIN/UV token, of which there is none: user verification is built in and there is no PIN (CTAP 2.2 § 6.1.2 step 1, § 6.2.2
 * step 1). So every use of the parameter is refused.
 */
import type { AuthenticatorHost } from "./authenticator-host.ts";
import type { Cancellation } from "./cancellation.ts";
import type { PinUvAuth } from "./ctap-request.ts";
import { asProtocol } from "./salt-transport.ts";
import { CtapError, STATUS } from "./status.ts";
import type { UserProof } from "./user-verifier.ts";

export async function refusePinUvAuth<P extends UserProof>(
  host: AuthenticatorHost<P>,
  pinUvAuth: PinUvAuth,
  cancellation: Cancellation,
): Promise<never> {
  // An empty parameter asks "is it you that the person wants, and have you a PIN?".
  if (pinUvAuth.param.length === 0) {
    await host.verifier.verify({ operation: "select", rpId: null, verification: false }, cancellation);
    throw new CtapError(STATUS.pinNotSet, "there is no PIN");
  }
  if (pinUvAuth.protocol === null)
    throw new CtapError(STATUS.missingParameter, "pinUvAuthProtocol is missing");
  asProtocol(pinUvAuth.protocol);
  throw new CtapError(STATUS.pinAuthInvalid, "there is no token");
}

/** A relying party without a server: options and verdicts of `@simplewebauthn/server`, for one rpId. */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from "@simplewebauthn/server";
import type { Transact } from "../demo/ctap-pipe.ts";
import { openPage } from "../demo/web-page.ts";

export interface Account {
  readonly rpId: string;
  readonly userName: string;
  readonly credential: WebAuthnCredential;
}

const originOf = (rpId: string): string => `https://login.${rpId}`;

/** Registers an account with the authenticator; throws unless the library verifies it. */
export async function register(transact: Transact, rpId: string, userName: string): Promise<Account> {
  const options = await generateRegistrationOptions({
    rpName: `Shop at ${rpId}`,
    rpID: rpId,
    userName,
    userDisplayName: `${userName} in full`,
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    supportedAlgorithmIDs: [-7],
  });
  const { response } = await openPage(originOf(rpId), transact).create(options);
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: options.challenge,
    expectedOrigin: originOf(rpId),
    expectedRPID: rpId,
  });
  if (!verified) throw new Error("registration is not verified");
  return { rpId, userName, credential: registrationInfo.credential };
}

/** Signs in to the account with the authenticator; throws unless the library verifies it. */
export async function signIn(transact: Transact, { rpId, credential }: Account): Promise<void> {
  const options = await generateAuthenticationOptions({
    rpID: rpId,
    userVerification: "required",
    allowCredentials: [{ id: credential.id }],
  });
  const { response } = await openPage(originOf(rpId), transact).get(options);
  const { verified } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: options.challenge,
    expectedOrigin: originOf(rpId),
    expectedRPID: rpId,
    credential,
    requireUserVerification: true,
  });
  if (!verified) throw new Error("signature is not verified");
}

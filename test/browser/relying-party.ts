/** The relying party of the browser's tests: options and verdicts of `@simplewebauthn/server`, and what it remembers. Its rpId is its host. */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type WebAuthnCredential,
} from "@simplewebauthn/server";

const rpIdOf = (origin: string): string => new URL(origin).hostname;

export interface Known {
  readonly credential: WebAuthnCredential;
  /** "multiDevice" or "singleDevice": BE, which never changes. */
  readonly deviceType: string;
  readonly userHandle: string;
}

/** Anything that answers a page: a browser, or our client before our authenticator. */
export interface Visitor {
  create(options: object): Promise<RegistrationResponseJSON>;
  get(options: object): Promise<AuthenticationResponseJSON>;
}

/** Throws unless the library verifies the registration. */
export async function register(
  origin: string,
  visitor: Visitor,
  algorithm: number,
  residentKey: "required" | "discouraged",
): Promise<Known> {
  const options = await generateRegistrationOptions({
    rpName: "Practice",
    rpID: rpIdOf(origin),
    userName: `ada ${algorithm} ${residentKey}`,
    authenticatorSelection: { residentKey, userVerification: "required" },
    supportedAlgorithmIDs: [algorithm],
  });
  const { registrationInfo } = await verifyRegistrationResponse({
    response: await visitor.create(options),
    expectedChallenge: options.challenge,
    expectedOrigin: origin,
    expectedRPID: rpIdOf(origin),
    supportedAlgorithmIDs: [algorithm],
  });
  if (registrationInfo === undefined) throw new Error("registration is not verified");
  const { credential, credentialDeviceType } = registrationInfo;
  return { credential, deviceType: credentialDeviceType, userHandle: options.user.id };
}

/**
 * Throws unless the library verifies the sign-in, by this passkey and with its backup eligibility. What a counter that went back means is
 * for a relying party to decide (WebAuthn L3 § 7.2 step 22): the library refuses, unless it is told to forget what it saw.
 */
export async function signIn(
  origin: string,
  visitor: Visitor,
  { credential, deviceType, userHandle }: Known,
  { listed, comparesCounters }: { readonly listed: boolean; readonly comparesCounters: boolean },
): Promise<void> {
  const options = await generateAuthenticationOptions({
    rpID: rpIdOf(origin),
    userVerification: "required",
    ...(listed && { allowCredentials: [{ id: credential.id }] }),
  });
  const response = await visitor.get(options);
  if (response.id !== credential.id) throw new Error("another passkey signed");
  const shown = response.response.userHandle;
  if (shown !== undefined && shown !== userHandle) throw new Error("another account signed");
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: options.challenge,
    expectedOrigin: origin,
    expectedRPID: rpIdOf(origin),
    credential: comparesCounters ? credential : { ...credential, counter: 0 },
    requireUserVerification: true,
  });
  if (!verified) throw new Error("signature is not verified");
  if (authenticationInfo.credentialDeviceType !== deviceType) throw new Error("backup eligibility changed");
}

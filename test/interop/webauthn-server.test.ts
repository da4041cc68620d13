/**
 * A relying party's library that none of us wrote judges what the authenticator makes, through a real process's stdio, with core's client
 * as the browser between them. It has no comparison of backup eligibility, so that stands here.
 */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type UserVerificationRequirement,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from "@simplewebauthn/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transact } from "../demo/ctap-pipe.ts";
import { openPage } from "../demo/web-page.ts";
import { type AuthenticatorProcess, startAuthenticator } from "./authenticator-process.ts";
import { COMBINATIONS, FORMATS } from "./combinations.ts";

const rpID = "latchkey.example";
const expectedOrigin = "https://login.latchkey.example";

let authenticator: AuthenticatorProcess;
beforeAll(() => {
  authenticator = startAuthenticator("none");
});
afterAll(() => authenticator.stop());

async function register(userName: string, residentKey: "required" | "discouraged", exclude: string[] = []) {
  const options = await generateRegistrationOptions({
    rpName: "Latchkey",
    rpID,
    userName,
    userID: new TextEncoder().encode(userName),
    excludeCredentials: exclude.map((id) => ({ id })),
    authenticatorSelection: { residentKey, userVerification: "required" },
    supportedAlgorithmIDs: [-8, -7, -257],
  });
  const { response, results } = await openPage(expectedOrigin, authenticator.transact).create(options);
  // The library asks for credProps by itself.
  expect(results).toEqual({ credProps: { rk: residentKey === "required" } });
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: options.challenge,
    expectedOrigin,
    expectedRPID: rpID,
  });
  expect(verified).toBe(true);
  return registrationInfo!;
}

async function authenticate(
  credential: WebAuthnCredential,
  {
    listed,
    userVerification = "required",
  }: { readonly listed: boolean; readonly userVerification?: UserVerificationRequirement },
  pick?: (userNames: readonly string[]) => number,
  transact: Transact = authenticator.transact,
) {
  const options = await generateAuthenticationOptions({
    rpID,
    userVerification,
    ...(listed && { allowCredentials: [{ id: credential.id }] }),
  });
  const { response } = await openPage(expectedOrigin, transact).get(options, pick);
  expect(response.id).toBe(credential.id);
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: options.challenge,
    expectedOrigin,
    expectedRPID: rpID,
    credential,
    requireUserVerification: userVerification === "required",
  });
  expect(verified).toBe(true);
  return { ...authenticationInfo, userHandle: response.response.userHandle };
}

describe("@simplewebauthn/server verifies", () => {
  test.for([
    { residentKey: "required", listed: true, userHandle: "cm95" },
    { residentKey: "required", listed: false, userHandle: "cm95" },
    { residentKey: "discouraged", listed: true, userHandle: undefined },
  ] as const)(
    "a passkey with residentKey $residentKey, listed: $listed",
    async ({ residentKey, listed, userHandle }) => {
      const registered = await register("roy", residentKey);
      expect(registered).toMatchObject({
        fmt: "none",
        aaguid: "548c0c88-2035-41cf-a682-59de96183952",
        credentialDeviceType: "multiDevice",
        credentialBackedUp: true,
        userVerified: true,
      });
      for (let again = 0; again < 2; again++) {
        expect(await authenticate(registered.credential, { listed })).toMatchObject({
          newCounter: 0,
          userVerified: true,
          credentialDeviceType: registered.credentialDeviceType,
          credentialBackedUp: registered.credentialBackedUp,
          userHandle,
        });
      }
    },
  );

  test("an assertion without user verification, and hears that there was none", async () => {
    const { credential } = await register("una", "required");
    const options = { listed: true, userVerification: "discouraged" } as const;
    expect(await authenticate(credential, options)).toMatchObject({ userVerified: false });
  });

  test("the account that was picked among several", async () => {
    const { credential } = await register("older", "required");
    await register("newer", "required");
    const seen: string[][] = [];
    await authenticate(credential, { listed: false }, (names) => {
      seen.push([...names]);
      return names.indexOf("older");
    });
    expect(seen[0]?.slice(0, 2)).toEqual(["newer", "older"]);
  });
});

describe.for(FORMATS)("with attestation %s, @simplewebauthn/server verifies", (format) => {
  let attesting: AuthenticatorProcess;
  beforeAll(() => {
    attesting = startAuthenticator(format);
  });
  afterAll(() => attesting.stop());

  test.for(COMBINATIONS)(
    "$name, resident key $residentKey, user verification $userVerification",
    async ({ algorithm, residentKey, userVerification }) => {
      const options = await generateRegistrationOptions({
        rpName: "Latchkey",
        rpID,
        userName: `${algorithm} ${residentKey} ${userVerification}`,
        attestationType: "direct",
        authenticatorSelection: { residentKey, userVerification },
        supportedAlgorithmIDs: [algorithm],
      });
      const { response } = await openPage(expectedOrigin, attesting.transact).create(options);
      const verified = userVerification === "required";
      const { registrationInfo } = await verifyRegistrationResponse({
        response,
        expectedChallenge: options.challenge,
        expectedOrigin,
        expectedRPID: rpID,
        requireUserVerification: verified,
        supportedAlgorithmIDs: [algorithm],
      });
      expect(registrationInfo).toMatchObject({
        fmt: format,
        userVerified: verified,
        credentialDeviceType: "multiDevice",
        credentialBackedUp: true,
      });
      const { credential } = registrationInfo!;
      // The newest account is the first that a passkey without a list is found for.
      for (const listed of residentKey === "required" ? [true, false] : [true]) {
        const signIn = { listed, userVerification };
        expect(await authenticate(credential, signIn, undefined, attesting.transact)).toMatchObject({
          userVerified: verified,
          newCounter: 0,
          credentialDeviceType: "multiDevice",
          credentialBackedUp: true,
          userHandle: residentKey === "required" ? options.user.id : undefined,
        });
      }
    },
  );
});

test("an excluded passkey is refused with InvalidStateError", async () => {
  const { credential } = await register("ada", "required");
  await expect(register("ada", "required", [credential.id])).rejects.toMatchObject({
    name: "InvalidStateError",
  });
});

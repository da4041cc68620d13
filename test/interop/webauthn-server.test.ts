/**
 * A relying party's library that none of us wrote judges what the authenticator makes, through a real process's stdio. It has no
 * comparison of backup eligibility, so that stands here.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type UserVerificationRequirement,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from "@simplewebauthn/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCredential, CtapStatusError, getCredential } from "../demo/browser.ts";
import { type CtapPipe, createCtapPipe } from "../demo/ctap-pipe.ts";

const rpID = "latchkey.example";
const expectedOrigin = "https://login.latchkey.example";
const child = fileURLToPath(new URL("../../packages/desktop/test/ctap/stdio-child.ts", import.meta.url));

let authenticator: ChildProcessWithoutNullStreams;
let pipe: CtapPipe;
beforeAll(() => {
  authenticator = spawn(process.execPath, [child, "approve"]);
  pipe = createCtapPipe(authenticator);
});
afterAll(() => {
  authenticator.kill();
});

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
  const response = await createCredential(options, expectedOrigin, pipe.transact);
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
  }: { listed: boolean; userVerification?: UserVerificationRequirement },
  pick?: (userNames: readonly string[]) => number,
  through: CtapPipe = pipe,
) {
  const options = await generateAuthenticationOptions({
    rpID,
    userVerification,
    ...(listed && { allowCredentials: [{ id: credential.id }] }),
  });
  const response = await getCredential(options, expectedOrigin, through.transact, pick);
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

describe.for(["none", "packed"] as const)(
  "with attestation %s, @simplewebauthn/server verifies",
  (format) => {
    let attesting: ChildProcessWithoutNullStreams;
    let own: CtapPipe;
    beforeAll(() => {
      attesting = spawn(process.execPath, [child, "approve", format]);
      own = createCtapPipe(attesting);
    });
    afterAll(() => {
      attesting.kill();
    });

    const matrix = [
      { name: "ES256", algorithm: -7 },
      { name: "EdDSA", algorithm: -8 },
      { name: "ES384", algorithm: -35 },
      { name: "RS256", algorithm: -257 },
    ].flatMap((algorithm) =>
      (["required", "discouraged"] as const).flatMap((residentKey) =>
        (["required", "discouraged"] as const).map((userVerification) => ({
          ...algorithm,
          residentKey,
          userVerification,
        })),
      ),
    );

    test.for(matrix)(
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
        const response = await createCredential(options, expectedOrigin, own.transact);
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
        const signIn = { listed: true, userVerification };
        expect(await authenticate(credential, signIn, undefined, own)).toMatchObject({
          userVerified: verified,
          newCounter: 0,
          credentialDeviceType: "multiDevice",
          credentialBackedUp: true,
        });
      },
    );
  },
);

test("an excluded passkey is refused with 0x19", async () => {
  const { credential } = await register("ada", "required");
  await expect(register("ada", "required", [credential.id])).rejects.toThrow(new CtapStatusError(0x19));
});

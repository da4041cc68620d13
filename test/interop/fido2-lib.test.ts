/**
 * A second library of relying parties, `fido2-lib`, judges the same combinations as the first. It knows no EdDSA keys, and ES384 neither:
 * that is asserted as its refusal, so that a version that learns them is noticed. It does not look at backup flags.
 */
import { Fido2Lib } from "fido2-lib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPage } from "../demo/web-page.ts";
import { type AuthenticatorProcess, startAuthenticator } from "./authenticator-process.ts";
import { type Combination, COMBINATIONS, FORMATS } from "./combinations.ts";

const rpId = "latchkey.example";
const origin = "https://login.latchkey.example";
const SUPPORTED = new Set<string>(["ES256", "RS256"]);
/** Its own words, by algorithm and attestation. With attestation `none` it notices only when it needs the key. */
const REFUSALS: Readonly<Record<string, string>> = {
  "EdDSA none": "cannot be converted to 'Algorithm'",
  "EdDSA packed": "packed attestation: unknown algorithm: -8",
  "ES384 none": "Unsupported key format",
  "ES384 packed": "Unsupported key format",
};

const base64url = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString("base64url");
/** The library wants whole ArrayBuffers. */
const buffer = (text: string): ArrayBuffer => Uint8Array.from(Buffer.from(text, "base64url")).buffer;

const createLibrary = ({ algorithm, residentKey, userVerification }: Combination) =>
  new Fido2Lib({
    rpId,
    rpName: "Latchkey",
    challengeSize: 32,
    cryptoParams: [algorithm],
    attestation: "direct",
    authenticatorRequireResidentKey: residentKey === "required",
    authenticatorUserVerification: userVerification,
  });

const factorOf = ({ userVerification }: Combination) =>
  userVerification === "required" ? "first" : "second";

describe.for(FORMATS)("with attestation %s", (format) => {
  let attesting: AuthenticatorProcess;
  beforeAll(() => {
    attesting = startAuthenticator(format);
  });
  afterAll(() => attesting.stop());

  async function register(combination: Combination) {
    const library = createLibrary(combination);
    const options = await library.attestationOptions();
    const challenge = base64url(options.challenge);
    const userId = Buffer.from(JSON.stringify(combination)).toString("base64url").slice(0, 80);
    const { response } = await openPage(origin, attesting.transact).create({
      ...options,
      challenge,
      user: { id: userId, name: "ada", displayName: "Ada" },
    });
    const { id, response: attestation } = response;
    const { clientDataJSON, attestationObject } = attestation;
    const result = await library.attestationResult(
      { rawId: buffer(id), response: { clientDataJSON, attestationObject } },
      { rpId, challenge, origin, factor: factorOf(combination) },
    );
    return { library, id, userId, result };
  }

  async function signIn(
    { library, id, userId, result }: Awaited<ReturnType<typeof register>>,
    combination: Combination,
    listed: boolean,
  ) {
    const options = await library.assertionOptions();
    const challenge = base64url(options.challenge);
    const { response } = await openPage(origin, attesting.transact).get({
      challenge,
      rpId,
      userVerification: combination.userVerification,
      ...(listed && { allowCredentials: [{ type: "public-key", id }] }),
    });
    const { clientDataJSON, authenticatorData, signature, userHandle } = response.response;
    return library.assertionResult(
      {
        rawId: buffer(response.id),
        response: {
          clientDataJSON,
          authenticatorData: buffer(authenticatorData),
          signature,
          ...(userHandle !== undefined && { userHandle }),
        },
      },
      {
        rpId,
        challenge,
        origin,
        factor: factorOf(combination),
        publicKey: result.authnrData.get("credentialPublicKeyPem") as string,
        prevCounter: result.authnrData.get("counter") as number,
        userHandle: combination.residentKey === "required" ? userId : null,
        allowCredentials: [{ type: "public-key", id: buffer(id) }],
      },
    );
  }

  test.for(COMBINATIONS.filter(({ name }) => SUPPORTED.has(name)))(
    "fido2-lib verifies $name, resident key $residentKey, user verification $userVerification",
    async (combination) => {
      const registered = await register(combination);
      const { audit, authnrData } = registered.result;
      expect(audit.complete).toBe(true);
      expect(authnrData.get("fmt")).toBe(format);
      expect((authnrData.get("flags") as Set<string>).has("UV")).toBe(
        combination.userVerification === "required",
      );
      // The newest account is the first that a passkey without a list is found for.
      for (const listed of combination.residentKey === "required" ? [true, false] : [true]) {
        const signedIn = await signIn(registered, combination, listed);
        expect(signedIn.audit.complete).toBe(true);
        expect(signedIn.authnrData.get("counter")).toBe(0);
      }
    },
  );

  test("fido2-lib refuses a sign-in with a key that is another's", async () => {
    const [combination] = COMBINATIONS;
    const one = await register(combination!);
    const two = await register({ ...combination!, residentKey: "discouraged" });
    await expect(signIn({ ...one, result: two.result }, combination!, true)).rejects.toThrow("signature");
  });

  test.for(COMBINATIONS.filter(({ name }) => !SUPPORTED.has(name)))(
    "fido2-lib has no key for $name, resident key $residentKey, user verification $userVerification",
    async (combination) => {
      const visit = async () => signIn(await register(combination), combination, true);
      await expect(visit()).rejects.toThrow(REFUSALS[`${combination.name} ${format}`]);
    },
  );
});

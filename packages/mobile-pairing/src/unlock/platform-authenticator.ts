/**
 * The phone's own authenticator (finger, face, PIN), asked through WebAuthn for what only it can make: the PRF extension's 32 bytes
 * (Level 3 § 10.1.4). No server is involved and no signature counts: the secret is the bytes themselves. That the person was verified is
 * read from the authenticator data; an answer without it is refused.
 */
import { VaultError } from "@latchkey/core/errors";

/** What the PRF is asked about. One question for all: WebAuthn already binds the answer to this origin and this credential. */
const QUESTION = new TextEncoder().encode("latchkey unlock 1");
const CHALLENGE_BYTES = 32;
const USER_ID_BYTES = 16;
/** ES256 and RS256: between them every platform's authenticator. */
const ALGORITHMS = [-7, -257];
const TIMEOUT_MS = 120_000;
/** Authenticator data (Level 3 § 6.1): rpIdHash(32) ‖ flags(1) ‖ …; bit 2 is UV. */
const FLAGS_AT = 32;
const USER_VERIFIED = 0x04;

export interface UnlockCredential {
  readonly id: Uint8Array;
  /** Of its making, where the authenticator gave it at once. */
  readonly output: Uint8Array | null;
}

/** Whether there is an authenticator in this device that can verify the person. Whether it has the PRF shows only when one is made. */
export async function hasPlatformAuthenticator(): Promise<boolean> {
  try {
    return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false;
  }
}

/** Makes the credential that unlocks this copy; `null` where the authenticator has no PRF. Throws `LK-AUTH-DENIED`. */
export async function makeUnlockCredential(name: string): Promise<UnlockCredential | null> {
  const credential = await ask(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { name: "Latchkey" },
        user: { id: random(USER_ID_BYTES), name, displayName: name },
        challenge: random(CHALLENGE_BYTES),
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
        authenticatorSelection: {
          authenticatorAttachment: "platform",
          residentKey: "required",
          userVerification: "required",
        },
        attestation: "none",
        timeout: TIMEOUT_MS,
        extensions: { prf: { eval: { first: QUESTION } } },
      },
    }),
  );
  const { prf } = credential.getClientExtensionResults();
  const response = credential.response as AuthenticatorAttestationResponse;
  refuseUnverified(response.getAuthenticatorData());
  if (prf?.enabled !== true) return null;
  return { id: new Uint8Array(credential.rawId), output: toBytes(prf.results?.first) };
}

/** The PRF's 32 bytes, after the person was verified. Throws `LK-AUTH-DENIED`. */
export async function askUnlockCredential(id: Uint8Array): Promise<Uint8Array> {
  const credential = await ask(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: random(CHALLENGE_BYTES),
        allowCredentials: [
          { type: "public-key", id: id as Uint8Array<ArrayBuffer>, transports: ["internal"] },
        ],
        userVerification: "required",
        timeout: TIMEOUT_MS,
        extensions: { prf: { eval: { first: QUESTION } } },
      },
    }),
  );
  refuseUnverified((credential.response as AuthenticatorAssertionResponse).authenticatorData);
  const output = toBytes(credential.getClientExtensionResults().prf?.results?.first);
  if (output === null) throw new VaultError("LK-AUTH-DENIED", "authenticator gave no PRF output");
  return output;
}

async function ask(ceremony: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await ceremony();
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (error) {
    throw new VaultError("LK-AUTH-DENIED", "authenticator did not verify the person", { cause: error });
  }
  throw new VaultError("LK-AUTH-DENIED", "authenticator gave nothing");
}

function refuseUnverified(authenticatorData: ArrayBuffer): void {
  const flags = new Uint8Array(authenticatorData)[FLAGS_AT] ?? 0;
  if ((flags & USER_VERIFIED) === 0)
    throw new VaultError("LK-AUTH-DENIED", "authenticator answered without verifying the person");
}

function toBytes(source: BufferSource | undefined): Uint8Array | null {
  if (source === undefined) return null;
  return source instanceof ArrayBuffer
    ? new Uint8Array(source)
    : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}

const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));

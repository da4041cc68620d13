/**
 * A website to practise with: a relying party that knows one account and keeps in memory what it learnt. Every answer is judged by
 * `@simplewebauthn/server`, as on the internet; the vault before it is the real one, and so is the passkey that stays in it.
 */
import { createHash } from "node:crypto";
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from "@simplewebauthn/server";
import { encodeUtf8 } from "@latchkey/core/bytes/text";
import { VaultError } from "@latchkey/core/errors";

/** The one name that browsers let a page without a certificate have. */
export const PRACTICE_RP_ID = "localhost";
const RP_NAME = "Practice site";
/** ES256 and EdDSA. */
const ALGORITHMS = [-7, -8];
/** Always the same account: practising again replaces its passkey instead of gathering them. */
const USER_ID = Uint8Array.from(encodeUtf8("practice-account"));
/** Questions that nobody answered; the oldest is forgotten. */
const MAX_CHALLENGES = 64;

/** The library's type says that extensions give buffers; in JSON they are text, and the site asks for none. */
type Answer<T> = Omit<T, "clientExtensionResults"> & { readonly clientExtensionResults: object };

/** All that the site has of a person. */
export interface Learnt {
  readonly userName: string;
  /** Of the public key: the beginning of its SHA-256, hex. */
  readonly keyFingerprint: string;
  readonly signIns: number;
  /** The kind of authenticator, as it says of itself: a UUID, all zeros when it does not say. */
  readonly aaguid: string;
  /** Whether the passkey says that there may be copies of it. */
  readonly isBackedUp: boolean;
}

export interface PracticeSite {
  creationOptions(userName: string): Promise<object>;
  /** Throws `LK-AUTH-DENIED` for an answer that a site must not accept. */
  register(answer: Answer<RegistrationResponseJSON>): Promise<Learnt>;
  requestOptions(): Promise<object>;
  /** Throws `LK-AUTH-NO-CREDENTIALS` for a passkey that it does not know, `LK-AUTH-DENIED` for one that does not prove itself. */
  signIn(answer: Answer<AuthenticationResponseJSON>): Promise<Learnt>;
}

interface Account {
  readonly credential: WebAuthnCredential;
  readonly learnt: Learnt;
}

/** `origin`: of the page, as a browser writes it. */
export function createPracticeSite(origin: string): PracticeSite {
  const accounts = new Map<string, Account>();
  /** With the account's name, for a registration. */
  const challenges = new Map<string, string>();

  function remember(challenge: string, userName: string): void {
    const [oldest] = challenges.keys();
    if (challenges.size >= MAX_CHALLENGES && oldest !== undefined) challenges.delete(oldest);
    challenges.set(challenge, userName);
  }

  /** Good once. */
  function use(challenge: string): string | null {
    const userName = challenges.get(challenge) ?? null;
    challenges.delete(challenge);
    return userName;
  }

  /** Verdicts come as errors or as `false`. */
  async function judge<T extends { readonly verified: boolean }>(verdict: () => Promise<T>): Promise<T> {
    const found = await verdict().catch((error: unknown) => {
      throw new VaultError("LK-AUTH-DENIED", error instanceof Error ? error.message : String(error), {
        cause: error,
      });
    });
    if (!found.verified) throw new VaultError("LK-AUTH-DENIED", "answer does not verify");
    return found;
  }

  return {
    async creationOptions(userName) {
      const options = await generateRegistrationOptions({
        rpName: RP_NAME,
        rpID: PRACTICE_RP_ID,
        userName,
        userDisplayName: userName,
        userID: USER_ID,
        attestationType: "none",
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        supportedAlgorithmIDs: ALGORITHMS,
      });
      remember(options.challenge, userName);
      return options;
    },

    async register(response) {
      let userName: string | null = null;
      const { registrationInfo } = await judge(() =>
        verifyRegistrationResponse({
          response,
          expectedOrigin: origin,
          expectedRPID: PRACTICE_RP_ID,
          expectedChallenge: (challenge) => (userName = use(challenge)) !== null,
          requireUserVerification: true,
          supportedAlgorithmIDs: ALGORITHMS,
        }),
      );
      if (registrationInfo === undefined || userName === null)
        throw new VaultError("LK-AUTH-DENIED", "answer has no new passkey in it");
      const { credential, aaguid, credentialBackedUp } = registrationInfo;
      const keyFingerprint = createHash("sha256").update(credential.publicKey).digest("hex").slice(0, 16);
      const learnt = { userName, keyFingerprint, signIns: 0, aaguid, isBackedUp: credentialBackedUp };
      accounts.set(credential.id, { credential, learnt });
      return learnt;
    },

    async requestOptions() {
      const options = await generateAuthenticationOptions({
        rpID: PRACTICE_RP_ID,
        userVerification: "required",
        allowCredentials: [],
      });
      remember(options.challenge, "");
      return options;
    },

    async signIn(response) {
      const account = accounts.get(response.id);
      if (account === undefined)
        throw new VaultError("LK-AUTH-NO-CREDENTIALS", "site does not know this passkey");
      const { authenticationInfo } = await judge(() =>
        verifyAuthenticationResponse({
          response,
          expectedOrigin: origin,
          expectedRPID: PRACTICE_RP_ID,
          expectedChallenge: (challenge) => use(challenge) !== null,
          credential: account.credential,
          requireUserVerification: true,
        }),
      );
      const learnt = {
        ...account.learnt,
        signIns: account.learnt.signIns + 1,
        isBackedUp: authenticationInfo.credentialBackedUp,
      };
      accounts.set(response.id, {
        credential: { ...account.credential, counter: authenticationInfo.newCounter },
        learnt,
      });
      return learnt;
    },
  };
}

/**
 * A website to practise with, inside the device host: a relying party (WebAuthn L3 § 7) that knows one account and keeps in memory what it
 * learnt. It verifies as a site on the internet has to; the vault before it is the real one, and so is the passkey that stays in it.
 */
import { createHash, verify } from "node:crypto";
import { decodeBase64url, encodeBase64url, encodeUtf8 } from "@latchkey/core/bytes/text";
import { equalBytes } from "@latchkey/core/bytes/equal";
import { readAuthenticatorData } from "@latchkey/core/client/authenticator-data";
import type { AuthenticationJson, RegistrationJson } from "@latchkey/core/client/webauthn-client";
import { VaultError } from "@latchkey/core/errors";
import type { Random } from "@latchkey/core/ports";

/** The one name that browsers let a page without a certificate have. */
export const PRACTICE_RP_ID = "localhost";
export const PRACTICE_ORIGIN = "http://localhost";
const RP_NAME = "Practice site";
const ES256 = -7;
const CHALLENGE_BYTES = 32;
/** Always the same account: practising again replaces its passkey instead of gathering them. */
const USER_ID = encodeUtf8("practice-account");

/** All that the site has of a person. */
export interface Learnt {
  readonly userName: string;
  /** Of the public key: the beginning of its SHA-256, hex. */
  readonly keyFingerprint: string;
  readonly signIns: number;
}

export interface PracticeSite {
  creationOptions(userName: string): object;
  /** Throws `LK-AUTH-DENIED` for an answer that a site must not accept. */
  register(answer: RegistrationJson): Learnt;
  requestOptions(): object;
  /** Throws `LK-AUTH-NO-CREDENTIALS` for a passkey that it does not know, `LK-AUTH-DENIED` for one that does not prove itself. */
  signIn(answer: AuthenticationJson): Learnt;
}

interface Account extends Learnt {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

const sha256 = (data: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(data).digest());

export function createPracticeSite(random: Random): PracticeSite {
  const accounts = new Map<string, Account>();
  const challenges = new Map<string, string>();

  const makeChallenge = (userName: string): string => {
    const challenge = encodeBase64url(random(CHALLENGE_BYTES));
    challenges.set(challenge, userName);
    return challenge;
  };

  /** Steps 5 to 16 of both ceremonies: type, challenge (used up by this), origin, site, presence and verification. */
  function check(
    answer: { readonly clientDataJSON: string; readonly authenticatorData: string },
    type: string,
  ) {
    const clientBytes = bytesOf(answer.clientDataJSON);
    const client = JSON.parse(Buffer.from(clientBytes).toString("utf8")) as Readonly<Record<string, unknown>>;
    const challenge = String(client["challenge"]);
    const userName = challenges.get(challenge);
    challenges.delete(challenge);
    const authenticatorData = bytesOf(answer.authenticatorData);
    const data = readAuthenticatorData(authenticatorData);
    const isRight =
      client["type"] === type &&
      client["origin"] === PRACTICE_ORIGIN &&
      equalBytes(data.rpIdHash, sha256(encodeUtf8(PRACTICE_RP_ID))) &&
      data.userPresent &&
      data.userVerified;
    if (userName === undefined || !isRight)
      throw new VaultError("LK-AUTH-DENIED", `${type} is not what the site asked for`);
    return { userName, clientBytes, authenticatorData, attested: data.attested };
  }

  function keep(id: string, account: Account): Learnt {
    accounts.set(id, account);
    const { userName, keyFingerprint, signIns } = account;
    return { userName, keyFingerprint, signIns };
  }

  return {
    creationOptions: (userName) => ({
      rp: { id: PRACTICE_RP_ID, name: RP_NAME },
      user: { id: encodeBase64url(USER_ID), name: userName, displayName: userName },
      challenge: makeChallenge(userName),
      pubKeyCredParams: [{ type: "public-key", alg: ES256 }],
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none",
    }),
    register(answer) {
      const { response, id } = answer;
      const { userName, attested } = check(response, "webauthn.create");
      const publicKey = bytesOf(response.publicKey ?? "");
      if (attested === null || encodeBase64url(attested.id) !== id || attested.algorithm !== ES256)
        throw new VaultError("LK-AUTH-DENIED", "answer has no new passkey in it");
      const keyFingerprint = Buffer.from(sha256(publicKey)).toString("hex").slice(0, 16);
      return keep(id, { userName, publicKey, keyFingerprint, signIns: 0 });
    },
    requestOptions: () => ({
      rpId: PRACTICE_RP_ID,
      challenge: makeChallenge(""),
      userVerification: "required",
      allowCredentials: [],
    }),
    signIn({ id, response }) {
      const { clientBytes, authenticatorData } = check(response, "webauthn.get");
      const account = accounts.get(id);
      if (account === undefined)
        throw new VaultError("LK-AUTH-NO-CREDENTIALS", "site does not know this passkey");
      const signed = Buffer.concat([authenticatorData, sha256(clientBytes)]);
      const key = { key: Buffer.from(account.publicKey), format: "der", type: "spki" } as const;
      if (!verify("sha256", signed, key, bytesOf(response.signature)))
        throw new VaultError("LK-AUTH-DENIED", "signature does not verify");
      return keep(id, { ...account, signIns: account.signIns + 1 });
    },
  };
}

function bytesOf(text: string): Uint8Array {
  const bytes = decodeBase64url(text);
  if (bytes === null) throw new VaultError("LK-AUTH-DENIED", "answer is not base64url");
  return bytes;
}

/** A website and the browser before it: requests as Windows encodes them, answers as `@simplewebauthn/server` judges them. */
import { createHash, randomBytes } from "node:crypto";
import {
  type CborKey,
  type CborMap,
  type CborValue,
  decodeCbor,
  encodeCbor,
} from "@latchkey/core/cbor/codec";
import {
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from "@simplewebauthn/server";

const map = (entries: Readonly<Record<string, CborValue>>): CborMap => new Map(Object.entries(entries));
const descriptors = (ids: readonly Uint8Array[]): CborValue =>
  ids.map((id) => map({ id, type: "public-key" }));
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** A request, and what judges its answer. */
export interface Asked<T> {
  readonly encoded: Uint8Array;
  judge(response: Uint8Array): Promise<T>;
}

export interface CreationWishes {
  readonly userId?: Uint8Array;
  readonly userName?: string;
  readonly algorithms?: readonly number[];
  readonly excluded?: readonly Uint8Array[];
  readonly extensions?: CborMap;
}

export class Site {
  readonly rpId: string;
  readonly #origin: string;

  constructor(rpId: string) {
    this.rpId = rpId;
    this.#origin = `https://${rpId}`;
  }

  create(wishes: CreationWishes = {}): Asked<WebAuthnCredential> {
    const { userId = new Uint8Array(randomBytes(16)), userName = "alice", algorithms = [-7, -257] } = wishes;
    const client = this.#makeClientData("webauthn.create");
    const request = new Map<CborKey, CborValue>([
      [1, client.hash],
      [2, map({ id: this.rpId, name: "Example" })],
      [3, map({ id: userId, name: userName, displayName: userName })],
      [4, algorithms.map((alg) => map({ alg, type: "public-key" }))],
      ...(wishes.excluded === undefined ? [] : [[5, descriptors(wishes.excluded)] as const]),
      ...(wishes.extensions === undefined ? [] : [[6, wishes.extensions] as const]),
      [7, map({ rk: true, uv: true })],
    ]);
    return {
      encoded: encodeCbor(request),
      judge: async (response) => {
        const answer = decodeCbor(response) as CborMap;
        const attestationObject = encodeCbor(
          new Map<CborKey, CborValue>([
            ["fmt", answer.get(1) as CborValue],
            ["authData", answer.get(2) as CborValue],
            ["attStmt", answer.get(3) as CborValue],
          ]),
        );
        const id = credentialIdOf(answer.get(2) as Uint8Array);
        const { verified, registrationInfo } = await verifyRegistrationResponse({
          response: {
            id: base64url(id),
            rawId: base64url(id),
            type: "public-key",
            clientExtensionResults: {},
            response: {
              clientDataJSON: base64url(client.json),
              attestationObject: base64url(attestationObject),
            },
          },
          expectedChallenge: client.challenge,
          expectedOrigin: this.#origin,
          expectedRPID: this.rpId,
          requireUserVerification: true,
          supportedAlgorithmIDs: [...algorithms],
        });
        if (!verified || registrationInfo === undefined) throw new Error("the site refuses the passkey");
        return registrationInfo.credential;
      },
    };
  }

  /** A sign-in with one of these passkeys, or with any when no list is given. */
  signIn(
    known: readonly WebAuthnCredential[],
    allowList: readonly Uint8Array[] | null = null,
    up = true,
  ): Asked<string> {
    const client = this.#makeClientData("webauthn.get");
    const request = new Map<CborKey, CborValue>([
      [1, this.rpId],
      [2, client.hash],
      ...(allowList === null ? [] : [[3, descriptors(allowList)] as const]),
      [5, map({ up, uv: true })],
    ]);
    return {
      encoded: encodeCbor(request),
      judge: async (response) => {
        const answer = decodeCbor(response) as CborMap;
        const id = base64url((answer.get(1) as CborMap).get("id") as Uint8Array);
        const credential = known.find((each) => each.id === id);
        if (credential === undefined) throw new Error("the site does not know the passkey");
        const { verified } = await verifyAuthenticationResponse({
          response: {
            id,
            rawId: id,
            type: "public-key",
            clientExtensionResults: {},
            response: {
              clientDataJSON: base64url(client.json),
              authenticatorData: base64url(answer.get(2) as Uint8Array),
              signature: base64url(answer.get(3) as Uint8Array),
            },
          },
          expectedChallenge: client.challenge,
          expectedOrigin: this.#origin,
          expectedRPID: this.rpId,
          credential,
          requireUserVerification: true,
        });
        if (!verified) throw new Error("the site refuses the sign-in");
        return id;
      },
    };
  }

  #makeClientData(type: string) {
    const challenge = base64url(randomBytes(32));
    const json = Buffer.from(JSON.stringify({ type, challenge, origin: this.#origin, crossOrigin: false }));
    return { challenge, json, hash: new Uint8Array(createHash("sha256").update(json).digest()) };
  }
}

/** WebAuthn L3 § 6.1: after the hash, the flags, the counter and the AAGUID comes the id with its length. */
function credentialIdOf(authenticatorData: Uint8Array): Uint8Array {
  const at = 32 + 1 + 4 + 16;
  const length = new DataView(authenticatorData.buffer, authenticatorData.byteOffset).getUint16(at);
  return authenticatorData.slice(at + 2, at + 2 + length);
}

/** Our own vectors, computed by two independent implementations: keys, authenticator data, none attestation, assertion. */
import { describe, expect, test } from "vitest";
import { NONE_STATEMENT } from "../../src/authenticator/attestation.ts";
import { encodeAssertionData, encodeAttestationData } from "../../src/authenticator/authenticator-data.ts";
import type { CredentialSource } from "../../src/authenticator/credential-source.ts";
import {
  writeGetAssertionResponse,
  writeMakeCredentialResponse,
} from "../../src/authenticator/ctap-response.ts";
import { createThrowAwayVerifier } from "../../src/authenticator/user-verifier.ts";
import { NEVER_CANCELLED } from "../../src/authenticator/cancellation.ts";
import { concatBytes } from "../../src/bytes/concat.ts";
import { decodeHex, encodeHex } from "../../src/bytes/text.ts";
import { encodeCbor } from "../../src/cbor/codec.ts";
import { createPortableCredentialCrypto } from "../../src/crypto/credential-key.ts";
import { ES256_KEY } from "../../src/crypto/es256-key.ts";
import { signAssertion } from "../../src/authenticator/sign-assertion.ts";
import { createTestAuthenticator, map } from "./support.ts";
import vectors from "../vectors/authenticator.json" with { type: "json" };

const bytes = (hex: string): Uint8Array => decodeHex(hex) as Uint8Array;
const { common, es256 } = vectors;
const point = bytes(`04${es256.x}${es256.y}`);
const crypto = createPortableCredentialCrypto(() => {
  throw new Error("vectors need no randomness");
});
const key = crypto.importKey(-7, ES256_KEY.encodePrivateKey(bytes(es256.d), point));
const source: CredentialSource = {
  id: bytes(common.credentialId),
  rpId: common.rpId,
  rpName: null,
  userHandle: bytes(common.userId),
  userName: null,
  userDisplayName: null,
  algorithm: -7,
  publicKey: bytes(es256.coseKey),
  discoverable: true,
  backupEligible: true,
  backedUp: true,
  createdAt: 0,
};
const verifier = createThrowAwayVerifier(async () => null);
const { proof } = await verifier.verify(
  { operation: "get-assertion", rpId: common.rpId, accounts: [source], verification: true },
  NEVER_CANCELLED,
);

describe("authenticator vectors", () => {
  test("hashes the rpId", () => {
    expect(encodeHex(crypto.sha256(new TextEncoder().encode(common.rpId)))).toBe(common.rpIdHash);
  });

  test("writes the COSE key", () => {
    expect(encodeHex(ES256_KEY.encodePublicKey(point))).toBe(es256.coseKey);
    expect(encodeHex(key.publicKey)).toBe(es256.coseKey);
  });

  test("writes the authenticator data of a new passkey", () => {
    const data = encodeAttestationData(crypto, source, proof, bytes(common.aaguid));
    expect(encodeHex(data)).toBe(es256.authDataCreate);
  });

  test("writes the length of the longest credential id", () => {
    const data = encodeAttestationData(
      crypto,
      { ...source, id: new Uint8Array(1023) },
      proof,
      bytes(common.aaguid),
    );
    expect([...data.subarray(53, 55)]).toEqual([0x03, 0xff]);
    expect(data).toHaveLength(55 + 1023 + 77);
  });

  test("writes the makeCredential response and the attestation object with format none", () => {
    const authData = encodeAttestationData(crypto, source, proof, bytes(common.aaguid));
    const response = writeMakeCredentialResponse({
      format: "none",
      authenticatorData: authData,
      statement: NONE_STATEMENT,
    });
    expect(encodeHex(encodeCbor(response))).toBe(es256.makeCredentialNone);
    const object = map(["fmt", "none"], ["attStmt", NONE_STATEMENT], ["authData", authData]);
    expect(encodeHex(encodeCbor(object))).toBe(es256.attestationObjectNone);
  });

  test("writes the authenticator data of an assertion, and its deterministic signature", () => {
    const data = encodeAssertionData(crypto, source, proof);
    expect(encodeHex(data)).toBe(es256.authDataGet);
    expect(encodeHex(key.sign(concatBytes(data, bytes(common.clientDataHash))))).toBe(es256.getSignature);
  });

  test("writes the getAssertion response", async () => {
    const { host } = createTestAuthenticator();
    const store = { ...host.store, openKey: async () => key };
    const response = await signAssertion({ ...host, store }, source, proof, bytes(common.clientDataHash), 1);
    expect(encodeHex(encodeCbor(writeGetAssertionResponse(response)))).toBe(es256.getAssertionResponse);
  });
});

/** Our own vectors, computed by two independent implementations: keys, authenticator data, none attestation, assertion. */
import { createECDH, createHash, hkdfSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { AAGUID } from "../../src/authenticator/aaguid.ts";
import { NO_WISHES } from "../../src/authenticator/assertion-extensions.ts";
import { NONE_STATEMENT, signPackedStatement } from "../../src/authenticator/attestation.ts";
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
import { encodeEddsaPrivateKey } from "../../src/crypto/eddsa-key.ts";
import { ES256_KEY } from "../../src/crypto/es256-key.ts";
import { signAssertion } from "../../src/authenticator/sign-assertion.ts";
import { getInfo } from "../../src/authenticator/get-info.ts";
import { evaluatePrf } from "../../src/authenticator/prf.ts";
import { createSaltTransport } from "../../src/authenticator/salt-transport.ts";
import { createTestTransport } from "./salt-client.ts";
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
  protection: 1,
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
    const data = encodeAttestationData(crypto, source, proof, bytes(common.aaguid), new Map());
    expect(encodeHex(data)).toBe(es256.authDataCreate);
  });

  test("writes the length of the longest credential id", () => {
    const data = encodeAttestationData(
      crypto,
      { ...source, id: new Uint8Array(1023) },
      proof,
      bytes(common.aaguid),
      new Map(),
    );
    expect([...data.subarray(53, 55)]).toEqual([0x03, 0xff]);
    expect(data).toHaveLength(55 + 1023 + 77);
  });

  test("writes the makeCredential response and the attestation object with format none", () => {
    const authData = encodeAttestationData(crypto, source, proof, bytes(common.aaguid), new Map());
    const response = writeMakeCredentialResponse({
      format: "none",
      authenticatorData: authData,
      statement: NONE_STATEMENT,
      unsigned: new Map(),
    });
    expect(encodeHex(encodeCbor(response))).toBe(es256.makeCredentialNone);
    const object = map(["fmt", "none"], ["attStmt", NONE_STATEMENT], ["authData", authData]);
    expect(encodeHex(encodeCbor(object))).toBe(es256.attestationObjectNone);
  });

  test("writes the authenticator data of an assertion, and its deterministic signature", () => {
    const data = encodeAssertionData(crypto, source, proof, new Map());
    expect(encodeHex(data)).toBe(es256.authDataGet);
    expect(encodeHex(key.sign(concatBytes(data, bytes(common.clientDataHash))))).toBe(es256.getSignature);
  });

  test("writes the getAssertion response", async () => {
    const { host } = createTestAuthenticator();
    const store = { ...host.store, openKey: async () => key };
    const response = await signAssertion(
      { ...host, store },
      source,
      proof,
      bytes(common.clientDataHash),
      NO_WISHES,
      1,
    );
    expect(encodeHex(encodeCbor(writeGetAssertionResponse(response)))).toBe(es256.getAssertionResponse);
  });

  test("writes the makeCredential response with packed self attestation", () => {
    const authData = bytes(es256.authDataCreate);
    const statement = signPackedStatement(-7, key, authData, bytes(common.clientDataHash));
    expect(encodeHex(statement.get("sig") as Uint8Array)).toBe(es256.packedSelfSignature);
    const response = writeMakeCredentialResponse({
      format: "packed",
      authenticatorData: authData,
      statement,
      unsigned: new Map(),
    });
    expect(encodeHex(encodeCbor(response))).toBe(es256.makeCredentialPackedSelf);
  });

  test("writes the COSE key and the signature of Ed25519", () => {
    const edKey = crypto.importKey(-8, encodeEddsaPrivateKey(bytes(vectors.eddsa.seed)));
    expect(encodeHex(edKey.publicKey)).toBe(vectors.eddsa.coseKey);
    const signed = concatBytes(bytes(es256.authDataGet), bytes(common.clientDataHash));
    expect(encodeHex(edKey.sign(signed))).toBe(vectors.eddsa.getSignature);
  });

  test("writes getInfo, with our own AAGUID, for a host with all algorithms and both formats", () => {
    const info = getInfo({ crypto: { ...crypto, algorithms: [-7, -8, -257, -35] }, attestation: "as-asked" });
    const expected = vectors.getInfo.cbor.replace(common.aaguid, encodeHex(AAGUID));
    expect(encodeHex(encodeCbor(info))).toBe(expected);
  });

  const { prf, hmacSecretTransport: agreement } = vectors;
  const salts = bytes(prf.salts.join(""));
  const seeds = bytes(prf.credWithUV + prf.credWithoutUV);

  test("gives the outputs of both PRF seeds", () => {
    const { transport } = createTestAuthenticator().host;
    expect(encodeHex(evaluatePrf(transport, seeds, true, salts))).toBe(prf.outputsWithUV);
    expect(encodeHex(evaluatePrf(transport, seeds, false, salts))).toBe(prf.outputsWithoutUV);
    const first = evaluatePrf(transport, seeds, true, salts.subarray(0, 32));
    expect(encodeHex(first)).toBe(prf.outputsWithUV.slice(0, 64));
  });

  test.for([
    { protocol: 1, vector: { ...agreement.protocol1, outputIv: "" } },
    { protocol: 2, vector: agreement.protocol2 },
  ] as const)("opens salts and seals outputs with protocol $protocol", ({ protocol, vector }) => {
    const transport = createSaltTransport({
      crypto,
      transport: createTestTransport(bytes(agreement.authenticatorD)),
      random: () => bytes(vector.outputIv),
    });
    expect(encodeHex(encodeCbor(transport.publicKey()))).toBe(agreement.authenticatorCoseKey);
    const platform = createECDH("prime256v1");
    platform.setPrivateKey(bytes(agreement.platformD));
    const point = new Uint8Array(platform.getPublicKey());
    const opened = transport.open({
      x: point.slice(1, 33),
      y: point.slice(33),
      saltEnc: bytes(vector.saltEnc),
      saltAuth: bytes(vector.saltAuth),
      protocol,
    });
    expect(encodeHex(opened.salts)).toBe(encodeHex(salts));
    expect(encodeHex(opened.seal(bytes(prf.outputsWithUV)))).toBe(vector.outputEnc);
  });
});

describe("the numbers that the others come from", () => {
  const { es256: ec, eddsa, prf, hmacSecretTransport: agreement } = vectors;
  const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");

  test.for([
    [ec.seedText, ec.d],
    [eddsa.seedText, eddsa.seed],
    [common.clientDataHashSeedText, common.clientDataHash],
    [agreement.platformKeySeedText, agreement.platformD],
    [agreement.authenticatorKeySeedText, agreement.authenticatorD],
  ])("are SHA-256 of their text: %s", ([text, hash]) => {
    expect(sha256(text as string)).toBe(hash);
  });

  test("are salts that clients make of PRF inputs", () => {
    expect(prf.inputs.map((input) => sha256(`WebAuthn PRF\0${input}`))).toEqual(prf.salts);
  });

  test("are the keys of one agreement", () => {
    const platform = createECDH("prime256v1");
    platform.setPrivateKey(bytes(agreement.platformD));
    const own = createTestTransport(bytes(agreement.authenticatorD)).makeAgreementKey();
    const shared = own.agree(new Uint8Array(platform.getPublicKey())) as Uint8Array;
    expect(encodeHex(shared)).toBe(agreement.sharedX);
    expect(sha256(shared)).toBe(agreement.protocol1.key);
    const derive = (info: string) =>
      encodeHex(new Uint8Array(hkdfSync("sha256", shared, new Uint8Array(32), info, 32)));
    expect(derive("CTAP2 HMAC key")).toBe(agreement.protocol2.hmacKey);
    expect(derive("CTAP2 AES key")).toBe(agreement.protocol2.aesKey);
    const { saltIv, saltEnc, outputIv, outputEnc } = agreement.protocol2;
    expect([saltEnc.startsWith(saltIv), outputEnc.startsWith(outputIv)]).toEqual([true, true]);
  });
});

/**
 * The authenticator against published numbers: WebAuthn Level 3 § 16 (authenticator data, attestation, assertion, PRF over
 * hmac-secret) and the request examples of CTAP. Signatures of all algorithms: `test/contract/credential-vectors.test.ts`.
 */
import { createECDH, createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { NONE_STATEMENT, signPackedStatement } from "../../src/authenticator/attestation.ts";
import { encodeAssertionData, encodeAttestationData } from "../../src/authenticator/authenticator-data.ts";
import { NEVER_CANCELLED } from "../../src/authenticator/cancellation.ts";
import type { CredentialSource } from "../../src/authenticator/credential-source.ts";
import { createSaltTransport } from "../../src/authenticator/salt-transport.ts";
import { createThrowAwayVerifier } from "../../src/authenticator/user-verifier.ts";
import { concatBytes } from "../../src/bytes/concat.ts";
import { decodeHex, encodeHex } from "../../src/bytes/text.ts";
import { type CborMap, decodeCbor, encodeCbor } from "../../src/cbor/codec.ts";
import { createPortableCredentialCrypto } from "../../src/crypto/credential-key.ts";
import { ES256_KEY } from "../../src/crypto/es256-key.ts";
import { createPortableSecretTransport } from "../../src/crypto/secret-transport.ts";
import type { CoseAlgorithm } from "../../src/ports.ts";
import { createTestTransport, hmac } from "./salt-client.ts";
import { createTestAuthenticator, flagsOf, getAssertionMap, idOf, map, register } from "./support.ts";
import published from "../vectors/published.json" with { type: "json" };
import webauthn from "../vectors/webauthn.json" with { type: "json" };

const bytes = (hex: string): Uint8Array => decodeHex(hex) as Uint8Array;
const crypto = createPortableCredentialCrypto(() => {
  throw new Error("vectors need no randomness");
});
const FLAGS_AT = 32;
const [UV, BE, BS] = [0x04, 0x08, 0x10];

/** The passkey of a vector, with the backup flags that its authenticator data has. */
function toSource(vector: (typeof webauthn.credentials)[number], flags: number): CredentialSource {
  return {
    id: bytes(vector.credentialId),
    rpId: webauthn.rpId,
    rpName: null,
    userHandle: Uint8Array.of(1),
    userName: null,
    userDisplayName: null,
    algorithm: vector.algorithm as CoseAlgorithm,
    publicKey: bytes(vector.publicKey),
    discoverable: true,
    protection: 1,
    backupEligible: (flags & BE) !== 0,
    backedUp: (flags & BS) !== 0,
    createdAt: 0,
  };
}

async function prove(source: CredentialSource, flags: number) {
  const verifier = createThrowAwayVerifier(async () => null);
  const { rpId } = source;
  const verification = (flags & UV) !== 0;
  const { proof } = await verifier.verify(
    { operation: "get-assertion", rpId, accounts: [source], verification },
    NEVER_CANCELLED,
  );
  return proof;
}

describe.for(webauthn.credentials)("WebAuthn Level 3 § $section, $title", (vector) => {
  test("has our authenticator data at registration", async () => {
    const expected = bytes(vector.registration.authenticatorData);
    const flags = expected[FLAGS_AT] as number;
    const source = toSource(vector, flags);
    const proof = await prove(source, flags);
    const data = encodeAttestationData(crypto, source, proof, bytes(vector.aaguid), new Map());
    expect(encodeHex(data)).toBe(encodeHex(expected));
  });

  test("has our authenticator data at authentication", async () => {
    const expected = bytes(vector.authentication.authenticatorData);
    const flags = expected[FLAGS_AT] as number;
    const source = toSource(vector, flags);
    const data = encodeAssertionData(crypto, source, await prove(source, flags), new Map());
    expect(encodeHex(data)).toBe(encodeHex(expected));
  });
});

describe("attestation objects of WebAuthn Level 3", () => {
  const find = (section: string) => webauthn.credentials.find((vector) => vector.section === section)!;
  const PREFIX = { none: "a363666d74646e6f6e656761747453746d74a068617574684461746158a4" };

  test.for(["16.2", "16.4", "16.5"])("§ %s, none", (section) => {
    const { authenticatorData } = find(section).registration;
    const object = map(["fmt", "none"], ["attStmt", NONE_STATEMENT], ["authData", bytes(authenticatorData)]);
    expect(encodeHex(encodeCbor(object))).toBe(PREFIX.none + authenticatorData);
  });

  test("§ 16.3, packed self attestation, its s the lower of the two", () => {
    const vector = find("16.3");
    const { authenticatorData, clientDataJSON, signature = "" } = vector.registration;
    const cose = decodeCbor(bytes(vector.publicKey)) as CborMap;
    const point = concatBytes(Uint8Array.of(4), cose.get(-2) as Uint8Array, cose.get(-3) as Uint8Array);
    const key = crypto.importKey(-7, ES256_KEY.encodePrivateKey(bytes(vector.privateKey ?? ""), point));
    const hash = new Uint8Array(createHash("sha256").update(clientDataJSON).digest());
    const statement = signPackedStatement(-7, key, bytes(authenticatorData), hash);
    expect([...statement.keys()]).toEqual(["alg", "sig"]);
    expect(statement.get("alg")).toBe(-7);
    // Both r are of 33 bytes with a zero in front; the printed s is the higher one.
    const r = signature.slice(8, 8 + 66);
    expect(encodeHex(statement.get("sig") as Uint8Array).slice(8, 8 + 66)).toBe(r);
  });
});

describe.for(webauthn.prf.cases)("WebAuthn Level 3 § 16, PRF over hmac-secret, $title", (vector) => {
  const { prf } = webauthn;
  const protocol = vector.protocol as 1 | 2;
  const platform = createECDH("prime256v1");
  platform.setPrivateKey(bytes(prf.platformPrivateKey));
  const point = new Uint8Array(platform.getPublicKey());
  const saltEnc = bytes(vector.saltEnc);
  const macKey = bytes(vector.sharedSecret).subarray(0, 32);
  const sealed = {
    x: point.slice(1, 33),
    y: point.slice(33),
    saltEnc,
    saltAuth: hmac(macKey, saltEnc).subarray(0, protocol === 1 ? 16 : 32),
    protocol,
  };
  const outputs = bytes(vector.outputs.join(""));
  const seeds = concatBytes(bytes(prf.credRandom), new Uint8Array(32));
  const outputIv = () => bytes(vector.outputEnc).slice(0, 16);
  const scalar = BigInt(`0x${prf.authenticatorPrivateKey}`);
  // noble makes the scalar d of d − 1, in 48 bytes.
  const seed = bytes((scalar - 1n).toString(16).padStart(96, "0"));

  test.for([
    { name: "portable", transport: createPortableSecretTransport(() => seed.slice()) },
    { name: "OpenSSL's", transport: createTestTransport(bytes(prf.authenticatorPrivateKey)) },
  ])("opens the salts and seals the outputs, $name", ({ transport }) => {
    const salts = createSaltTransport({ crypto, transport, random: outputIv });
    expect(encodeHex(salts.publicKey().get(-2) as Uint8Array)).toBe(prf.authenticatorPublicKey.x);
    expect(encodeHex(salts.publicKey().get(-3) as Uint8Array)).toBe(prf.authenticatorPublicKey.y);
    const opened = salts.open(sealed);
    expect(encodeHex(opened.salts)).toBe(vector.salts.join(""));
    expect(encodeHex(opened.seal(outputs))).toBe(vector.outputEnc);
  });

  test("is the answer of the whole authenticator", async () => {
    const base = createTestAuthenticator();
    const authenticator = createTestAuthenticator({
      overrides: {
        transport: createTestTransport(bytes(prf.authenticatorPrivateKey)),
        store: { ...base.host.store, openPrfSeeds: async () => seeds.slice() },
        random: (length) => (length === 16 ? outputIv() : base.host.random(length)),
      },
    });
    await register(authenticator);
    const key = map([1, 2], [3, -25], [-1, 1], [-2, sealed.x], [-3, sealed.y]);
    const input = map([1, key], [2, saltEnc], [3, sealed.saltAuth], [4, protocol]);
    const answer = await authenticator.send(
      0x02,
      getAssertionMap({ 4: map(["hmac-secret", input]), 5: map(["uv", true]) }),
    );
    expect(answer.status).toBe(0);
    const outputMap = decodeCbor((answer.map.get(2) as Uint8Array).subarray(37)) as CborMap;
    expect(encodeHex(outputMap.get("hmac-secret") as Uint8Array)).toBe(vector.outputEnc);
  });
});

describe("the request examples of CTAP", () => {
  const { ctap } = published;
  const LISTED = ctap.getAssertion.slice(ctap.getAssertion.indexOf("5840") + 4).slice(0, 128);

  test("makeCredential is understood, and answered for the account that it names", async () => {
    const authenticator = createTestAuthenticator();
    const answer = await authenticator.sendBytes(bytes(ctap.makeCredential));
    expect(answer.status).toBe(0);
    expect(flagsOf(answer)).toBe(0x59);
    expect(authenticator.prompts).toEqual([
      {
        operation: "make-credential",
        rpId: "example.com",
        rpName: "Acme",
        userName: "johnpsmith@example.com",
        userDisplayName: "John P. Smith",
        excluded: null,
        verification: false,
      },
    ]);
    const [source] = await authenticator.host.store.findByRpId("example.com");
    expect(source?.discoverable).toBe(true);
    expect(encodeHex(source?.userHandle as Uint8Array)).toMatch(/^3082019330820138a0/);
  });

  test("getAssertion finds nothing, and then the passkey that it lists", async () => {
    const authenticator = createTestAuthenticator();
    expect((await authenticator.sendBytes(bytes(ctap.getAssertion))).status).toBe(0x2e);
    const { store } = authenticator.host;
    const { privateKey, publicKey } = await authenticator.host.crypto.makeKeyPair(-7);
    const source = { ...toSource(webauthn.credentials[0]!, BE | BS), publicKey, rpId: "example.com" };
    const credential = {
      source: { ...source, id: bytes(LISTED) },
      privateKey,
      prfSeeds: new Uint8Array(64),
      credBlob: null,
      replaces: [],
    };
    await store.create(credential, await prove(credential.source, UV));
    const answer = await authenticator.sendBytes(bytes(ctap.getAssertion));
    expect(answer.status).toBe(0);
    expect(encodeHex(idOf(answer))).toBe(LISTED);
    expect(flagsOf(answer)).toBe(0x1d);
  });
});

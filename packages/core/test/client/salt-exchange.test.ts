/** The client's half of PRF: salts and their way to the authenticator, against published numbers. */
import { describe, expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../src/authenticator/cancellation.ts";
import { encodeBase64url, encodeHex, decodeHex } from "../../src/bytes/text.ts";
import { type CborMap, encodeCbor } from "../../src/cbor/codec.ts";
import { createCtapCalls } from "../../src/client/authenticator-port.ts";
import { checkCreationPrf, checkRequestPrf, deriveSalts } from "../../src/client/prf.ts";
import { sealSalts } from "../../src/client/salt-exchange.ts";
import { createPortableCredentialCrypto } from "../../src/crypto/credential-key.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { createTestTransport } from "../authenticator/salt-client.ts";
import { rejection } from "./support.ts";
import webauthn from "../vectors/webauthn.json" with { type: "json" };

const bytes = (hex: string): Uint8Array => decodeHex(hex) as Uint8Array;
const crypto = createPortableCredentialCrypto(createSeededRandom(1));
const { prf } = webauthn;

/** What an authenticator answers to getKeyAgreement. */
const agreementKey = (x = bytes(prf.authenticatorPublicKey.x)) =>
  new Map<number, number | Uint8Array>([
    [1, 2],
    [3, -25],
    [-1, 1],
    [-2, x],
    [-3, bytes(prf.authenticatorPublicKey.y)],
  ]);
const callsTo = (key: CborMap) =>
  createCtapCalls(async () => Uint8Array.of(0, ...encodeCbor(new Map([[1, key]]))), NEVER_CANCELLED);

describe.for(prf.cases)("WebAuthn Level 3 § 16, PRF over hmac-secret, $title", (vector) => {
  const protocol = vector.protocol as 1 | 2;
  const values = {
    first: bytes(vector.evalFirst),
    second: "evalSecond" in vector && vector.evalSecond !== undefined ? bytes(vector.evalSecond) : null,
  };
  const deps = {
    crypto,
    transport: createTestTransport(bytes(prf.platformPrivateKey)),
    random: () => bytes(vector.saltEnc).slice(0, 16),
  };

  test("derives the salts", () => {
    expect(encodeHex(deriveSalts(crypto, values))).toBe(vector.salts.join(""));
  });

  test("encrypts them for the authenticator and opens its outputs", async () => {
    const exchange = await sealSalts(deps, callsTo(agreementKey()), protocol, bytes(vector.salts.join("")));
    expect(encodeHex(exchange.input.get(2) as Uint8Array)).toBe(vector.saltEnc);
    expect(exchange.input.get(4)).toBe(protocol);
    expect(encodeHex(exchange.open(bytes(vector.outputEnc)))).toBe(vector.outputs.join(""));
  });
});

describe("an exchange of salts", () => {
  const deps = { crypto, transport: createTestTransport(), random: createSeededRandom(2) };
  const seal = (key: CborMap) => sealSalts(deps, callsTo(key), 2, new Uint8Array(32));

  test("refuses outputs of another length than was asked for", async () => {
    const exchange = await seal(agreementKey());
    for (const length of [0, 32, 47, 49, 80]) {
      expect(() => exchange.open(new Uint8Array(length))).toThrow(
        expect.objectContaining({ name: "UnknownError" }),
      );
    }
  });

  test.for([
    ["off the curve", agreementKey(new Uint8Array(32).fill(1))],
    ["of another length", agreementKey(new Uint8Array(31))],
    ["of text", new Map<number, string>([[-2, "x"]])],
    ["of nothing", new Map<number, string>()],
  ] as const)("refuses a key %s", async ([, key]) => {
    expect(await rejection(seal(key))).toMatchObject({ name: "UnknownError" });
  });
});

describe("PRF inputs", () => {
  const id = Uint8Array.of(1, 2, 3);
  const listed = [{ type: "public-key", id }];
  const values = { first: id, second: null };
  const named = (...ids: string[]) => ({
    eval: null,
    evalByCredential: new Map(ids.map((text) => [text, values])),
  });

  test("by credential are not for a passkey that is to be made, an empty list neither", () => {
    for (const wish of [named("AQID"), named()]) {
      expect(() => checkCreationPrf(wish)).toThrow(expect.objectContaining({ name: "NotSupportedError" }));
    }
  });

  test("by credential name listed passkeys", () => {
    expect(() => checkRequestPrf(named(encodeBase64url(id)), listed)).not.toThrow();
    expect(() => checkRequestPrf(named(), [])).not.toThrow();
  });

  test.for([
    { wish: named("AQID"), list: [], name: "NotSupportedError", why: "nothing is listed" },
    { wish: named(""), list: listed, name: "SyntaxError", why: "the id is empty" },
    { wish: named("AQID="), list: listed, name: "SyntaxError", why: "the id is padded" },
    { wish: named("!"), list: listed, name: "SyntaxError", why: "the id is not base64url" },
    { wish: named("AQID", "AQIE"), list: listed, name: "SyntaxError", why: "the id is another" },
  ])("are refused with $name when $why", ({ wish, list, name }) => {
    expect(() => checkRequestPrf(wish, list)).toThrow(expect.objectContaining({ name }));
  });
});

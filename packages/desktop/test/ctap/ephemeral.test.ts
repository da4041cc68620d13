/** The ephemeral authenticator with the host's own cryptography: every algorithm, in the relying party's order, attested as asked. */
import { createHash, createPublicKey, type JsonWebKey, type KeyObject, verify } from "node:crypto";
import { expect, test } from "vitest";
import { concatBytes } from "@latchkey/core/bytes/concat";
import { type CborMap, decodeCbor, encodeCbor } from "@latchkey/core/cbor/codec";
import { createEphemeralAuthenticator } from "../../src/ctap/ephemeral.ts";

const mapOf = (...entries: readonly (readonly [number | string, unknown])[]): CborMap =>
  new Map(entries as never) as CborMap;
const fault = (error: unknown) => {
  throw error;
};
const HASH = new Uint8Array(createHash("sha256").update("client data").digest());
const NATIVE = [-7, -8, -257, -35];

function start(attestation?: "packed") {
  const authenticator = createEphemeralAuthenticator({
    person: "approve",
    reportFault: fault,
    ...(attestation && { attestation }),
  });
  return async (command: number, map?: CborMap): Promise<CborMap> => {
    const body = map === undefined ? new Uint8Array() : encodeCbor(map);
    const answer = await authenticator.handle(concatBytes(Uint8Array.of(command), body));
    expect(answer[0]).toBe(0);
    return decodeCbor(answer.subarray(1)) as CborMap;
  };
}

const create = (algorithms: readonly number[]): CborMap =>
  mapOf(
    [1, HASH],
    [2, mapOf(["id", "latchkey.example"])],
    [3, mapOf(["id", Uint8Array.of(1)])],
    [4, algorithms.map((alg) => mapOf(["alg", alg], ["type", "public-key"]))],
    [7, mapOf(["rk", true])],
  );

const coseKeyOf = (authData: Uint8Array): CborMap => decodeCbor(authData.slice(55 + 32)) as CborMap;

function toPublicKey(cose: CborMap): KeyObject {
  const member = (key: number) => Buffer.from(cose.get(key) as Uint8Array).toString("base64url");
  const forms: Readonly<Record<number, () => JsonWebKey>> = {
    [-7]: () => ({ kty: "EC", crv: "P-256", x: member(-2), y: member(-3) }),
    [-35]: () => ({ kty: "EC", crv: "P-384", x: member(-2), y: member(-3) }),
    [-8]: () => ({ kty: "OKP", crv: "Ed25519", x: member(-2) }),
    [-257]: () => ({ kty: "RSA", n: member(-1), e: member(-2) }),
  };
  return createPublicKey({ format: "jwk", key: forms[cose.get(3) as number]!() });
}

const DIGESTS: Readonly<Record<number, string | null>> = {
  [-7]: "sha256",
  [-8]: null,
  [-35]: "sha384",
  [-257]: "sha256",
};

test("getInfo names the four algorithms", async () => {
  const info = await start()(0x04);
  expect((info.get(10) as readonly CborMap[]).map((entry) => entry.get("alg"))).toEqual(NATIVE);
});

test.for([
  [[-7, -8, -257, -35], -7],
  [[-8, -7], -8],
  [[-35, -7, -8], -35],
  [[-257, -7], -257],
  [[-65_535, -36, -257, -8], -257],
  [[-37, -8, -8, -7], -8],
] as const)("of %j it takes %i, in the order given", async ([wanted, taken]) => {
  const made = await start()(0x01, create(wanted));
  expect(coseKeyOf(made.get(2) as Uint8Array).get(3)).toBe(taken);
});

test.for(NATIVE)("attests and signs with %i, judged by OpenSSL", async (algorithm) => {
  const send = start("packed");
  const made = await send(0x01, create([algorithm]));
  const authData = made.get(2) as Uint8Array;
  const key = toPublicKey(coseKeyOf(authData));
  const statement = made.get(3) as CborMap;
  expect([...statement.keys()]).toEqual(["alg", "sig"]);
  expect(statement.get("alg")).toBe(algorithm);
  const digest = DIGESTS[algorithm] as string | null;
  expect(verify(digest, concatBytes(authData, HASH), key, statement.get("sig") as Uint8Array)).toBe(true);

  const assertion = await send(0x02, mapOf([1, "latchkey.example"], [2, HASH]));
  const signed = concatBytes(assertion.get(2) as Uint8Array, HASH);
  expect(verify(digest, signed, key, assertion.get(3) as Uint8Array)).toBe(true);
});

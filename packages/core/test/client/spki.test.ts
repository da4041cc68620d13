/** COSE keys as SubjectPublicKeyInfo, judged by OpenSSL. */
import { createPublicKey, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { CborMap } from "../../src/cbor/codec.ts";
import { encodePublicKeyInfo } from "../../src/client/spki.ts";
import { rejection } from "./support.ts";

const part = (jwk: JsonWebKey, name: "x" | "y" | "n" | "e") =>
  new Uint8Array(Buffer.from(jwk[name] as string, "base64url"));
const ec = (curve: number) => (jwk: JsonWebKey) =>
  new Map<number, number | Uint8Array>([
    [1, 2],
    [-1, curve],
    [-2, part(jwk, "x")],
    [-3, part(jwk, "y")],
  ]);

const algorithms: readonly {
  name: string;
  algorithm: number;
  make: () => { publicKey: import("node:crypto").KeyObject };
  toCose: (jwk: JsonWebKey) => CborMap;
}[] = [
  {
    name: "ES256",
    algorithm: -7,
    make: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
    toCose: ec(1),
  },
  {
    name: "ES384",
    algorithm: -35,
    make: () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
    toCose: ec(2),
  },
  {
    name: "EdDSA",
    algorithm: -8,
    make: () => generateKeyPairSync("ed25519"),
    toCose: (jwk) =>
      new Map<number, number | Uint8Array>([
        [-1, 6],
        [-2, part(jwk, "x")],
      ]),
  },
  {
    name: "RS256",
    algorithm: -257,
    make: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
    toCose: (jwk) =>
      new Map([
        [-1, part(jwk, "n")],
        [-2, part(jwk, "e")],
      ]),
  },
];

describe.for(algorithms)("a public key of $name", ({ algorithm, make, toCose }) => {
  test("has the form that OpenSSL gives it", () => {
    const { publicKey } = make();
    const info = encodePublicKeyInfo(toCose(publicKey.export({ format: "jwk" })), algorithm);
    const expected = publicKey.export({ format: "der", type: "spki" });
    expect(Buffer.from(info as Uint8Array).equals(expected)).toBe(true);
    expect(createPublicKey({ key: expected, format: "der", type: "spki" }).type).toBe("public");
  });

  test("without its parts is refused", async () => {
    const read = async () => encodePublicKeyInfo(new Map(), algorithm);
    expect(await rejection(read())).toMatchObject({ name: "UnknownError" });
  });
});

test("of another algorithm or curve there is none", () => {
  expect(encodePublicKeyInfo(new Map(), -36)).toBeNull();
  expect(encodePublicKeyInfo(new Map<number, number | Uint8Array>([[-1, 7]]), -8)).toBeNull();
});

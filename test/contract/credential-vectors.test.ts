/**
 * Both adapters of `CredentialCrypto` against published numbers. Where a signature is deterministic it is compared byte for byte:
 * EdDSA and RS256 on both, ECDSA on the portable one, which follows RFC 6979 and then takes the lower s. OpenSSL's ECDSA is
 * randomised: its signatures are verified under the published key, and the published ones under the key that it derived.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  randomBytes,
  verify,
} from "node:crypto";
import { describe, expect, test } from "vitest";
import { concatBytes } from "@latchkey/core/bytes/concat";
import { decodeHex, encodeHex } from "@latchkey/core/bytes/text";
import { type CborMap, decodeCbor } from "@latchkey/core/cbor/codec";
import { createPortableCredentialCrypto } from "@latchkey/core/crypto/credential-key";
import { encodeDer } from "@latchkey/core/crypto/der";
import { encodeEddsaPrivateKey } from "@latchkey/core/crypto/eddsa-key";
import { ES256_KEY } from "@latchkey/core/crypto/es256-key";
import { ES384_KEY } from "@latchkey/core/crypto/es384-key";
import type { CoseAlgorithm, SigningKey } from "@latchkey/core/ports";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";
import published from "@latchkey/core/test/vectors/published.json" with { type: "json" };
import webauthn from "@latchkey/core/test/vectors/webauthn.json" with { type: "json" };

const bytes = (hex: string): Uint8Array => decodeHex(hex) as Uint8Array;
const base64url = (value: unknown) => Buffer.from(value as Uint8Array).toString("base64url");
const portable = createPortableCredentialCrypto((length) => new Uint8Array(randomBytes(length)));
const native = createNativeCredentialCrypto();
const ADAPTERS = [
  { name: "portable", adapter: portable },
  { name: "native", adapter: native },
];

const CURVES = {
  [-7]: {
    form: ES256_KEY,
    crv: "P-256",
    digest: "sha256",
    bytes: 32,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  [-35]: {
    form: ES384_KEY,
    crv: "P-384",
    digest: "sha384",
    bytes: 48,
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
} as const;
type Ecdsa = keyof typeof CURVES;
const isEcdsa = (algorithm: number): algorithm is Ecdsa => algorithm in CURVES;

/** PKCS#8 of a scalar and its point. */
function ecPrivateKey(algorithm: Ecdsa, scalar: string, x: string, y: string): Uint8Array {
  return CURVES[algorithm].form.encodePrivateKey(bytes(scalar), bytes(`04${x}${y}`));
}

/** r and s as numbers. */
function readSignature(der: Uint8Array): { r: bigint; s: bigint } {
  const rEnd = 4 + (der[3] as number);
  const number = (part: Uint8Array) => BigInt(`0x${encodeHex(part)}`);
  return { r: number(der.subarray(4, rEnd)), s: number(der.subarray(rEnd + 2)) };
}

const lower = (algorithm: Ecdsa, s: bigint): bigint => {
  const { order } = CURVES[algorithm];
  return s > order / 2n ? order - s : s;
};

function writeSignature(r: bigint, s: bigint): Uint8Array {
  const integer = (value: bigint) => {
    const hex = value.toString(16);
    const even = hex.length % 2 === 0 ? hex : `0${hex}`;
    return encodeDer(0x02, bytes(/^[89a-f]/.test(even) ? `00${even}` : even));
  };
  return encodeDer(0x30, integer(r), integer(s));
}

/** The published signature as a signer that takes the lower s writes it. */
const withLowS = (algorithm: Ecdsa, signature: Uint8Array): Uint8Array => {
  const { r, s } = readSignature(signature);
  return writeSignature(r, lower(algorithm, s));
};

function toPublicKey(publicKey: Uint8Array) {
  const cose = decodeCbor(publicKey) as CborMap;
  const member = (key: number) => base64url(cose.get(key));
  const forms: Readonly<Record<number, () => JsonWebKey>> = {
    1: () => ({ kty: "OKP", crv: "Ed25519", x: member(-2) }),
    2: () => ({ kty: "EC", crv: cose.get(-1) === 1 ? "P-256" : "P-384", x: member(-2), y: member(-3) }),
    3: () => ({ kty: "RSA", n: member(-1), e: member(-2) }),
  };
  return createPublicKey({ format: "jwk", key: forms[cose.get(1) as number]!() });
}

function expectSignature(
  algorithm: number,
  key: SigningKey,
  message: Uint8Array,
  expected: Uint8Array,
): void {
  const digest = algorithm === -8 ? null : algorithm === -35 ? "sha384" : "sha256";
  expect(verify(digest, message, toPublicKey(key.publicKey), expected)).toBe(true);
  const own = key.sign(message);
  expect(verify(digest, message, toPublicKey(key.publicKey), own)).toBe(true);
  if (!isEcdsa(algorithm)) expect(encodeHex(own)).toBe(encodeHex(expected));
}

describe.for(published.ecdsa)("$section", (vector) => {
  const algorithm = vector.algorithm as Ecdsa;
  const privateKey = ecPrivateKey(algorithm, vector.privateKey, vector.x, vector.y);

  test.for(ADAPTERS)("gives the key and its signatures, $name", ({ adapter }) => {
    const key = adapter.importKey(algorithm, privateKey);
    expect((decodeCbor(key.publicKey) as CborMap).get(-2)).toEqual(bytes(vector.x));
    expect((decodeCbor(key.publicKey) as CborMap).get(-3)).toEqual(bytes(vector.y));
    for (const { message, r, s } of vector.signatures) {
      const expected = writeSignature(BigInt(`0x${r}`), BigInt(`0x${s}`));
      expectSignature(algorithm, key, bytes(message), expected);
      if (adapter === portable) {
        expect(encodeHex(key.sign(bytes(message)))).toBe(encodeHex(withLowS(algorithm, expected)));
      }
    }
  });
});

describe.for(published.ed25519)("$section", ({ seed, publicKey, message, signature }) => {
  test.for(ADAPTERS)("gives the public key and the signature, $name", ({ adapter }) => {
    const key = adapter.importKey(-8, encodeEddsaPrivateKey(bytes(seed)));
    expect(encodeHex((decodeCbor(key.publicKey) as CborMap).get(-2) as Uint8Array)).toBe(publicKey);
    expect(encodeHex(key.sign(bytes(message)))).toBe(signature);
  });
});

describe.for(published.coseKeys)("$section", ({ privateKey, x, y }) => {
  test.for(ADAPTERS)("is read, and its public members written, $name", ({ adapter }) => {
    const key = adapter.importKey(-7, ecPrivateKey(-7, privateKey, x, y));
    expect(encodeHex(key.publicKey)).toBe(`a5010203262001215820${x}225820${y}`);
  });
});

/** The RSA key of § 16.10, from its two primes. */
function rsaPrivateKey(): Uint8Array {
  const [p, q, e] = [2n ** 1279n - 1n, 2n ** 2203n - 1n, 65537n];
  const d = invert(e, (p - 1n) * (q - 1n));
  const member = (value: bigint) => {
    const hex = value.toString(16);
    return base64url(bytes(hex.length % 2 === 0 ? hex : `0${hex}`));
  };
  const key = createPrivateKey({
    format: "jwk",
    key: {
      kty: "RSA",
      n: member(p * q),
      e: member(e),
      d: member(d),
      p: member(p),
      q: member(q),
      dp: member(d % (p - 1n)),
      dq: member(d % (q - 1n)),
      qi: member(invert(q, p)),
    },
  });
  return new Uint8Array(key.export({ type: "pkcs8", format: "der" }));
}

/** Extended Euclid. */
function invert(value: bigint, modulus: bigint): bigint {
  let [low, high] = [value % modulus, modulus];
  let [x, y] = [1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high % low, low];
    [x, y] = [y - quotient * x, x];
  }
  return ((x % modulus) + modulus) % modulus;
}

describe.for(webauthn.credentials)("WebAuthn Level 3 § $section, $title", (vector) => {
  const algorithm = vector.algorithm as CoseAlgorithm;
  const cose = decodeCbor(bytes(vector.publicKey)) as CborMap;
  const hex = (key: number) => encodeHex(cose.get(key) as Uint8Array);
  const privateKey =
    vector.privateKey === undefined
      ? rsaPrivateKey()
      : isEcdsa(algorithm)
        ? ecPrivateKey(algorithm, vector.privateKey, hex(-2), hex(-3))
        : encodeEddsaPrivateKey(bytes(vector.privateKey));

  const able = ADAPTERS.filter(({ adapter }) => adapter.algorithms.includes(algorithm));
  test.for(able)("gives the public key and the signatures, $name", ({ adapter }) => {
    const key = adapter.importKey(algorithm, privateKey);
    expect(encodeHex(key.publicKey)).toBe(vector.publicKey);
    for (const { authenticatorData, clientDataJSON, signature } of [
      vector.registration,
      vector.authentication,
    ]) {
      if (signature === undefined) continue;
      const hash = createHash("sha256").update(clientDataJSON).digest();
      const message = concatBytes(bytes(authenticatorData), hash);
      expectSignature(algorithm, key, message, bytes(signature));
      if (adapter === portable && isEcdsa(algorithm)) {
        expect(encodeHex(key.sign(message))).toBe(encodeHex(withLowS(algorithm, bytes(signature))));
      }
    }
  });
});

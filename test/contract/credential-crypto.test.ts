/** The contract of `CredentialCrypto`, run by both adapters; each is judged by the other and by WebCrypto. */
import { generateKeyPairSync, randomBytes, webcrypto } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decodeHex, encodeHex } from "@latchkey/core/bytes/text";
import { type CborMap, decodeCbor } from "@latchkey/core/cbor/codec";
import { createPortableCredentialCrypto } from "@latchkey/core/crypto/credential-key";
import { ES256_KEY } from "@latchkey/core/crypto/es256-key";
import { ES384_KEY } from "@latchkey/core/crypto/es384-key";
import type { CoseAlgorithm, CredentialCrypto } from "@latchkey/core/ports";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";

const portable = createPortableCredentialCrypto((length) => new Uint8Array(randomBytes(length)));
const native = createNativeCredentialCrypto();

const message = new TextEncoder().encode("authenticator data and client data hash");
const bytes = (hex: string): Uint8Array => decodeHex(hex) as Uint8Array;
const base64url = (value: unknown) => Buffer.from(value as Uint8Array).toString("base64url");
const pkcs8 = (pair: { privateKey: { export(form: { type: "pkcs8"; format: "der" }): Buffer } }) =>
  new Uint8Array(pair.privateKey.export({ type: "pkcs8", format: "der" }));
const changed = (key: Uint8Array, at: number, value: number) =>
  key.map((byte, i) => (i === (at < 0 ? key.length + at : at) ? value : byte));

interface Expected {
  readonly name: string;
  readonly algorithm: CoseAlgorithm;
  readonly adapters: readonly CredentialCrypto[];
  /** Members of the COSE_Key, its length, and that of the PKCS#8 bytes if it is fixed. */
  readonly cose: Readonly<Record<number, number | Uint8Array>>;
  readonly publicKeyBytes: number;
  readonly privateKeyBytes: number | null;
  /** WebCrypto's name of it, and the public key in its form. */
  readonly webCrypto: webcrypto.RsaHashedImportParams & webcrypto.EcKeyImportParams & { hash: string };
  readonly jwk: (cose: CborMap) => webcrypto.JsonWebKey;
  /** Bytes of r and s in an ECDSA signature. */
  readonly scalarBytes: number | null;
  /** Other encodings of a key that is read, and what is refused besides keys of other algorithms. */
  readonly otherForms: (key: Uint8Array) => readonly Uint8Array[];
  readonly refused: (key: Uint8Array, other: Uint8Array) => Readonly<Record<string, Uint8Array>>;
}

const ecKey = (
  form: typeof ES256_KEY,
  curve: { crv: string; bytes: number; order: string; bare: string },
) => {
  const bare = (scalar: Uint8Array) => bytes(curve.bare + encodeHex(scalar));
  const scalarOf = (key: Uint8Array) => form.readPrivateKey(key).scalar;
  return {
    jwk: (cose: CborMap) => ({
      kty: "EC",
      crv: curve.crv,
      x: base64url(cose.get(-2)),
      y: base64url(cose.get(-3)),
    }),
    scalarBytes: curve.bytes,
    otherForms: (key: Uint8Array) => [bare(scalarOf(key))],
    refused: (key: Uint8Array, other: Uint8Array) => ({
      "a scalar of zero": bare(new Uint8Array(curve.bytes)),
      "a scalar that is the order": bare(bytes(curve.order)),
      "a scalar over the order": bare(new Uint8Array(curve.bytes).fill(0xff)),
      "the public half of another key": form.encodePrivateKey(
        scalarOf(key),
        form.readPrivateKey(other).point as Uint8Array,
      ),
      "a public half off the curve": changed(key, -1, (key.at(-1) as number) ^ 1),
      "a hybrid point": changed(key, -2 * curve.bytes - 1, 6),
      "one bit in the frame of the public half": changed(key, -2 * curve.bytes - 2, 1),
    }),
  };
};

const ALGORITHMS: readonly Expected[] = [
  {
    name: "ES256",
    algorithm: -7,
    adapters: [portable, native],
    cose: { 1: 2, 3: -7, [-1]: 1 },
    publicKeyBytes: 77,
    privateKeyBytes: 138,
    webCrypto: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
    ...ecKey(ES256_KEY, {
      crv: "P-256",
      bytes: 32,
      order: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
      bare: "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420",
    }),
  },
  {
    name: "ES384",
    algorithm: -35,
    adapters: [portable, native],
    cose: { 1: 2, 3: -35, [-1]: 2 },
    publicKeyBytes: 110,
    privateKeyBytes: 185,
    webCrypto: { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" },
    ...ecKey(ES384_KEY, {
      crv: "P-384",
      bytes: 48,
      order:
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
      bare: "304e020100301006072a8648ce3d020106052b81040022043730350201010430",
    }),
  },
  {
    name: "EdDSA",
    algorithm: -8,
    adapters: [portable, native],
    cose: { 1: 1, 3: -8, [-1]: 6 },
    publicKeyBytes: 42,
    privateKeyBytes: 48,
    webCrypto: { name: "Ed25519", namedCurve: "", hash: "" },
    jwk: (cose) => ({ kty: "OKP", crv: "Ed25519", x: base64url(cose.get(-2)) }),
    scalarBytes: null,
    otherForms: (key) => [withPublicKey(key, key)],
    refused: (key, other) => ({
      "the public half of another key": withPublicKey(key, other),
      "one bit in the frame of the public half": changed(withPublicKey(key, key), 50, 1),
      X25519: changed(key, 11, 0x6e),
    }),
  },
  {
    name: "RS256",
    algorithm: -257,
    adapters: [native],
    cose: { 1: 3, 3: -257, [-2]: Uint8Array.of(1, 0, 1) },
    publicKeyBytes: 272,
    privateKeyBytes: null,
    webCrypto: { name: "RSASSA-PKCS1-v1_5", namedCurve: "", hash: "SHA-256" },
    jwk: (cose) => ({ kty: "RSA", n: base64url(cose.get(-1)), e: base64url(cose.get(-2)) }),
    scalarBytes: null,
    otherForms: () => [],
    refused: (key) => ({
      "1024 bits": pkcs8(generateKeyPairSync("rsa", { modulusLength: 1024 })),
      "an exponent of 3": pkcs8(generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 })),
      PSS: pkcs8(generateKeyPairSync("rsa-pss", { modulusLength: 2048 })),
      // The modulus begins at byte 38: version, algorithm, headers, version, header.
      "a modulus that is another's": changed(key, 60, (key[60] as number) ^ 1),
    }),
  },
];

/** Version 1 of PKCS#8, with the public key of `of`. */
const withPublicKey = (key: Uint8Array, of: Uint8Array): Uint8Array => {
  const publicKey = decodeCbor(portable.importKey(-8, of).publicKey) as CborMap;
  const seed = encodeHex(key.subarray(16));
  return bytes(`3051020101300506032b657004220420${seed}812100${encodeHex(publicKey.get(-2) as Uint8Array)}`);
};

const FOREIGN: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(),
  junk: new Uint8Array(randomBytes(138)),
  "P-256": (await portable.makeKeyPair(-7)).privateKey,
  "P-384": (await portable.makeKeyPair(-35)).privateKey,
  secp256k1: pkcs8(generateKeyPairSync("ec", { namedCurve: "secp256k1" })),
  Ed25519: (await portable.makeKeyPair(-8)).privateKey,
  "RSA with 2048 bits": (await native.makeKeyPair(-257)).privateKey,
};
const OWN_NAME: Readonly<Record<number, string>> = {
  [-7]: "P-256",
  [-35]: "P-384",
  [-8]: "Ed25519",
  [-257]: "RSA with 2048 bits",
};

/** r ‖ s of a DER signature, which is read strictly: shortest integers, never negative, nothing behind. */
function readDer(signature: Uint8Array, scalarBytes: number): Uint8Array {
  expect([...signature.subarray(0, 2)]).toEqual([0x30, signature.length - 2]);
  const raw = new Uint8Array(2 * scalarBytes);
  let at = 2;
  for (const end of [scalarBytes, 2 * scalarBytes]) {
    expect(signature[at]).toBe(0x02);
    const integer = signature.subarray(at + 2, at + 2 + (signature[at + 1] as number));
    at += 2 + integer.length;
    const [first, second = 0] = integer as unknown as readonly number[];
    expect(first! < 0x80 && (first !== 0 || integer.length === 1 || second >= 0x80)).toBe(true);
    const unsigned = first === 0 ? integer.subarray(1) : integer;
    raw.set(unsigned, end - unsigned.length);
  }
  expect(at).toBe(signature.length);
  return raw;
}

/** Whether WebCrypto accepts the signature under a COSE_Key. */
async function isSigned(
  { webCrypto, jwk, scalarBytes }: Expected,
  publicKey: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const cose = decodeCbor(publicKey) as CborMap;
  const key = await webcrypto.subtle.importKey("jwk", jwk(cose), webCrypto, false, ["verify"]);
  const raw = scalarBytes === null ? signature : readDer(signature, scalarBytes);
  return webcrypto.subtle.verify(webCrypto, key, new Uint8Array(raw), message);
}

describe.for([
  { name: "portable", adapter: portable, algorithms: [-7, -8, -35] },
  { name: "native", adapter: native, algorithms: [-7, -8, -257, -35] },
])("CredentialCrypto, $name", ({ adapter, algorithms }) => {
  test("names the algorithms that it signs with", () => {
    expect(adapter.algorithms).toEqual(algorithms);
  });

  test.for([
    { text: "", hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { text: "abc", hash: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  ])("hashes '$text'", ({ text, hash }) => {
    const digest = adapter.sha256(new TextEncoder().encode(text));
    expect(encodeHex(digest)).toBe(hash);
    expect(digest.constructor).toBe(Uint8Array);
  });
});

const cases = ALGORITHMS.flatMap((expected) =>
  expected.adapters.map((adapter) => ({
    of: `${expected.name}, ${adapter === native ? "native" : "portable"}`,
    adapter,
    expected,
  })),
);
describe.for(cases)("$of", async ({ adapter, expected }) => {
  const { algorithm, adapters } = expected;
  const good = (await adapter.makeKeyPair(algorithm)).privateKey;
  const another = (await adapter.makeKeyPair(algorithm)).privateKey;

  test("makes a fresh key pair each time, in the one form", async () => {
    const second = await adapter.makeKeyPair(algorithm);
    expect(second.privateKey).not.toEqual(good);
    expect(second.privateKey.constructor).toBe(Uint8Array);
    expect(second.publicKey.constructor).toBe(Uint8Array);
    expect(second.publicKey).toHaveLength(expected.publicKeyBytes);
    if (expected.privateKeyBytes !== null) {
      expect(second.privateKey).toHaveLength(expected.privateKeyBytes);
    }
    const cose = decodeCbor(second.publicKey) as CborMap;
    for (const [key, value] of Object.entries(expected.cose)) expect(cose.get(Number(key))).toEqual(value);
  });

  test("opens and signs with what each adapter made, in each form that is read", async () => {
    for (const maker of adapters) {
      const { privateKey, publicKey } = await maker.makeKeyPair(algorithm);
      for (const form of [privateKey, ...expected.otherForms(privateKey), Buffer.from(privateKey)]) {
        const before = encodeHex(form);
        const key = adapter.importKey(algorithm, form);
        expect(key.publicKey).toEqual(publicKey);
        expect(key.publicKey.constructor).toBe(Uint8Array);
        expect(await isSigned(expected, publicKey, key.sign(message))).toBe(true);
        expect(encodeHex(form)).toBe(before);
      }
    }
  });

  test("writes signatures in WebAuthn's form, for its own key alone", async () => {
    const key = adapter.importKey(algorithm, good);
    const signature = key.sign(message);
    expect(signature.constructor).toBe(Uint8Array);
    const { publicKey } = adapter.importKey(algorithm, another);
    expect(await isSigned(expected, publicKey, signature)).toBe(false);
    const { scalarBytes } = expected;
    if (scalarBytes === null) return;
    for (let i = 0; i < 40; i++) readDer(key.sign(Uint8Array.of(i)), scalarBytes);
  });

  test("goes on signing when the caller has wiped the bytes it gave", async () => {
    const { privateKey, publicKey } = await adapter.makeKeyPair(algorithm);
    const key = adapter.importKey(algorithm, privateKey);
    privateKey.fill(0);
    expect(await isSigned(expected, publicKey, key.sign(message))).toBe(true);
  });

  const { [OWN_NAME[algorithm] as string]: _own, ...foreign } = FOREIGN;
  test.for(
    Object.entries({
      ...foreign,
      "a cut key": good.subarray(0, good.length - 1),
      "a byte behind the key": Uint8Array.of(...good, 0),
      "another version": changed(good, good[1] === 0x82 ? 6 : good[1] === 0x81 ? 5 : 4, 2),
      "its own junk": new Uint8Array(randomBytes(good.length)),
      ...expected.refused(good, another),
    }),
  )("refuses %s", ([, key]) => {
    expect(() => adapter.importKey(algorithm, key)).toThrow(
      expect.objectContaining({ code: "LK-KEY-SECRET-REFUSED" }),
    );
  });
});

test("the portable adapter refuses an algorithm that it does not have", async () => {
  const { privateKey } = await native.makeKeyPair(-257);
  expect(() => portable.importKey(-257, privateKey)).toThrow(
    expect.objectContaining({ code: "LK-KEY-SECRET-REFUSED" }),
  );
});

test("OpenSSL makes an RSA key aside: the host's loop turns meanwhile", async () => {
  let turns = 0;
  let made = false;
  const turn = () => {
    if (made) return;
    turns++;
    setImmediate(turn);
  };
  setImmediate(turn);
  await native.makeKeyPair(-257);
  made = true;
  expect(turns).toBeGreaterThan(0);
});

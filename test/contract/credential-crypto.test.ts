/** The contract of `CredentialCrypto`, run by both adapters; each is judged by the other and by WebCrypto. */
import { generateKeyPairSync, randomBytes, webcrypto } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decodeHex, encodeHex } from "@latchkey/core/bytes/text";
import { type CborMap, decodeCbor } from "@latchkey/core/cbor/codec";
import { createPortableCredentialCrypto } from "@latchkey/core/crypto/credential-key";
import { encodeEs256PrivateKey } from "@latchkey/core/crypto/es256-key";
import type { CredentialCrypto } from "@latchkey/core/ports";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";

const portable = createPortableCredentialCrypto((length) => new Uint8Array(randomBytes(length)));
const native = createNativeCredentialCrypto();
const adapters: readonly { name: string; adapter: CredentialCrypto; other: CredentialCrypto }[] = [
  { name: "portable", adapter: portable, other: native },
  { name: "native", adapter: native, other: portable },
];

const message = new TextEncoder().encode("authenticator data and client data hash");
const ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const POINT_START = 73;
const SCALAR_START = 36;
const BARE_START = "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420";

const bytes = (hex: string): Uint8Array => decodeHex(hex) as Uint8Array;
const scalarOf = (privateKey: Uint8Array): Uint8Array => privateKey.slice(SCALAR_START, SCALAR_START + 32);
const bare = (scalar: Uint8Array): Uint8Array => bytes(BARE_START + encodeHex(scalar));

/** Whether WebCrypto, which wants r ‖ s, accepts a DER signature under a COSE_Key. Reads DER strictly. */
async function isSigned(publicKey: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const cose = decodeCbor(publicKey) as CborMap;
  const coordinate = (key: number) => Buffer.from(cose.get(key) as Uint8Array).toString("base64url");
  const jwk = { kty: "EC", crv: "P-256", x: coordinate(-2), y: coordinate(-3) };
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await webcrypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
  return webcrypto.subtle.verify(algorithm, key, new Uint8Array(readDer(signature)), message);
}

function readDer(signature: Uint8Array): Uint8Array {
  expect([...signature.subarray(0, 2)]).toEqual([0x30, signature.length - 2]);
  const raw = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    expect(signature[at]).toBe(0x02);
    const integer = signature.subarray(at + 2, at + 2 + (signature[at + 1] as number));
    at += 2 + integer.length;
    const [first, second = 0] = integer as unknown as readonly number[];
    // Shortest form, never negative: one leading zero, and only before a high bit.
    expect(first! < 0x80 && (first !== 0 || integer.length === 1 || second >= 0x80)).toBe(true);
    const unsigned = first === 0 ? integer.subarray(1) : integer;
    raw.set(unsigned, end - unsigned.length);
  }
  expect(at).toBe(signature.length);
  return raw;
}

describe.for(adapters)("CredentialCrypto, $name", ({ adapter, other }) => {
  test("signs ES256 and nothing else", () => {
    expect(adapter.algorithms).toEqual([-7]);
  });

  test.for([
    { text: "", hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { text: "abc", hash: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  ])("hashes '$text'", ({ text, hash }) => {
    const digest = adapter.sha256(new TextEncoder().encode(text));
    expect(encodeHex(digest)).toBe(hash);
    expect(digest.constructor).toBe(Uint8Array);
  });

  test("makes a fresh key pair each time, in the one form", () => {
    const first = adapter.makeKeyPair(-7);
    const second = adapter.makeKeyPair(-7);
    expect(first.privateKey).not.toEqual(second.privateKey);
    for (const { privateKey, publicKey } of [first, second]) {
      expect(privateKey.constructor).toBe(Uint8Array);
      expect(publicKey.constructor).toBe(Uint8Array);
      expect(privateKey).toHaveLength(138);
      expect(publicKey).toHaveLength(77);
      const point = privateKey.subarray(POINT_START);
      expect(privateKey).toEqual(encodeEs256PrivateKey(scalarOf(privateKey), point));
      expect(encodeHex(publicKey)).toContain(encodeHex(point.subarray(1, 33)));
      expect(encodeHex(publicKey)).toContain(encodeHex(point.subarray(33)));
    }
  });

  test("opens and signs with what either adapter made, with the public half or without it", async () => {
    for (const maker of [adapter, other]) {
      const { privateKey, publicKey } = maker.makeKeyPair(-7);
      for (const form of [privateKey, bare(scalarOf(privateKey)), Buffer.from(privateKey)]) {
        const before = encodeHex(form);
        const key = adapter.importKey(-7, form);
        expect(key.publicKey).toEqual(publicKey);
        expect(await isSigned(publicKey, key.sign(message))).toBe(true);
        expect(encodeHex(form)).toBe(before);
      }
    }
  });

  test("writes signatures in DER whose integers are as short as they can be", async () => {
    const key = adapter.importKey(-7, adapter.makeKeyPair(-7).privateKey);
    for (let i = 0; i < 40; i++) readDer(key.sign(Uint8Array.of(i)));
    const signature = key.sign(message);
    expect(signature.constructor).toBe(Uint8Array);
    expect(await isSigned(adapter.makeKeyPair(-7).publicKey, signature)).toBe(false);
  });

  test("goes on signing when the caller has wiped the bytes it gave", async () => {
    const { privateKey, publicKey } = adapter.makeKeyPair(-7);
    const key = adapter.importKey(-7, privateKey);
    privateKey.fill(0);
    expect(await isSigned(publicKey, key.sign(message))).toBe(true);
  });

  const good = adapter.makeKeyPair(-7).privateKey;
  const pkcs8 = (curve: string) =>
    generateKeyPairSync("ec", { namedCurve: curve }).privateKey.export({ type: "pkcs8", format: "der" });
  const changed = (at: number, value: number) => good.map((byte, i) => (i === at ? value : byte));
  test.for<{ name: string; key: Uint8Array }>([
    { name: "nothing", key: new Uint8Array() },
    { name: "junk of the right length", key: new Uint8Array(randomBytes(138)) },
    { name: "a cut key", key: good.subarray(0, 137) },
    { name: "a byte behind the key", key: Uint8Array.of(...good, 0) },
    { name: "P-384", key: pkcs8("secp384r1") },
    { name: "secp256k1", key: pkcs8("secp256k1") },
    {
      name: "Ed25519",
      key: generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "der" }),
    },
    { name: "another version", key: changed(5, 1) },
    { name: "a scalar of zero", key: bare(new Uint8Array(32)) },
    { name: "a scalar that is the order", key: bare(bytes(ORDER)) },
    { name: "a scalar over the order", key: bare(new Uint8Array(32).fill(0xff)) },
    {
      name: "the public half of another key",
      key: encodeEs256PrivateKey(scalarOf(good), other.makeKeyPair(-7).privateKey.subarray(POINT_START)),
    },
    { name: "a public half off the curve", key: changed(137, (good[137] as number) ^ 1) },
    { name: "a hybrid point", key: changed(POINT_START, 6) },
    { name: "one bit in the frame of the public half", key: changed(POINT_START - 1, 1) },
  ])("refuses $name", ({ key }) => {
    expect(() => adapter.importKey(-7, key)).toThrow(
      expect.objectContaining({ code: "LK-KEY-SECRET-REFUSED" }),
    );
  });
});

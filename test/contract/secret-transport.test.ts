/** The contract of `SecretTransportCrypto`, run by both adapters, with numbers of the specifications. */
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decodeHex, encodeHex } from "@latchkey/core/bytes/text";
import { createPortableSecretTransport } from "@latchkey/core/crypto/secret-transport";
import { createNativeSecretTransport } from "@latchkey/desktop/secret-transport";
import published from "@latchkey/core/test/vectors/published.json" with { type: "json" };

const bytes = (hex: string): Uint8Array => decodeHex(hex) as Uint8Array;
const portable = createPortableSecretTransport((length) => new Uint8Array(randomBytes(length)));
const native = createNativeSecretTransport();
const { hmac, hkdf, aesCbc, ecdh } = published;

describe.for([
  { name: "portable", transport: portable, other: native },
  { name: "native", transport: native, other: portable },
])("SecretTransportCrypto, $name", ({ transport, other }) => {
  test.for(hmac)("computes HMAC-SHA-256 as $section does", ({ key, data, mac }) => {
    const computed = transport.hmacSha256(bytes(key), bytes(data));
    expect(encodeHex(computed)).toBe(mac);
    expect(computed.constructor).toBe(Uint8Array);
  });

  test.for(hkdf)("gives HKDF-SHA-256 of $section by its two steps", ({ ikm, salt, info, prk, okm }) => {
    const extracted = transport.hmacSha256(bytes(salt), bytes(ikm));
    expect(encodeHex(extracted)).toBe(prk);
    const block = transport.hmacSha256(extracted, bytes(`${info}01`));
    expect(encodeHex(block)).toBe(okm.slice(0, 64));
  });

  test.for(aesCbc)(
    "encrypts and decrypts as $section do, without padding",
    ({ key, iv, plaintext, ciphertext }) => {
      const encrypted = transport.encryptCbc(bytes(key), bytes(iv), bytes(plaintext));
      expect(encodeHex(encrypted)).toBe(ciphertext);
      expect(encodeHex(transport.decryptCbc(bytes(key), bytes(iv), encrypted))).toBe(plaintext);
      expect(encrypted.constructor).toBe(Uint8Array);
    },
  );

  test("leaves what it is given as it is", () => {
    const [key, iv, data] = [randomBytes(32), randomBytes(16), randomBytes(64)];
    const before = Buffer.concat([key, iv, data]).toString("hex");
    transport.decryptCbc(key, iv, transport.encryptCbc(key, iv, data));
    transport.hmacSha256(key, data);
    expect(Buffer.concat([key, iv, data]).toString("hex")).toBe(before);
  });

  test.for([0, 15, 17, 31])("refuses %i bytes, unless they are whole blocks", (length) => {
    const [key, iv, data] = [new Uint8Array(32), new Uint8Array(16), new Uint8Array(length)];
    if (length === 0) expect(transport.encryptCbc(key, iv, data)).toHaveLength(0);
    else expect(() => transport.encryptCbc(key, iv, data)).toThrow();
  });

  test("agrees with the other side and the other adapter, and with nobody else", () => {
    const [a, b, c] = [transport.makeAgreementKey(), other.makeAgreementKey(), transport.makeAgreementKey()];
    expect(a.point).toHaveLength(65);
    expect(a.agree(b.point)).toHaveLength(32);
    expect(a.agree(b.point)).toEqual(b.agree(a.point));
    expect(a.agree(c.point)).toEqual(c.agree(a.point));
    expect(a.agree(b.point)).not.toEqual(c.agree(a.point));
    expect(a.agree(b.point)?.constructor).toBe(Uint8Array);
  });

  test.for(ecdh.refused)("gives null for what Wycheproof $tcId refuses: $comment", ({ point }) => {
    expect(transport.makeAgreementKey().agree(bytes(point))).toBeNull();
  });

  test.for([
    { name: "cut short", point: native.makeAgreementKey().point.subarray(0, 64) },
    { name: "with a byte behind", point: Uint8Array.of(...native.makeAgreementKey().point, 0) },
    { name: "at infinity", point: Uint8Array.of(0) },
    { name: "in the hybrid form", point: toHybrid(native.makeAgreementKey().point) },
    { name: "compressed", point: toCompressed(native.makeAgreementKey().point) },
  ])("gives null for a point $name", ({ point }) => {
    expect(transport.makeAgreementKey().agree(point)).toBeNull();
  });
});

describe("the portable adapter", () => {
  // noble makes the scalar d of d − 1, in 48 bytes.
  const scalar = BigInt(`0x${ecdh.privateKey}`);
  const seed = bytes((scalar - 1n).toString(16).padStart(96, "0"));
  const key = createPortableSecretTransport(() => seed.slice()).makeAgreementKey();

  test.for(ecdh.agreed)("agrees on the secret of Wycheproof $tcId", ({ point, shared }) => {
    expect(encodeHex(key.agree(bytes(point)) as Uint8Array)).toBe(shared);
  });
});

/** The forms of X9.62 § 4.3.6 that name y by its last bit. */
function toHybrid(point: Uint8Array): Uint8Array {
  return Uint8Array.of(6 | ((point[64] as number) & 1), ...point.subarray(1));
}
function toCompressed(point: Uint8Array): Uint8Array {
  return Uint8Array.of(2 | ((point[64] as number) & 1), ...point.subarray(1, 33));
}

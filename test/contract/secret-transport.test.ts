/** The contract of `SecretTransportCrypto`, with numbers of the specifications. */
import { describe, expect, test } from "vitest";
import { decodeHex, encodeHex } from "@latchkey/core/bytes/text";
import { createNativeSecretTransport } from "@latchkey/desktop/secret-transport";

const bytes = (hex: string): Uint8Array => decodeHex(hex.replaceAll(" ", "")) as Uint8Array;

describe("SecretTransportCrypto, native", () => {
  const transport = createNativeSecretTransport();

  test("computes HMAC-SHA-256 as RFC 4231 § 4.3 does", () => {
    const mac = transport.hmacSha256(
      new TextEncoder().encode("Jefe"),
      new TextEncoder().encode("what do ya want for nothing?"),
    );
    expect(encodeHex(mac)).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    expect(mac.constructor).toBe(Uint8Array);
  });

  test("encrypts and decrypts as SP 800-38A F.2.5 and F.2.6 do, without padding", () => {
    const key = bytes("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    const iv = bytes("000102030405060708090a0b0c0d0e0f");
    const plaintext = bytes("6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51");
    const ciphertext = transport.encryptCbc(key, iv, plaintext);
    expect(encodeHex(ciphertext)).toBe("f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d");
    expect(transport.decryptCbc(key, iv, ciphertext)).toEqual(plaintext);
    expect(ciphertext.constructor).toBe(Uint8Array);
  });

  test("agrees with the other side, and with nobody else", () => {
    const [a, b, c] = [
      transport.makeAgreementKey(),
      transport.makeAgreementKey(),
      transport.makeAgreementKey(),
    ];
    expect(a.point).toHaveLength(65);
    expect(a.agree(b.point)).toHaveLength(32);
    expect(a.agree(b.point)).toEqual(b.agree(a.point));
    expect(a.agree(b.point)).not.toEqual(c.agree(a.point));
  });

  test.for([
    { name: "off the curve", point: new Uint8Array(65).fill(4) },
    { name: "zeros", point: Uint8Array.of(4, ...new Uint8Array(64)) },
    { name: "cut short", point: transport.makeAgreementKey().point.subarray(0, 64) },
    { name: "at infinity", point: Uint8Array.of(0) },
  ])("gives null for a point that is none: $name", ({ point }) => {
    expect(transport.makeAgreementKey().agree(point)).toBeNull();
  });
});

/** The six digits: how they follow, how they are shown and typed. X25519 stands here too, with RFC 7748's own numbers. */
import { describe, expect, test } from "vitest";
import { decodeHex, encodeHex } from "../../src/bytes/text.ts";
import { agreeOnSecret, deriveAgreementKeyPair } from "../../src/crypto/key-agreement.ts";
import { deriveCode } from "../../src/pairing/code.ts";
import { formatCode, parseCode } from "../../src/pairing/code-text.ts";

/** Points of order 1, 2, 4 and 8, and non-canonical forms of two. */
const SMALL_ORDER = [
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
];

const fill = (byte: number) => new Uint8Array(32).fill(byte);

describe("pairing code", () => {
  test("is six digits that depend on the transcript and on both numbers", () => {
    const code = deriveCode(fill(1), fill(2), fill(3));
    expect(code).toMatch(/^[0-9]{6}$/);
    expect(deriveCode(fill(1), fill(2), fill(3))).toBe(code);
    const others = [
      deriveCode(fill(9), fill(2), fill(3)),
      deriveCode(fill(1), fill(9), fill(3)),
      deriveCode(fill(1), fill(2), fill(9)),
      deriveCode(fill(1), fill(3), fill(2)),
    ];
    expect(others).not.toContain(code);
  });

  test("keeps leading zeros and spreads over all its values", () => {
    const codes = Array.from({ length: 400 }, (_, i) =>
      deriveCode(new Uint8Array([i >> 8, i]), fill(0), fill(0)),
    );
    expect(codes.every((code) => /^[0-9]{6}$/.test(code))).toBe(true);
    expect(new Set(codes.map((code) => code[0])).size).toBe(10);
  });

  test("is shown in two groups", () => {
    expect(formatCode("482913")).toBe("482 913");
    expect(formatCode("000007")).toBe("000 007");
  });

  test.for(["482913", "482 913", " 4 8 2 9 1 3\n", "482\u00a0913", "482\u202f913"])(
    "is read from %j",
    (text) => {
      expect(parseCode(text)).toBe("482913");
    },
  );

  test.for(["", "48291", "4829134", "482-913", "48291x", "４８２９１３", "+48291", "1e5000"])(
    "is not read from %j",
    (text) => {
      expect(parseCode(text)).toBeNull();
    },
  );
});

describe("key agreement", () => {
  // RFC 7748 § 6.1
  const alice = deriveAgreementKeyPair(
    decodeHex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")!,
  );
  const bob = deriveAgreementKeyPair(
    decodeHex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")!,
  );

  test("gives the public keys and the secret of RFC 7748", () => {
    expect([alice, bob].map((pair) => encodeHex(pair.publicKey))).toEqual([
      "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
      "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
    ]);
    const secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
    expect(encodeHex(agreeOnSecret(alice.secretKey, bob.publicKey)!)).toBe(secret);
    expect(encodeHex(agreeOnSecret(bob.secretKey, alice.publicKey)!)).toBe(secret);
  });

  test.for(SMALL_ORDER)("refuses the public key of small order %s", (publicKey) => {
    expect(agreeOnSecret(alice.secretKey, decodeHex(publicKey)!)).toBeNull();
  });
});

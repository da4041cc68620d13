/**
 * The native `CredentialCrypto`: ES256 and SHA-256 from OpenSSL through node:crypto. It signs thirty times faster than the portable
 * one and loads nothing. Signatures are randomised, ASN.1 DER.
 */
import { createECDH, createPrivateKey, generateKeyPairSync, hash, sign } from "node:crypto";
import { equalBytes } from "@latchkey/core/bytes/equal";
import {
  encodeEs256PrivateKey,
  encodeEs256PublicKey,
  ES256,
  readEs256PrivateKey,
  refuseEs256Key,
} from "@latchkey/core/crypto/es256-key";
import { wipe } from "@latchkey/core/crypto/wipe";
import type { CredentialCrypto } from "@latchkey/core/ports";

const CURVE = "prime256v1";

export function createNativeCredentialCrypto(): CredentialCrypto {
  return {
    algorithms: [ES256],
    sha256: (data) => new Uint8Array(hash("sha256", data, "buffer")),
    makeKeyPair() {
      const pair = generateKeyPairSync("ec", {
        namedCurve: CURVE,
        privateKeyEncoding: { type: "pkcs8", format: "der" },
        publicKeyEncoding: { type: "spki", format: "der" },
      });
      const privateKey = new Uint8Array(pair.privateKey);
      const { scalar, point } = readEs256PrivateKey(privateKey);
      wipe(scalar, pair.privateKey);
      if (point === null) throw new Error("OpenSSL wrote a key without its public half");
      return { privateKey, publicKey: encodeEs256PublicKey(point) };
    },
    importKey(_algorithm, privateKey) {
      const { scalar, point } = readEs256PrivateKey(privateKey);
      const derived = derivePoint(scalar);
      // OpenSSL believes a public key that stands in the encoding: compared here, once.
      if (point !== null && !equalBytes(point, derived)) refuseEs256Key();
      const full = Buffer.from(encodeEs256PrivateKey(scalar, derived));
      const key = createPrivateKey({ key: full, format: "der", type: "pkcs8" });
      wipe(scalar, full);
      return {
        publicKey: encodeEs256PublicKey(derived),
        sign: (message) => new Uint8Array(sign("sha256", message, key)),
      };
    },
  };
}

function derivePoint(scalar: Uint8Array): Uint8Array {
  const curve = createECDH(CURVE);
  try {
    curve.setPrivateKey(scalar);
  } catch {
    return refuseEs256Key();
  }
  return curve.getPublicKey();
}

/**
 * The portable `SecretTransportCrypto`: P-256, HMAC-SHA-256 and AES-256-CBC from @noble, for hosts that lend nothing better.
 * AES is without padding, as CTAP 2.2 § 6.5.6 and § 6.5.7 want it.
 */
import { cbc } from "@noble/ciphers/aes.js";
import { p256 } from "@noble/curves/nist.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Random, SecretTransportCrypto } from "../ports.ts";
import { makeScalar } from "./ec-scalar.ts";

const POINT_BYTES = 65;
const COORDINATE_BYTES = 32;
const UNCOMPRESSED = 0x04;

export function createPortableSecretTransport(random: Random): SecretTransportCrypto {
  return {
    hmacSha256: (key, data) => hmac(sha256, key, data),
    makeAgreementKey() {
      const scalar = makeScalar(p256, random);
      return {
        point: p256.getPublicKey(scalar, false),
        agree(other) {
          // noble reads compressed points too; this agreement has one form.
          if (other.length !== POINT_BYTES || other[0] !== UNCOMPRESSED) return null;
          try {
            return p256.getSharedSecret(scalar, other, false).slice(1, 1 + COORDINATE_BYTES);
          } catch {
            // Not on the curve.
            return null;
          }
        },
      };
    },
    encryptCbc: (key, iv, plaintext) => cbc(key, iv, { disablePadding: true }).encrypt(plaintext),
    decryptCbc: (key, iv, ciphertext) => cbc(key, iv, { disablePadding: true }).decrypt(ciphertext),
  };
}

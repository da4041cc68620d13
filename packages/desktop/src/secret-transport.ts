/** The native `SecretTransportCrypto`: P-256, HMAC-SHA-256 and AES-256-CBC from OpenSSL through node:crypto. */
import { createCipheriv, createDecipheriv, createECDH, createHmac } from "node:crypto";
import type { SecretTransportCrypto } from "@latchkey/core/ports";

const CURVE = "prime256v1";
const CIPHER = "aes-256-cbc";
const POINT_BYTES = 65;
const UNCOMPRESSED = 0x04;

export function createNativeSecretTransport(): SecretTransportCrypto {
  return {
    hmacSha256: (key, data) => new Uint8Array(createHmac("sha256", key).update(data).digest()),
    makeAgreementKey() {
      const agreement = createECDH(CURVE);
      const point = new Uint8Array(agreement.generateKeys());
      return {
        point,
        agree(other) {
          // OpenSSL reads compressed and hybrid points too; this agreement has one form.
          if (other.length !== POINT_BYTES || other[0] !== UNCOMPRESSED) return null;
          try {
            return new Uint8Array(agreement.computeSecret(other));
          } catch {
            // Not on the curve.
            return null;
          }
        },
      };
    },
    encryptCbc(key, iv, plaintext) {
      const cipher = createCipheriv(CIPHER, key, iv).setAutoPadding(false);
      return new Uint8Array(Buffer.concat([cipher.update(plaintext), cipher.final()]));
    },
    decryptCbc(key, iv, ciphertext) {
      const decipher = createDecipheriv(CIPHER, key, iv).setAutoPadding(false);
      return new Uint8Array(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
    },
  };
}

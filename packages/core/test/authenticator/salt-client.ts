/** Both ends of the salts' way over node:crypto: what a host lends, and a client that seals salts and opens outputs. */
import { createCipheriv, createDecipheriv, createECDH, createHash, createHmac, hkdfSync } from "node:crypto";
import { concatBytes } from "../../src/bytes/concat.ts";
import type { CborKey, CborMap, CborValue } from "../../src/cbor/codec.ts";
import type { SecretTransportCrypto } from "../../src/ports.ts";

const cbc = (make: typeof createCipheriv | typeof createDecipheriv) => {
  return (key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array => {
    const cipher = make("aes-256-cbc", key, iv).setAutoPadding(false);
    return new Uint8Array(Buffer.concat([cipher.update(data), cipher.final()]));
  };
};
const encrypt = cbc(createCipheriv);
const decrypt = cbc(createDecipheriv);
export const hmac = (key: Uint8Array, data: Uint8Array): Uint8Array =>
  new Uint8Array(createHmac("sha256", key).update(data).digest());

/** @param secretKey of the agreement, for vectors; random otherwise. */
export function createTestTransport(secretKey?: Uint8Array): SecretTransportCrypto {
  return {
    hmacSha256: hmac,
    encryptCbc: encrypt,
    decryptCbc: decrypt,
    makeAgreementKey() {
      const ecdh = createECDH("prime256v1");
      if (secretKey === undefined) ecdh.generateKeys();
      else ecdh.setPrivateKey(secretKey);
      return {
        point: new Uint8Array(ecdh.getPublicKey()),
        agree(point) {
          try {
            return new Uint8Array(ecdh.computeSecret(point));
          } catch {
            return null;
          }
        },
      };
    },
  };
}

export interface SaltClient {
  /** The input of hmac-secret, with one member spoiled if wanted. */
  seal(salts: Uint8Array, changes?: Readonly<Record<number, CborValue | undefined>>): CborMap;
  open(outputs: Uint8Array): Uint8Array;
}

/** @param coseKey what getKeyAgreement answered. */
export function createSaltClient(coseKey: CborMap, protocol: 1 | 2): SaltClient {
  const ecdh = createECDH("prime256v1");
  const own = new Uint8Array(ecdh.generateKeys());
  const point = concatBytes(Uint8Array.of(4), coseKey.get(-2) as Uint8Array, coseKey.get(-3) as Uint8Array);
  const shared = ecdh.computeSecret(point);
  const derive = (info: string) =>
    protocol === 1
      ? new Uint8Array(createHash("sha256").update(shared).digest())
      : new Uint8Array(hkdfSync("sha256", shared, new Uint8Array(32), info, 32));
  const macKey = derive("CTAP2 HMAC key");
  const cipherKey = derive("CTAP2 AES key");
  const iv = protocol === 1 ? new Uint8Array() : new Uint8Array(16).fill(9);
  const ivOrZeros = protocol === 1 ? new Uint8Array(16) : iv;
  return {
    seal(salts, changes = {}) {
      const saltEnc = concatBytes(iv, encrypt(cipherKey, ivOrZeros, salts));
      const key = new Map<CborKey, CborValue>([
        [1, 2],
        [3, -25],
        [-1, 1],
        [-2, own.slice(1, 33)],
        [-3, own.slice(33)],
      ]);
      const input = new Map<CborKey, CborValue>([
        [1, key],
        [2, saltEnc],
        [3, hmac(macKey, saltEnc).slice(0, protocol === 1 ? 16 : 32)],
        [4, protocol],
      ]);
      for (const [member, value] of Object.entries(changes)) {
        if (value === undefined) input.delete(Number(member));
        else input.set(Number(member), value);
      }
      return input;
    },
    open: (outputs) =>
      protocol === 1
        ? decrypt(cipherKey, new Uint8Array(16), outputs)
        : decrypt(cipherKey, outputs.subarray(0, 16), outputs.subarray(16)),
  };
}

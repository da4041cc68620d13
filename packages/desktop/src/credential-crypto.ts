/**
 * The native `CredentialCrypto`: ES256, EdDSA, RS256, ES384 and SHA-256 from OpenSSL through node:crypto. It signs thirty times faster
 * than the portable one and loads nothing. ECDSA signatures are randomised, ASN.1 DER.
 */
import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { promisify } from "node:util";
import { equalBytes } from "@latchkey/core/bytes/equal";
import { decodeBase64url } from "@latchkey/core/bytes/text";
import type { EcKeyForm } from "@latchkey/core/crypto/ec-key";
import {
  EDDSA,
  encodeEddsaPrivateKey,
  encodeEddsaPublicKey,
  readEddsaPrivateKey,
} from "@latchkey/core/crypto/eddsa-key";
import { ES256, ES256_KEY } from "@latchkey/core/crypto/es256-key";
import { ES384, ES384_KEY } from "@latchkey/core/crypto/es384-key";
import {
  encodeRs256PublicKey,
  RS256,
  RS256_EXPONENT,
  RS256_MAX_MODULUS_BITS,
  RS256_MODULUS_BITS,
} from "@latchkey/core/crypto/rs256-key";
import { refuseKey } from "@latchkey/core/crypto/strict-key";
import { wipe } from "@latchkey/core/crypto/wipe";
import type { CoseAlgorithm, CredentialCrypto, CredentialKeyPair, SigningKey } from "@latchkey/core/ports";

/** One algorithm: makes PKCS#8 in the form that it also reads. */
interface Algorithm {
  makeKeyPair(): Promise<CredentialKeyPair>;
  importKey(privateKey: Uint8Array): SigningKey;
}

// In the order in which getInfo names them: what relying parties ask for most stands in front.
const ALGORITHMS: Readonly<Record<CoseAlgorithm, Algorithm>> = {
  [ES256]: ecdsa("prime256v1", "sha256", ES256_KEY),
  [EDDSA]: eddsa(),
  [RS256]: rsa(),
  [ES384]: ecdsa("secp384r1", "sha384", ES384_KEY),
};

export function createNativeCredentialCrypto(): CredentialCrypto {
  return {
    algorithms: [ES256, EDDSA, RS256, ES384],
    sha256: (data) => new Uint8Array(hash("sha256", data, "buffer")),
    makeKeyPair: (algorithm) => ALGORITHMS[algorithm].makeKeyPair(),
    importKey: (algorithm, privateKey) => ALGORITHMS[algorithm].importKey(privateKey),
  };
}

const PKCS8 = { type: "pkcs8", format: "der" } as const;
/** An uncompressed point, or the 32 bytes of Ed25519. */
const RAW_PUBLIC = { format: "raw-public" } as const;

function exportPrivateKey(key: KeyObject): Uint8Array {
  const exported = key.export(PKCS8);
  const privateKey = new Uint8Array(exported);
  wipe(exported);
  return privateKey;
}

/** Opens PKCS#8 that was checked or written here, and wipes it. */
function openPrivateKey(privateKey: Uint8Array): KeyObject {
  const key = createPrivateKey({ key: Buffer.from(privateKey.buffer), ...PKCS8 });
  wipe(privateKey);
  return key;
}

function ecdsa(curve: string, digest: string, form: EcKeyForm): Algorithm {
  return {
    async makeKeyPair() {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: curve });
      return {
        privateKey: exportPrivateKey(privateKey),
        publicKey: form.encodePublicKey(publicKey.export(RAW_PUBLIC)),
      };
    },
    importKey(privateKey) {
      const { scalar, point } = form.readPrivateKey(privateKey);
      const derived = derivePoint(curve, scalar);
      // OpenSSL believes a public key that stands in the encoding: compared here, once.
      if (point !== null && !equalBytes(point, derived)) refuseKey();
      const key = openPrivateKey(form.encodePrivateKey(scalar, derived));
      wipe(scalar);
      return {
        publicKey: form.encodePublicKey(derived),
        sign: (message) => new Uint8Array(sign(digest, message, key)),
      };
    },
  };
}

function derivePoint(curve: string, scalar: Uint8Array): Uint8Array {
  const agreement = createECDH(curve);
  try {
    agreement.setPrivateKey(scalar);
  } catch {
    return refuseKey();
  }
  return agreement.getPublicKey();
}

function eddsa(): Algorithm {
  return {
    async makeKeyPair() {
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      return {
        privateKey: exportPrivateKey(privateKey),
        publicKey: encodeEddsaPublicKey(publicKey.export(RAW_PUBLIC)),
      };
    },
    importKey(privateKey) {
      const { seed, publicKey } = readEddsaPrivateKey(privateKey);
      const key = openPrivateKey(encodeEddsaPrivateKey(seed));
      wipe(seed);
      const derived = createPublicKey(key).export(RAW_PUBLIC);
      if (publicKey !== null && !equalBytes(publicKey, derived)) refuseKey();
      return {
        publicKey: encodeEddsaPublicKey(derived),
        sign: (message) => new Uint8Array(sign(null, message, key)),
      };
    },
  };
}

const generateRsa = promisify(generateKeyPair);
const PROBE = new Uint8Array(32);

function rsa(): Algorithm {
  return {
    async makeKeyPair() {
      // On OpenSSL's thread: two primes take 50 to 200 ms, and the host has other clients and relays to answer.
      const { privateKey, publicKey } = await generateRsa("rsa", { modulusLength: RS256_MODULUS_BITS });
      return {
        privateKey: exportPrivateKey(privateKey),
        publicKey: encodeRs256PublicKey(readRsa(publicKey).modulus),
      };
    },
    importKey(privateKey) {
      const key = readRsaKey(privateKey);
      const publicKey = createPublicKey(key);
      const { modulus, exponent } = readRsa(publicKey);
      const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
      if (bits < RS256_MODULUS_BITS || bits > RS256_MAX_MODULUS_BITS) refuseKey();
      if (!equalBytes(exponent, RS256_EXPONENT)) refuseKey();
      // OpenSSL believes the parts of the key as well: one signature shows that the private ones belong to the public ones.
      if (!verify("sha256", PROBE, publicKey, signOrRefuse(key))) refuseKey();
      return {
        publicKey: encodeRs256PublicKey(modulus),
        sign: (message) => new Uint8Array(sign("sha256", message, key)),
      };
    },
  };
}

function readRsa(publicKey: KeyObject): { readonly modulus: Uint8Array; readonly exponent: Uint8Array } {
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  return { modulus: decodeBase64url(n) ?? refuseKey(), exponent: decodeBase64url(e) ?? refuseKey() };
}

/** What OpenSSL reads and writes back byte for byte: PKCS#8 of an RSA key, strict DER. */
function readRsaKey(privateKey: Uint8Array): KeyObject {
  const copy = Buffer.from(privateKey);
  try {
    const key = createPrivateKey({ key: copy, ...PKCS8 });
    if (key.asymmetricKeyType !== "rsa") refuseKey();
    const canonical = exportPrivateKey(key);
    const same = equalBytes(canonical, privateKey);
    wipe(canonical);
    return same ? key : refuseKey();
  } catch {
    return refuseKey();
  } finally {
    wipe(copy);
  }
}

function signOrRefuse(key: KeyObject): Uint8Array {
  try {
    return sign("sha256", PROBE, key);
  } catch {
    return refuseKey();
  }
}

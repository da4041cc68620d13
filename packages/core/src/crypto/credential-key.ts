/**
 * The portable `CredentialCrypto`: ES256, EdDSA, ES384 and SHA-256 from @noble, for hosts that lend nothing better. ECDSA is
 * deterministic (RFC 6979), low-S, ASN.1 DER. It has no RSA.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256, p384 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { equalBytes } from "../bytes/equal.ts";
import { VaultError } from "../errors.ts";
import type { CoseAlgorithm, CredentialCrypto, CredentialKeyPair, Random, SigningKey } from "../ports.ts";
import type { EcKeyForm } from "./ec-key.ts";
import { makeScalar } from "./ec-scalar.ts";
import { EDDSA, encodeEddsaPrivateKey, encodeEddsaPublicKey, readEddsaPrivateKey } from "./eddsa-key.ts";
import { ES256, ES256_KEY } from "./es256-key.ts";
import { ES384, ES384_KEY } from "./es384-key.ts";
import { refuseKey } from "./strict-key.ts";
import { wipe } from "./wipe.ts";

/** One algorithm. */
interface Algorithm {
  makeKeyPair(random: Random): CredentialKeyPair;
  importKey(privateKey: Uint8Array): SigningKey;
}

const ALGORITHMS: ReadonlyMap<CoseAlgorithm, Algorithm> = new Map([
  [ES256, ecdsa(p256, ES256_KEY)],
  [EDDSA, eddsa()],
  [ES384, ecdsa(p384, ES384_KEY)],
]);

export function createPortableCredentialCrypto(random: Random): CredentialCrypto {
  return {
    algorithms: [...ALGORITHMS.keys()],
    sha256,
    makeKeyPair: async (algorithm) => find(algorithm).makeKeyPair(random),
    importKey: (algorithm, privateKey) => find(algorithm).importKey(privateKey),
  };
}

function find(algorithm: CoseAlgorithm): Algorithm {
  const found = ALGORITHMS.get(algorithm);
  if (found === undefined) {
    throw new VaultError("LK-KEY-SECRET-REFUSED", `algorithm ${algorithm} is not known here`);
  }
  return found;
}

function ecdsa(curve: typeof p256, form: EcKeyForm): Algorithm {
  return {
    makeKeyPair(random) {
      const scalar = makeScalar(curve, random);
      try {
        const point = curve.getPublicKey(scalar, false);
        return {
          privateKey: form.encodePrivateKey(scalar, point),
          publicKey: form.encodePublicKey(point),
        };
      } finally {
        wipe(scalar);
      }
    },
    importKey(privateKey) {
      const { scalar, point } = form.readPrivateKey(privateKey);
      if (!curve.utils.isValidSecretKey(scalar)) refuseKey();
      const derived = curve.getPublicKey(scalar, false);
      if (point !== null && !equalBytes(point, derived)) refuseKey();
      return {
        publicKey: form.encodePublicKey(derived),
        sign: (message) => curve.sign(message, scalar, { format: "der" }),
      };
    },
  };
}

function eddsa(): Algorithm {
  return {
    makeKeyPair(random) {
      const seed = random(ed25519.lengths.secretKey!);
      try {
        return {
          privateKey: encodeEddsaPrivateKey(seed),
          publicKey: encodeEddsaPublicKey(ed25519.getPublicKey(seed)),
        };
      } finally {
        wipe(seed);
      }
    },
    importKey(privateKey) {
      const { seed, publicKey } = readEddsaPrivateKey(privateKey);
      const derived = ed25519.getPublicKey(seed);
      if (publicKey !== null && !equalBytes(publicKey, derived)) refuseKey();
      return {
        publicKey: encodeEddsaPublicKey(derived),
        sign: (message) => ed25519.sign(message, seed),
      };
    },
  };
}

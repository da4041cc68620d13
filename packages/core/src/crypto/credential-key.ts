/**
 * The portable `CredentialCrypto`: ES256 and SHA-256 from @noble, for hosts that lend nothing better. Signatures are deterministic
 * (RFC 6979), low-S, ASN.1 DER.
 */
import { p256 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { equalBytes } from "../bytes/equal.ts";
import type { CredentialCrypto, Random } from "../ports.ts";
import {
  encodeEs256PrivateKey,
  encodeEs256PublicKey,
  ES256,
  readEs256PrivateKey,
  refuseEs256Key,
} from "./es256-key.ts";
import { wipe } from "./wipe.ts";

/** Random bytes of a scalar: 16 more than the order has, so that reducing them leaves no bias (FIPS 186-5 A.2.1). */
const SCALAR_SEED_BYTES = 48;

export function createPortableCredentialCrypto(random: Random): CredentialCrypto {
  return {
    algorithms: [ES256],
    sha256,
    makeKeyPair() {
      const seed = random(SCALAR_SEED_BYTES);
      const scalar = p256.utils.randomSecretKey(seed);
      try {
        const point = p256.getPublicKey(scalar, false);
        return {
          privateKey: encodeEs256PrivateKey(scalar, point),
          publicKey: encodeEs256PublicKey(point),
        };
      } finally {
        wipe(seed, scalar);
      }
    },
    importKey(_algorithm, privateKey) {
      const { scalar, point } = readEs256PrivateKey(privateKey);
      if (!p256.utils.isValidSecretKey(scalar)) refuseEs256Key();
      const derived = p256.getPublicKey(scalar, false);
      if (point !== null && !equalBytes(point, derived)) refuseEs256Key();
      return {
        publicKey: encodeEs256PublicKey(derived),
        sign: (message) => p256.sign(message, scalar, { format: "der" }),
      };
    },
  };
}

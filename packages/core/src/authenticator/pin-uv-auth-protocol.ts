/**
 * CTAP's PIN/UV auth protocols (CTAP 2.2 § 6.5.6, § 6.5.7): what two sides do with Z, the x-coordinate that they agreed on.
 *
 * | protocol | keys                                                        | encryption                            | MAC             |
 * | -------- | ----------------------------------------------------------- | ------------------------------------- | --------------- |
 * | 1        | SHA-256(Z) for both                                         | AES-256-CBC, IV of zeros              | HMAC, 16 bytes  |
 * | 2        | HKDF-SHA-256(Z, 32 zeros, "CTAP2 HMAC key" / "CTAP2 AES key") | AES-256-CBC, a random IV put in front | HMAC, 32 bytes  |
 */
import { concatBytes } from "../bytes/concat.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import type { CborMap } from "../cbor/codec.ts";
import { wipe } from "../crypto/wipe.ts";
import type { CredentialCrypto, Random, SecretTransportCrypto } from "../ports.ts";

/** In order of preference, for getInfo. */
export const PROTOCOLS = [2, 1] as const;
export type Protocol = (typeof PROTOCOLS)[number];

const COORDINATE_BYTES = 32;
const IV_BYTES = 16;
const NO_IV = new Uint8Array(IV_BYTES);
const HKDF_SALT = new Uint8Array(32);
const HMAC_KEY_INFO = encodeUtf8("CTAP2 HMAC key\u0001");
const AES_KEY_INFO = encodeUtf8("CTAP2 AES key\u0001");

/** Bytes that encryption puts in front. */
export const overheadOf = (protocol: Protocol): number => (protocol === 1 ? 0 : IV_BYTES);

export interface ProtocolDeps {
  readonly crypto: Pick<CredentialCrypto, "sha256">;
  readonly transport: SecretTransportCrypto;
  readonly random: Random;
}

/** What either side can do once both know Z. Plaintexts are whole blocks of 16 bytes. */
export interface SharedSecret {
  encrypt(plaintext: Uint8Array): Uint8Array;
  /** The caller has looked at the MAC, if there is one, and at the length. */
  decrypt(ciphertext: Uint8Array): Uint8Array;
  authenticate(message: Uint8Array): Uint8Array;
}

/** @param z 32 bytes; wiped. */
export function deriveSharedSecret(
  { crypto, transport, random }: ProtocolDeps,
  protocol: Protocol,
  z: Uint8Array,
): SharedSecret {
  const { macKey, cipherKey } = deriveKeys(crypto, transport, protocol, z);
  wipe(z);
  if (protocol === 1) {
    return {
      encrypt: (plaintext) => transport.encryptCbc(cipherKey, NO_IV, plaintext),
      decrypt: (ciphertext) => transport.decryptCbc(cipherKey, NO_IV, ciphertext),
      authenticate: (message) => transport.hmacSha256(macKey, message).subarray(0, 16),
    };
  }
  return {
    encrypt(plaintext) {
      const iv = random(IV_BYTES);
      return concatBytes(iv, transport.encryptCbc(cipherKey, iv, plaintext));
    },
    decrypt: (ciphertext) =>
      transport.decryptCbc(cipherKey, ciphertext.subarray(0, IV_BYTES), ciphertext.subarray(IV_BYTES)),
    authenticate: (message) => transport.hmacSha256(macKey, message),
  };
}

function deriveKeys(
  crypto: ProtocolDeps["crypto"],
  transport: SecretTransportCrypto,
  protocol: Protocol,
  z: Uint8Array,
) {
  if (protocol === 1) {
    const key = crypto.sha256(z);
    return { macKey: key, cipherKey: key };
  }
  const extracted = transport.hmacSha256(HKDF_SALT, z);
  const macKey = transport.hmacSha256(extracted, HMAC_KEY_INFO);
  const cipherKey = transport.hmacSha256(extracted, AES_KEY_INFO);
  wipe(extracted);
  return { macKey, cipherKey };
}

/** The COSE_Key of an uncompressed point; alg −25 stands there though it is not what is done (CTAP 2.2 § 6.5.6). */
export const encodeAgreementKey = (point: Uint8Array): CborMap =>
  new Map<number, number | Uint8Array>([
    [1, 2],
    [3, -25],
    [-1, 1],
    [-2, point.slice(1, 1 + COORDINATE_BYTES)],
    [-3, point.slice(1 + COORDINATE_BYTES)],
  ]);

/**
 * How salts and PRF outputs travel between a client and the authenticator (CTAP 2.2 § 6.5.6, § 6.5.7, § 12.7): one key agreement on
 * P-256 for each request, with Z its x-coordinate.
 *
 * | protocol | keys                                                        | encryption                            | MAC             |
 * | -------- | ----------------------------------------------------------- | ------------------------------------- | --------------- |
 * | 1        | SHA-256(Z) for both                                         | AES-256-CBC, IV of zeros              | HMAC, 16 bytes  |
 * | 2        | HKDF-SHA-256(Z, 32 zeros, "CTAP2 HMAC key" / "CTAP2 AES key") | AES-256-CBC, a random IV put in front | HMAC, 32 bytes  |
 */
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import type { CborMap } from "../cbor/codec.ts";
import { wipe } from "../crypto/wipe.ts";
import type { AgreementKey, CredentialCrypto, Random, SecretTransportCrypto } from "../ports.ts";
import { CtapError, STATUS } from "./status.ts";

/** In order of preference, for getInfo. */
export const PROTOCOLS = [2, 1] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** Throws 0x02 for one that is not known. */
export function asProtocol(protocol: number): Protocol {
  if (protocol === 1 || protocol === 2) return protocol;
  throw new CtapError(STATUS.invalidParameter, `PIN/UV auth protocol ${protocol} is not supported`);
}

const SALT_BYTES = 32;
const COORDINATE_BYTES = 32;
const IV_BYTES = 16;
const NO_IV = new Uint8Array(IV_BYTES);
const HKDF_SALT = new Uint8Array(32);
const HMAC_KEY_INFO = encodeUtf8("CTAP2 HMAC key\u0001");
const AES_KEY_INFO = encodeUtf8("CTAP2 AES key\u0001");

/** The input of hmac-secret as a client sends it. */
export interface SealedSalts {
  /** The client's half of the agreement: coordinates of 32 bytes. */
  readonly x: Uint8Array;
  readonly y: Uint8Array;
  readonly saltEnc: Uint8Array;
  readonly saltAuth: Uint8Array;
  readonly protocol: Protocol;
}

export interface OpenedSalts {
  /** One or two salts of 32 bytes. */
  readonly salts: Uint8Array;
  /** Encrypts outputs for the client that sent the salts. */
  seal(outputs: Uint8Array): Uint8Array;
}

export interface SaltTransport {
  /** The COSE_Key for the clients' half of the agreement; alg −25 stands there though it is not what is done (CTAP 2.2 § 6.5.6). */
  publicKey(): CborMap;
  /** Throws 0x02 for a point off the curve, 0x33 for salts that were changed, 0x03 for ones of a wrong length. */
  open(sealed: SealedSalts): OpenedSalts;
  /** Forgets the key pair: what was agreed before opens no more. */
  renew(): void;
}

export interface SaltTransportDeps {
  readonly crypto: CredentialCrypto;
  readonly transport: SecretTransportCrypto;
  readonly random: Random;
}

export function createSaltTransport({ crypto, transport, random }: SaltTransportDeps): SaltTransport {
  // Made when it is needed: most sign-ins never do.
  let made: AgreementKey | null = null;
  const ownKey = () => (made ??= transport.makeAgreementKey());

  function deriveKeys(protocol: Protocol, shared: Uint8Array) {
    if (protocol === 1) {
      const key = crypto.sha256(shared);
      return { macKey: key, cipherKey: key };
    }
    const extracted = transport.hmacSha256(HKDF_SALT, shared);
    const macKey = transport.hmacSha256(extracted, HMAC_KEY_INFO);
    const cipherKey = transport.hmacSha256(extracted, AES_KEY_INFO);
    wipe(extracted);
    return { macKey, cipherKey };
  }

  return {
    publicKey() {
      const { point } = ownKey();
      return new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -25],
        [-1, 1],
        [-2, point.slice(1, 1 + COORDINATE_BYTES)],
        [-3, point.slice(1 + COORDINATE_BYTES)],
      ]);
    },
    open({ x, y, saltEnc, saltAuth, protocol }) {
      const shared = ownKey().agree(concatBytes(Uint8Array.of(0x04), x, y));
      if (shared === null) throw new CtapError(STATUS.invalidParameter, "keyAgreement is not on the curve");
      const { macKey, cipherKey } = deriveKeys(protocol, shared);
      wipe(shared);

      const mac = transport.hmacSha256(macKey, saltEnc).subarray(0, protocol === 1 ? 16 : 32);
      if (!equalBytes(mac, saltAuth))
        throw new CtapError(STATUS.pinAuthInvalid, "saltAuth does not fit saltEnc");

      const ivBytes = protocol === 1 ? 0 : IV_BYTES;
      const length = saltEnc.length - ivBytes;
      if (length !== SALT_BYTES && length !== 2 * SALT_BYTES) {
        throw new CtapError(STATUS.invalidLength, `salts are ${length} bytes, 32 or 64 expected`);
      }
      const iv = protocol === 1 ? NO_IV : saltEnc.subarray(0, IV_BYTES);
      return {
        salts: transport.decryptCbc(cipherKey, iv, saltEnc.subarray(ivBytes)),
        seal(outputs) {
          if (protocol === 1) return transport.encryptCbc(cipherKey, NO_IV, outputs);
          const outputIv = random(IV_BYTES);
          return concatBytes(outputIv, transport.encryptCbc(cipherKey, outputIv, outputs));
        },
      };
    },
    renew() {
      made = null;
    },
  };
}

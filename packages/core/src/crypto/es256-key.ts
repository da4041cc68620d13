/**
 * The two byte forms of a P-256 passkey key. All parts have fixed lengths, so each form is a template: reading is comparing with it,
 * and nothing that is not exactly DER (or canonical CBOR) can pass.
 *
 *   COSE_Key (RFC 9053 § 7.1.1)   a5 | 01 02 | 03 26 | 20 01 | 21 5820 x(32) | 22 5820 y(32)                        77 bytes
 *   PKCS#8 v1 (RFC 5208) with an ECPrivateKey (RFC 5915) of 32 bytes, no parameters inside:
 *     without the public key      3041 020100 | 3013 ecPublicKey prime256v1 | 0427 3025 020101 0420 scalar(32)       67 bytes
 *     with it                     308187 … | 046d 306b 020101 0420 scalar(32) | a144 0342 00 point(65)              138 bytes
 *
 * Point = 04 ‖ x ‖ y. That it is on the curve, and belongs to the scalar, is for the adapters of `CredentialCrypto` to check.
 */
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import { VaultError } from "../errors.ts";

export const ES256 = -7;

const FIELD_BYTES = 32;
const POINT_BYTES = 65;
const UNCOMPRESSED = 0x04;

const COSE_BEFORE_X = Uint8Array.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20);
const COSE_BEFORE_Y = Uint8Array.of(0x22, 0x58, 0x20);

/** SEQUENCE { 1.2.840.10045.2.1, 1.2.840.10045.3.1.7 }, and version 0 before it. */
const VERSION_AND_ALGORITHM = new Uint8Array([
  0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
  0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
]);
const BEFORE_SCALAR = Uint8Array.of(0x02, 0x01, 0x01, 0x04, 0x20);
const BARE_PREFIX = concatBytes(
  Uint8Array.of(0x30, 0x41),
  VERSION_AND_ALGORITHM,
  Uint8Array.of(0x04, 0x27, 0x30, 0x25),
  BEFORE_SCALAR,
);
const FULL_PREFIX = concatBytes(
  Uint8Array.of(0x30, 0x81, 0x87),
  VERSION_AND_ALGORITHM,
  Uint8Array.of(0x04, 0x6d, 0x30, 0x6b),
  BEFORE_SCALAR,
);
const BEFORE_POINT = Uint8Array.of(0xa1, 0x44, 0x03, 0x42, 0x00);

export interface Es256PrivateKey {
  /** 32 bytes, big-endian; not yet known to be within the group's order. A copy: wipe it. */
  readonly scalar: Uint8Array;
  /** The uncompressed point if the encoding names it; not yet known to belong to the scalar. */
  readonly point: Uint8Array | null;
}

/** The COSE_Key of an uncompressed point. */
export function encodeEs256PublicKey(point: Uint8Array): Uint8Array {
  return concatBytes(
    COSE_BEFORE_X,
    point.subarray(1, 1 + FIELD_BYTES),
    COSE_BEFORE_Y,
    point.subarray(1 + FIELD_BYTES),
  );
}

/** PKCS#8 with the public key: the form in which other vaults and platforms keep and exchange passkeys. */
export function encodeEs256PrivateKey(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  return concatBytes(FULL_PREFIX, scalar, BEFORE_POINT, point);
}

/** Reads either form. Throws `LK-KEY-SECRET-REFUSED` for everything else. */
export function readEs256PrivateKey(privateKey: Uint8Array): Es256PrivateKey {
  const bareLength = BARE_PREFIX.length + FIELD_BYTES;
  if (privateKey.length === bareLength && startsWith(privateKey, BARE_PREFIX)) {
    return { scalar: copy(privateKey.subarray(BARE_PREFIX.length)), point: null };
  }
  const scalarEnd = FULL_PREFIX.length + FIELD_BYTES;
  const pointStart = scalarEnd + BEFORE_POINT.length;
  if (
    privateKey.length === pointStart + POINT_BYTES &&
    startsWith(privateKey, FULL_PREFIX) &&
    equalBytes(privateKey.subarray(scalarEnd, pointStart), BEFORE_POINT) &&
    privateKey[pointStart] === UNCOMPRESSED
  ) {
    return {
      scalar: copy(privateKey.subarray(FULL_PREFIX.length, scalarEnd)),
      point: copy(privateKey.subarray(pointStart)),
    };
  }
  return refuseEs256Key();
}

/** One message for every reason: what is wrong with a secret is not told. */
export function refuseEs256Key(): never {
  throw new VaultError("LK-KEY-SECRET-REFUSED", "private key is not a P-256 key in PKCS#8");
}

/** Not `slice`: on Node's Buffer that is a view, and wiping it would wipe the caller's key. */
const copy = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return equalBytes(bytes.subarray(0, prefix.length), prefix);
}

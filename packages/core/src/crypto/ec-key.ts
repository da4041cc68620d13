/**
 * The byte forms of a passkey's elliptic-curve key, for a curve of field size f bytes. All parts have fixed lengths, so each form is a
 * template: reading is comparing with it, and nothing that is not exactly DER (or canonical CBOR) can pass.
 *
 *   COSE_Key (RFC 9053 § 7.1.1)   a5 | 01 02 | 03 alg | 20 crv | 21 58 f x(f) | 22 58 f y(f)
 *   PKCS#8 v1 (RFC 5208) with an ECPrivateKey (RFC 5915), no parameters inside, with the public key or without it:
 *     SEQUENCE { 0, SEQUENCE { ecPublicKey, curve }, OCTETS { SEQUENCE { 1, OCTETS scalar(f) [, [1] BITS 00 point ] } } }
 *
 * Point = 04 ‖ x ‖ y. That it is on the curve, and belongs to the scalar, is for the adapters of `CredentialCrypto` to check.
 */
import { concatBytes } from "../bytes/concat.ts";
import { encodeDer } from "./der.ts";
import { refuseKey, startsWith } from "./strict-key.ts";

const UNCOMPRESSED = 0x04;
const VERSION_0 = Uint8Array.of(0x02, 0x01, 0x00);
const VERSION_1 = Uint8Array.of(0x02, 0x01, 0x01);
/** 1.2.840.10045.2.1 with its tag. */
const EC_PUBLIC_KEY = Uint8Array.of(0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);
const SEQUENCE = 0x30;
const OCTETS = 0x04;
const BITS = 0x03;
/** [1], constructed. */
const PUBLIC_KEY = 0xa1;

export interface EcPrivateKey {
  /** Big-endian; not yet known to be within the group's order. A copy: wipe it. */
  readonly scalar: Uint8Array;
  /** The uncompressed point if the encoding names it; not yet known to belong to the scalar. */
  readonly point: Uint8Array | null;
}

export interface EcKeyForm {
  /** The COSE_Key of an uncompressed point. */
  encodePublicKey(point: Uint8Array): Uint8Array;
  /** PKCS#8 with the public key: the form in which other vaults and platforms keep and exchange passkeys. */
  encodePrivateKey(scalar: Uint8Array, point: Uint8Array): Uint8Array;
  /** Reads PKCS#8 with the public key or without it. Throws `LK-KEY-SECRET-REFUSED` for everything else. */
  readPrivateKey(privateKey: Uint8Array): EcPrivateKey;
}

export interface EcKeyParameters {
  /** Of a coordinate and of a scalar. */
  readonly fieldBytes: number;
  /** CBOR of the COSE algorithm and of the COSE curve. */
  readonly algorithm: readonly number[];
  readonly curve: number;
  /** The curve's OBJECT IDENTIFIER with its tag. */
  readonly curveIdentifier: readonly number[];
}

export function createEcKeyForm(parameters: EcKeyParameters): EcKeyForm {
  const { fieldBytes, curve } = parameters;
  const beforeX = concatBytes(
    Uint8Array.of(0xa5, 0x01, 0x02, 0x03, ...parameters.algorithm, 0x20, curve),
    Uint8Array.of(0x21, 0x58, fieldBytes),
  );
  const beforeY = Uint8Array.of(0x22, 0x58, fieldBytes);

  // Templates with zeros in the place of the key; the DER around it is the same for every key.
  const zeros = new Uint8Array(fieldBytes);
  const publicKeyPart = encodeDer(PUBLIC_KEY, encodeDer(BITS, Uint8Array.of(0, UNCOMPRESSED), zeros, zeros));
  const encodeTemplate = (...publicKey: Uint8Array[]) =>
    encodeDer(
      SEQUENCE,
      VERSION_0,
      encodeDer(SEQUENCE, EC_PUBLIC_KEY, Uint8Array.from(parameters.curveIdentifier)),
      encodeDer(OCTETS, encodeDer(SEQUENCE, VERSION_1, encodeDer(OCTETS, zeros), ...publicKey)),
    );
  const bare = encodeTemplate();
  const full = encodeTemplate(publicKeyPart);
  const beforeBareScalar = bare.subarray(0, bare.length - fieldBytes);
  const beforeScalar = full.subarray(0, full.length - publicKeyPart.length - fieldBytes);
  const beforePoint = publicKeyPart.subarray(0, publicKeyPart.length - 2 * fieldBytes);
  const scalarEnd = beforeScalar.length + fieldBytes;

  return {
    encodePublicKey: (point) =>
      concatBytes(beforeX, point.subarray(1, 1 + fieldBytes), beforeY, point.subarray(1 + fieldBytes)),
    encodePrivateKey: (scalar, point) => concatBytes(beforeScalar, scalar, beforePoint, point.subarray(1)),
    readPrivateKey(privateKey) {
      if (privateKey.length === bare.length && startsWith(privateKey, beforeBareScalar)) {
        return { scalar: copy(privateKey.subarray(beforeBareScalar.length)), point: null };
      }
      if (
        privateKey.length === full.length &&
        startsWith(privateKey, beforeScalar) &&
        startsWith(privateKey.subarray(scalarEnd), beforePoint)
      ) {
        return {
          scalar: copy(privateKey.subarray(beforeScalar.length, scalarEnd)),
          point: copy(privateKey.subarray(full.length - 1 - 2 * fieldBytes)),
        };
      }
      return refuseKey();
    },
  };
}

/** Not `slice`: on Node's Buffer that is a view, and wiping it would wipe the caller's key. */
const copy = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

/**
 * The public keys of Windows: BCRYPT blobs (bcrypt.h), and signatures by them over SHA-256, whatever the curve.
 *
 *   ECC   "ECS1" (P-256) or "ECS3" (P-384) · length of a coordinate u32 · X · Y       signature r ‖ s (IEEE P1363)
 *   RSA   "RSA1" · bits u32 · length of e u32 · length of n u32 · 0 u32 · 0 u32 · e · n   signature PSS, MGF1-SHA-256, salt 32
 *
 * All numbers of the header are little-endian, coordinates, e and n big-endian. The blob ends where its lengths say.
 */
import { constants, createPublicKey, type KeyObject, verify } from "node:crypto";

const CURVES = new Map([
  ["ECS1", { name: "P-256", bytes: 32 }],
  ["ECS3", { name: "P-384", bytes: 48 }],
]);
const ECC_HEADER = 8;
const RSA_HEADER = 24;
const MIN_RSA_BYTES = 256;
const PSS_SALT_BYTES = 32;

export interface PluginPublicKey {
  /** Whether `signature` is one of this key over SHA-256 of `data`. Never throws. */
  verifies(data: Uint8Array, signature: Uint8Array): boolean;
}

/** `ECDSA P-384`, or `null` for a blob that is none of those. */
export function nameKeyKind(blob: Uint8Array): string | null {
  if (readPublicKey(blob) === null) return null;
  const magic = Buffer.from(blob).toString("latin1", 0, 4);
  const curve = CURVES.get(magic);
  return curve === undefined ? "RSA" : `ECDSA ${curve.name}`;
}

/** `null` for anything but a whole blob of a kind that Windows uses here. */
export function readPublicKey(blob: Uint8Array): PluginPublicKey | null {
  const buffer = Buffer.from(blob);
  const magic = buffer.toString("latin1", 0, 4);
  try {
    const curve = CURVES.get(magic);
    if (curve !== undefined) return readEcc(buffer, curve);
    return magic === "RSA1" ? readRsa(buffer) : null;
  } catch {
    // A point that is not on the curve, an exponent that is none.
    return null;
  }
}

function readEcc(
  blob: Buffer,
  curve: { readonly name: string; readonly bytes: number },
): PluginPublicKey | null {
  const { name, bytes } = curve;
  if (blob.length !== ECC_HEADER + 2 * bytes || blob.readUInt32LE(4) !== bytes) return null;
  const coordinate = (at: number): string => blob.toString("base64url", at, at + bytes);
  const jwk = { kty: "EC", crv: name, x: coordinate(ECC_HEADER), y: coordinate(ECC_HEADER + bytes) };
  const key = createPublicKey({ key: jwk, format: "jwk" });
  return verifierOf(
    (data, signature) =>
      signature.length === 2 * bytes && verify("sha256", data, { key, dsaEncoding: "ieee-p1363" }, signature),
  );
}

function readRsa(blob: Buffer): PluginPublicKey | null {
  if (blob.length < RSA_HEADER) return null;
  const exponent = blob.readUInt32LE(8);
  const modulus = blob.readUInt32LE(12);
  const isWhole = blob.length === RSA_HEADER + exponent + modulus && blob.readUInt32LE(4) === 8 * modulus;
  if (!isWhole || modulus < MIN_RSA_BYTES || exponent === 0) return null;
  const at = RSA_HEADER + exponent;
  const jwk = {
    kty: "RSA",
    e: blob.toString("base64url", RSA_HEADER, at),
    n: blob.toString("base64url", at),
  };
  const key: KeyObject = createPublicKey({ key: jwk, format: "jwk" });
  return verifierOf((data, signature) =>
    verify(
      "sha256",
      data,
      { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: PSS_SALT_BYTES },
      signature,
    ),
  );
}

const verifierOf = (check: (data: Uint8Array, signature: Uint8Array) => boolean): PluginPublicKey => ({
  verifies(data, signature) {
    try {
      return signature.length > 0 && check(data, signature);
    } catch {
      return false;
    }
  },
});

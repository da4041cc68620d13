/**
 * A private key as others write it (RFC 5958 with RFC 5915, 8410, 8017): which algorithm it is of follows from the key alone. Parts that may be
 * left out are; a public half beside it must be the one that the private half gives.
 */
import { concatBytes } from "../bytes/concat.ts";
import { equalBytes } from "../bytes/equal.ts";
import { decodeCbor } from "../cbor/codec.ts";
import { encodePublicKeyInfo } from "../client/spki.ts";
import { encodeDer } from "../crypto/der.ts";
import { encodeEddsaPrivateKey } from "../crypto/eddsa-key.ts";
import { RS256_MODULUS_BITS } from "../crypto/rs256-key.ts";
import { wipe } from "../crypto/wipe.ts";
import { isVaultError } from "../errors.ts";
import type { CoseAlgorithm, CredentialCrypto, SigningKey } from "../ports.ts";
import { BITS, INTEGER, NULL, OBJECT_ID, OCTETS, readDer, readDerValues, SEQUENCE } from "./der-reader.ts";
import type { CannotReason } from "./report.ts";

/** Whether `signature` over `message` is by the key of this SubjectPublicKeyInfo. The host's: core signs, but checks nobody's passkeys. */
export type VerifySignature = (
  algorithm: CoseAlgorithm,
  publicKeyInfo: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean;

export interface ReadKey {
  readonly algorithm: CoseAlgorithm;
  /** COSE_Key. */
  readonly publicKey: Uint8Array;
  /** PKCS#8 in the one form that the vault keeps. The caller wipes it. */
  readonly privateKey: Uint8Array;
}

/** PKCS#8 in a form that `CredentialCrypto` reads, and the public half that stood beside it. */
interface Stripped {
  readonly algorithm: CoseAlgorithm;
  readonly privateKey: Uint8Array;
  /** The uncompressed point, or Ed25519's 32 bytes; `null` where there is none. */
  readonly claimed: Uint8Array | null;
}

const EC = "2a8648ce3d0201";
const CURVES: Readonly<Record<string, { readonly algorithm: CoseAlgorithm; readonly bytes: number }>> = {
  "2a8648ce3d030107": { algorithm: -7, bytes: 32 },
  "2b81040022": { algorithm: -35, bytes: 48 },
};
const ED25519 = "2b6570";
const RSA = "2a864886f70d010101";
const ATTRIBUTES = 0xa0;
const PUBLIC_KEY = 0x81;
const EC_PARAMETERS = 0xa0;
const EC_PUBLIC_KEY = 0xa1;
const PROBE = new Uint8Array(32).fill(0x5a);

/** The key, seen to sign; or why it cannot be used. `bytes` are left as they are. */
export function readPrivateKey(
  bytes: Uint8Array,
  { crypto, verify }: { readonly crypto: CredentialCrypto; readonly verify: VerifySignature },
): ReadKey | CannotReason {
  const stripped = stripKey(bytes);
  if (typeof stripped === "string") return stripped;
  const { algorithm, claimed } = stripped;
  if (!crypto.algorithms.includes(algorithm)) return "algorithm-unsupported";
  const key = importKey(crypto, algorithm, stripped.privateKey);
  if (key === null) return "key-unreadable";
  const { publicKey } = key;
  const parts = decodeCbor(publicKey);
  const info = parts instanceof Map ? encodePublicKeyInfo(parts, algorithm) : null;
  if (info === null) return "key-unreadable";
  // The public half stands at the end of the SubjectPublicKeyInfo, whichever kind it is.
  if (claimed !== null && !equalBytes(info.subarray(info.length - claimed.length), claimed))
    return "key-inconsistent";
  if (!verify(algorithm, info, PROBE, key.sign(PROBE))) return "key-inconsistent";
  return { algorithm, publicKey, privateKey: completeKey(stripped, info) };
}

function importKey(crypto: CredentialCrypto, algorithm: CoseAlgorithm, bytes: Uint8Array): SigningKey | null {
  try {
    return crypto.importKey(algorithm, bytes);
  } catch (error) {
    if (isVaultError(error, "LK-KEY-SECRET-REFUSED")) return null;
    throw error;
  }
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function stripKey(bytes: Uint8Array): Stripped | CannotReason {
  const fields = readDerValues(readDer(bytes, SEQUENCE) ?? new Uint8Array(0));
  const [version, identifier, key, ...rest] = fields ?? [];
  if (version?.tag !== INTEGER || version.content.length !== 1 || (version.content[0] ?? 2) > 1)
    return "key-unreadable";
  if (identifier?.tag !== SEQUENCE || key?.tag !== OCTETS) return "key-unreadable";
  const parts = readDerValues(identifier.content, 2) ?? [];
  if (parts[0]?.tag !== OBJECT_ID) return "key-unreadable";
  if (rest.some(({ tag }) => tag !== ATTRIBUTES && tag !== PUBLIC_KEY)) return "key-unreadable";
  const beside = rest.find(({ tag }) => tag === PUBLIC_KEY)?.content.subarray(1) ?? null;
  switch (hexOf(parts[0].content)) {
    case EC:
      return parts[1]?.tag === OBJECT_ID
        ? stripEcKey(hexOf(parts[1].content), key.content, beside)
        : "key-unreadable";
    case ED25519:
      return parts.length === 1 ? stripEdKey(key.content, beside) : "key-unreadable";
    case RSA:
      return parts[1]?.tag === NULL ? stripRsaKey(bytes, key.content) : "key-unreadable";
    default:
      return "algorithm-unsupported";
  }
}

function stripEcKey(
  curveId: string,
  content: Uint8Array,
  beside: Uint8Array | null,
): Stripped | CannotReason {
  const curve = Object.hasOwn(CURVES, curveId) ? CURVES[curveId] : undefined;
  if (curve === undefined) return "algorithm-unsupported";
  const [version, scalar, ...rest] = readDerValues(readDer(content, SEQUENCE) ?? new Uint8Array(0)) ?? [];
  if (version?.tag !== INTEGER || version.content[0] !== 1 || scalar?.tag !== OCTETS) return "key-unreadable";
  if (scalar.content.length !== curve.bytes) return "key-unreadable";
  if (rest.some(({ tag }) => tag !== EC_PARAMETERS && tag !== EC_PUBLIC_KEY)) return "key-unreadable";
  const inside = rest.find(({ tag }) => tag === EC_PUBLIC_KEY)?.content;
  const point = inside === undefined ? beside : (readDer(inside, BITS)?.subarray(1) ?? null);
  if (inside !== undefined && point?.length !== 1 + 2 * curve.bytes) return "key-unreadable";
  return {
    algorithm: curve.algorithm,
    privateKey: encodeEcKey(curveId, scalar.content, null),
    claimed: point,
  };
}

function stripEdKey(content: Uint8Array, beside: Uint8Array | null): Stripped | CannotReason {
  const seed = readDer(content, OCTETS);
  if (seed?.length !== 32) return "key-unreadable";
  return { algorithm: -8, privateKey: encodeEddsaPrivateKey(new Uint8Array(seed)), claimed: beside };
}

function stripRsaKey(bytes: Uint8Array, content: Uint8Array): Stripped | CannotReason {
  const [version, modulus] = readDerValues(readDer(content, SEQUENCE) ?? new Uint8Array(0)) ?? [];
  if (version?.tag !== INTEGER || modulus?.tag !== INTEGER) return "key-unreadable";
  const bits = modulus.content.length * 8 - (modulus.content[0] === 0 ? 8 : 0);
  if (bits < RS256_MODULUS_BITS) return "algorithm-unsupported";
  return { algorithm: -257, privateKey: new Uint8Array(bytes), claimed: null };
}

/** With the public half in it, as every peer reads it. */
function completeKey({ algorithm, privateKey }: Stripped, info: Uint8Array): Uint8Array {
  const curve = Object.entries(CURVES).find(([, { algorithm: own }]) => own === algorithm);
  if (curve === undefined) return privateKey;
  const [id, { bytes }] = curve;
  const scalar = privateKey.subarray(privateKey.length - bytes);
  const complete = encodeEcKey(id, scalar, info.subarray(info.length - 1 - 2 * bytes));
  wipe(privateKey);
  return complete;
}

function encodeEcKey(curveId: string, scalar: Uint8Array, point: Uint8Array | null): Uint8Array {
  const bytesOf = (hex: string): Uint8Array =>
    Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const publicPart =
    point === null ? [] : [encodeDer(EC_PUBLIC_KEY, encodeDer(BITS, concatBytes(Uint8Array.of(0), point)))];
  return encodeDer(
    SEQUENCE,
    Uint8Array.of(INTEGER, 1, 0),
    encodeDer(SEQUENCE, encodeDer(OBJECT_ID, bytesOf(EC)), encodeDer(OBJECT_ID, bytesOf(curveId))),
    encodeDer(
      OCTETS,
      encodeDer(SEQUENCE, Uint8Array.of(INTEGER, 1, 1), encodeDer(OCTETS, scalar), ...publicPart),
    ),
  );
}

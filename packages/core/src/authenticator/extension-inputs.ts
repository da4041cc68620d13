/**
 * Extension inputs (CTAP 2.2 § 12, WebAuthn L3 § 10.1): the `extensions` map of a request → typed inputs. Types first, then values.
 * What is not named here is ignored, minPinLength too: there is no PIN.
 *
 * `prf` and `largeBlob` are the forms of platforms that hand a request on without encrypting it: their outputs are unsigned, and the
 * client has hashed the inputs of `prf` to salts already.
 */
import { concatBytes } from "../bytes/concat.ts";
import type { CborMap } from "../cbor/codec.ts";
import { type CredentialProtection, isCredentialProtection } from "./credential-source.ts";
import { measureInflated } from "./inflated-length.ts";
import { type LargeBlob, MAX_LARGE_BLOB_BYTES, MAX_LARGE_BLOB_ORIGINAL_BYTES } from "./large-blob.ts";
import {
  asBoolean,
  asBytes,
  asInteger,
  asMap,
  asText,
  type Read,
  readOptional,
  readRequired,
} from "./request-map.ts";
import { asProtocol, type SealedSalts } from "./salt-transport.ts";
import { CtapError, STATUS } from "./status.ts";

const SALT_BYTES = 32;
const COORDINATE_BYTES = 32;

export interface PrfInput {
  /** One or two salts of 32 bytes. */
  readonly salts: Uint8Array | null;
  /** The same for single passkeys, by credential id in base64url. */
  readonly byCredential: ReadonlyMap<string, Uint8Array>;
}

export interface CreationInputs {
  readonly hmacSecret: boolean;
  /** hmac-secret-mc. */
  readonly salts: SealedSalts | null;
  readonly prf: PrfInput | null;
  readonly protection: CredentialProtection | null;
  readonly credBlob: Uint8Array | null;
  readonly largeBlob: boolean;
}

export interface AssertionInputs {
  readonly salts: SealedSalts | null;
  readonly prf: PrfInput | null;
  readonly credBlob: boolean;
  readonly largeBlob: "read" | LargeBlob | null;
}

export const NO_ASSERTION_INPUTS: AssertionInputs = {
  salts: null,
  prf: null,
  credBlob: false,
  largeBlob: null,
};

export function readCreationInputs(map: CborMap): CreationInputs {
  const hmacSecret = readOptional(map, "hmac-secret", "hmac-secret", asBoolean) ?? false;
  const salts = readOptional(map, "hmac-secret-mc", "hmac-secret-mc", asSealedSalts);
  if (salts !== null && !hmacSecret) {
    throw new CtapError(STATUS.missingParameter, "hmac-secret-mc is there without hmac-secret");
  }
  return {
    hmacSecret,
    salts,
    prf: readOptional(map, "prf", "prf", asPrf),
    protection: readOptional(map, "credProtect", "credProtect", asProtection),
    credBlob: readOptional(map, "credBlob", "credBlob", asBytes),
    largeBlob: readOptional(map, "largeBlob", "largeBlob", asLargeBlobSupport) ?? false,
  };
}

export function readAssertionInputs(map: CborMap): AssertionInputs {
  return {
    salts: readOptional(map, "hmac-secret", "hmac-secret", asSealedSalts),
    prf: readOptional(map, "prf", "prf", asPrf),
    credBlob: readOptional(map, "credBlob", "credBlob", asBoolean) ?? false,
    largeBlob: readOptional(map, "largeBlob", "largeBlob", asLargeBlobRequest),
  };
}

const asSealedSalts: Read<SealedSalts> = (value, name) => {
  const map = asMap(value, name);
  const key = readRequired(map, 1, `${name}.keyAgreement`, asMap);
  const saltEnc = readRequired(map, 2, `${name}.saltEnc`, asBytes);
  const saltAuth = readRequired(map, 3, `${name}.saltAuth`, asBytes);
  const protocol = readOptional(map, 4, `${name}.pinUvAuthProtocol`, asInteger) ?? 1;
  const keyType = readRequired(key, 1, `${name}.keyAgreement.kty`, asInteger);
  const algorithm = readRequired(key, 3, `${name}.keyAgreement.alg`, asInteger);
  const curve = readRequired(key, -1, `${name}.keyAgreement.crv`, asInteger);
  const x = readRequired(key, -2, `${name}.keyAgreement.x`, asBytes);
  const y = readRequired(key, -3, `${name}.keyAgreement.y`, asBytes);
  const known = asProtocol(protocol);
  const isP256 = keyType === 2 && algorithm === -25 && curve === 1;
  if (!isP256 || x.length !== COORDINATE_BYTES || y.length !== COORDINATE_BYTES) {
    throw new CtapError(STATUS.invalidParameter, `${name}.keyAgreement is not a P-256 key`);
  }
  return { x, y, saltEnc, saltAuth, protocol: known };
};

const asPrf: Read<PrfInput> = (value, name) => {
  const map = asMap(value, name);
  const byCredential = new Map<string, Uint8Array>();
  const listed: CborMap =
    readOptional(map, "evalByCredential", `${name}.evalByCredential`, asMap) ?? new Map();
  for (const [id, salts] of listed) {
    byCredential.set(asText(id, `${name}.evalByCredential`), asSalts(salts, `${name}.evalByCredential`));
  }
  return { salts: readOptional(map, "eval", `${name}.eval`, asSalts), byCredential };
};

const asSalts: Read<Uint8Array> = (value, name) => {
  const map = asMap(value, name);
  const first = readRequired(map, "first", `${name}.first`, asBytes);
  const second = readOptional(map, "second", `${name}.second`, asBytes);
  const salts = second === null ? [first] : [first, second];
  for (const salt of salts) {
    if (salt.length !== SALT_BYTES) {
      throw new CtapError(
        STATUS.invalidLength,
        `${name}: salt is ${salt.length} bytes, ${SALT_BYTES} expected`,
      );
    }
  }
  return concatBytes(...salts);
};

const asProtection: Read<CredentialProtection> = (value, name) => {
  const level = asInteger(value, name);
  if (isCredentialProtection(level)) return level;
  throw new CtapError(STATUS.invalidParameter, `${name} is ${level}, 1 to 3 expected`);
};

const asLargeBlobSupport: Read<boolean> = (value, name) => {
  const support = readRequired(asMap(value, name), "support", `${name}.support`, asText);
  if (support === "preferred" || support === "required") return true;
  throw new CtapError(STATUS.invalidParameter, `${name}.support is not preferred or required`);
};

const asLargeBlobRequest: Read<"read" | LargeBlob> = (value, name) => {
  const map = asMap(value, name);
  const read = readOptional(map, "read", `${name}.read`, asBoolean) ?? false;
  const blob = readOptional(map, "write", `${name}.write`, asBytes);
  const originalSize = readOptional(map, "originalSize", `${name}.originalSize`, asInteger);
  if (read === (blob !== null)) {
    throw new CtapError(STATUS.invalidParameter, `${name} wants neither or both of read and write`);
  }
  if (blob === null) return "read";
  if (originalSize === null) throw new CtapError(STATUS.missingParameter, `${name}.originalSize is missing`);
  if (blob.length > MAX_LARGE_BLOB_BYTES || originalSize > MAX_LARGE_BLOB_ORIGINAL_BYTES) {
    throw new CtapError(
      STATUS.limitExceeded,
      `${name} is ${blob.length} bytes of ${originalSize}, limits ${MAX_LARGE_BLOB_BYTES} and ${MAX_LARGE_BLOB_ORIGINAL_BYTES}`,
    );
  }
  if (measureInflated(blob, MAX_LARGE_BLOB_ORIGINAL_BYTES) !== originalSize) {
    throw new CtapError(STATUS.invalidParameter, `${name}.write does not inflate to ${originalSize} bytes`);
  }
  return { blob, originalSize };
};

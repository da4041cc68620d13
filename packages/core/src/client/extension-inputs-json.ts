/** Client extension inputs from JSON (WebAuthn L3 § 10.1, CTAP 2.2 § 12.1 and § 12.2): types and bounds only; rules come with the ceremony. */
import {
  asBoolean,
  asBytes,
  asObject,
  asOneOf,
  type JsonObject,
  optional,
  type ReadJson,
  required,
} from "./json-members.ts";
import type {
  CreationExtensions,
  LargeBlobWish,
  PrfValues,
  PrfWish,
  ProtectionLevel,
  RequestExtensions,
} from "./options.ts";

/** Bytes of one PRF input: contexts are short, and hashed anyway (our limit). */
const MAX_PRF_INPUT_BYTES = 16 * 1024;
/** Bytes before compression; the authenticator's own limit (`authenticator/large-blob.ts`) is for it to say. */
const MAX_LARGE_BLOB_BYTES = 1024 * 1024;
/** Bytes; authenticators take 32 at least, and say no to more (CTAP 2.2 § 12.2). */
const MAX_CRED_BLOB_BYTES = 1024;
/** Members of `evalByCredential`: as many as there may be descriptors. */
const MAX_PRF_CREDENTIALS = 64;

const PROTECTION_LEVELS: Readonly<Record<string, ProtectionLevel>> = {
  userVerificationOptional: 1,
  userVerificationOptionalWithCredentialIDList: 2,
  userVerificationRequired: 3,
};

export function readCreationExtensions(object: JsonObject): CreationExtensions {
  const policy = optional(
    object,
    "credentialProtectionPolicy",
    "credentialProtectionPolicy",
    asOneOf(...Object.keys(PROTECTION_LEVELS)),
  );
  return {
    credProps: optional(object, "credProps", "credProps", asBoolean) ?? false,
    prf: optional(object, "prf", "prf", asPrf),
    largeBlob: optional(object, "largeBlob", "largeBlob", asLargeBlob),
    protection: policy === null ? null : (PROTECTION_LEVELS[policy] ?? null),
    enforceProtection:
      optional(object, "enforceCredentialProtectionPolicy", "enforceCredentialProtectionPolicy", asBoolean) ??
      false,
    credBlob: optional(object, "credBlob", "credBlob", asBytes(MAX_CRED_BLOB_BYTES)),
  };
}

export function readRequestExtensions(object: JsonObject): RequestExtensions {
  return {
    prf: optional(object, "prf", "prf", asPrf),
    largeBlob: optional(object, "largeBlob", "largeBlob", asLargeBlob),
    getCredBlob: optional(object, "getCredBlob", "getCredBlob", asBoolean) ?? false,
  };
}

const asPrf: ReadJson<PrfWish> = (value, name) => {
  const object = asObject(value, name);
  return {
    eval: optional(object, "eval", `${name}.eval`, asPrfValues),
    evalByCredential: optional(object, "evalByCredential", `${name}.evalByCredential`, asPrfMap),
  };
};

const asPrfMap: ReadJson<ReadonlyMap<string, PrfValues>> = (value, name) => {
  const entries = Object.entries(asObject(value, name));
  if (entries.length > MAX_PRF_CREDENTIALS) {
    throw new TypeError(`${name} has ${entries.length} members, limit ${MAX_PRF_CREDENTIALS}`);
  }
  return new Map(entries.map(([id, values]) => [id, asPrfValues(values, name)]));
};

const asPrfValues: ReadJson<PrfValues> = (value, name) => {
  const object = asObject(value, name);
  return {
    first: required(object, "first", `${name}.first`, asBytes(MAX_PRF_INPUT_BYTES)),
    second: optional(object, "second", `${name}.second`, asBytes(MAX_PRF_INPUT_BYTES)),
  };
};

const asLargeBlob: ReadJson<LargeBlobWish> = (value, name) => {
  const object = asObject(value, name);
  return {
    support: optional(object, "support", `${name}.support`, asOneOf("required", "preferred")),
    read: optional(object, "read", `${name}.read`, asBoolean),
    write: optional(object, "write", `${name}.write`, asBytes(MAX_LARGE_BLOB_BYTES)),
  };
};

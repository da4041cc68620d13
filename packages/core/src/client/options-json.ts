/**
 * parseCreationOptionsFromJSON and parseRequestOptionsFromJSON (WebAuthn L3 § 5.1.8, § 5.1.9): what a relying party's server sends, as
 * `JSON.parse` gave it. Words that are not known count as absent (§ 2.1.1). Limits are those of browsers where they have one.
 */
import { readCreationExtensions, readRequestExtensions } from "./extension-inputs-json.ts";
import {
  asBoolean,
  asBytes,
  asInteger,
  asListOf,
  asObject,
  asOneOf,
  asText,
  optional,
  type ReadJson,
  required,
} from "./json-members.ts";
import type { CreationOptions, Descriptor, Parameters, RequestOptions } from "./options.ts";

/** Bytes; some relying parties put signed tokens there. */
const MAX_CHALLENGE_BYTES = 16 * 1024;
/** Bytes (§ 5.4.3). */
const MAX_USER_HANDLE_BYTES = 64;
/** Bytes (§ 4, Credential ID). */
const MAX_CREDENTIAL_ID_BYTES = 1023;
/** UTF-16 units of a name; authenticators may cut at 64 bytes (§ 6.4.1). */
const MAX_NAME_LENGTH = 1024;
/** Characters of a domain (RFC 1035 § 2.3.4). */
const MAX_RP_ID_LENGTH = 253;
/** Descriptors in a list: as many as browsers take. */
const MAX_DESCRIPTORS = 64;
const MAX_PARAMETERS = 64;
const MAX_FORMATS = 16;

/** Throws `TypeError`, or `WebAuthnError` with `EncodingError`. */
export function parseCreationOptions(json: unknown): CreationOptions {
  const options = asObject(json, "options");
  const rp = required(options, "rp", "rp", asObject);
  const user = required(options, "user", "user", asObject);
  const id = required(user, "id", "user.id", asBytes(MAX_USER_HANDLE_BYTES));
  // § 5.1.3 step 5.
  if (id.length === 0) throw new TypeError(`user.id is empty, 1 to ${MAX_USER_HANDLE_BYTES} bytes expected`);
  const selection = optional(options, "authenticatorSelection", "authenticatorSelection", asObject) ?? {};
  const mustBeResident = optional(selection, "requireResidentKey", "requireResidentKey", asBoolean) ?? false;
  return {
    rp: {
      id: optional(rp, "id", "rp.id", asText(MAX_RP_ID_LENGTH)),
      name: required(rp, "name", "rp.name", asText(MAX_NAME_LENGTH)),
    },
    user: {
      id,
      name: required(user, "name", "user.name", asText(MAX_NAME_LENGTH)),
      displayName: required(user, "displayName", "user.displayName", asText(MAX_NAME_LENGTH)),
    },
    challenge: required(options, "challenge", "challenge", asBytes(MAX_CHALLENGE_BYTES)),
    parameters: required(
      options,
      "pubKeyCredParams",
      "pubKeyCredParams",
      asListOf(MAX_PARAMETERS, asParameters),
    ),
    excludeCredentials: optional(options, "excludeCredentials", "excludeCredentials", asDescriptors) ?? [],
    attachment: optional(
      selection,
      "authenticatorAttachment",
      "authenticatorAttachment",
      asOneOf("platform", "cross-platform"),
    ),
    residentKey:
      optional(selection, "residentKey", "residentKey", asOneOf("required", "preferred", "discouraged")) ??
      (mustBeResident ? "required" : "discouraged"),
    userVerification:
      optional(selection, "userVerification", "userVerification", asVerification) ?? "preferred",
    attestation:
      optional(options, "attestation", "attestation", asOneOf("none", "indirect", "direct", "enterprise")) ??
      "none",
    attestationFormats:
      optional(
        options,
        "attestationFormats",
        "attestationFormats",
        asListOf(MAX_FORMATS, asText(MAX_NAME_LENGTH)),
      ) ?? [],
    extensions: readCreationExtensions(optional(options, "extensions", "extensions", asObject) ?? {}),
  };
}

/** Throws as `parseCreationOptions` does. */
export function parseRequestOptions(json: unknown): RequestOptions {
  const options = asObject(json, "options");
  return {
    challenge: required(options, "challenge", "challenge", asBytes(MAX_CHALLENGE_BYTES)),
    rpId: optional(options, "rpId", "rpId", asText(MAX_RP_ID_LENGTH)),
    allowCredentials: optional(options, "allowCredentials", "allowCredentials", asDescriptors) ?? [],
    userVerification:
      optional(options, "userVerification", "userVerification", asVerification) ?? "preferred",
    extensions: readRequestExtensions(optional(options, "extensions", "extensions", asObject) ?? {}),
  };
}

const asVerification = asOneOf("required", "preferred", "discouraged");

const asParameters: ReadJson<Parameters> = (value, name) => {
  const object = asObject(value, name);
  return {
    type: required(object, "type", `${name}.type`, asText(MAX_NAME_LENGTH)),
    algorithm: required(object, "alg", `${name}.alg`, asInteger),
  };
};

/** `transports` is not read: filtering by it has made good passkeys unusable. */
const asDescriptor: ReadJson<Descriptor> = (value, name) => {
  const object = asObject(value, name);
  return {
    type: required(object, "type", `${name}.type`, asText(MAX_NAME_LENGTH)),
    id: required(object, "id", `${name}.id`, asBytes(MAX_CREDENTIAL_ID_BYTES)),
  };
};

const asDescriptors = asListOf(MAX_DESCRIPTORS, asDescriptor);

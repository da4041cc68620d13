/** What a page gets: the responses of WebAuthn L3 § 5.2 with bytes as bytes, and their JSON (`PublicKeyCredential.toJSON()`, § 5.1.7). */
import { encodeBase64url } from "../bytes/text.ts";
import type { Attachment } from "./options.ts";
import type { PrfResults } from "./prf.ts";

/** Client extension outputs (§ 5.7); what was not asked for, or not answered, is `null`. */
export interface RegistrationOutputs {
  /** credProps.rk. */
  readonly discoverable: boolean | null;
  readonly prf: { readonly enabled: boolean; readonly results: PrfResults | null } | null;
  readonly largeBlobSupported: boolean | null;
  readonly credBlobStored: boolean | null;
}

export interface AuthenticationOutputs {
  readonly prf: { readonly results: PrfResults | null } | null;
  readonly largeBlob: { readonly blob: Uint8Array | null; readonly written: boolean | null } | null;
  readonly credBlob: Uint8Array | null;
}

export interface Registration {
  readonly id: Uint8Array;
  readonly clientData: Uint8Array;
  readonly attestationObject: Uint8Array;
  readonly authenticatorData: Uint8Array;
  /** SubjectPublicKeyInfo, or `null` for an algorithm that has none here. */
  readonly publicKey: Uint8Array | null;
  readonly algorithm: number;
  readonly transports: readonly string[];
  readonly attachment: Attachment;
  readonly outputs: RegistrationOutputs;
}

export interface Authentication {
  readonly id: Uint8Array;
  readonly clientData: Uint8Array;
  readonly authenticatorData: Uint8Array;
  readonly signature: Uint8Array;
  readonly userHandle: Uint8Array | null;
  readonly attachment: Attachment;
  readonly outputs: AuthenticationOutputs;
}

export function registrationToJson(registration: Registration) {
  const { id, outputs } = registration;
  return {
    id: encodeBase64url(id),
    rawId: encodeBase64url(id),
    type: "public-key" as const,
    authenticatorAttachment: registration.attachment,
    response: {
      clientDataJSON: encodeBase64url(registration.clientData),
      authenticatorData: encodeBase64url(registration.authenticatorData),
      attestationObject: encodeBase64url(registration.attestationObject),
      ...(registration.publicKey !== null && { publicKey: encodeBase64url(registration.publicKey) }),
      publicKeyAlgorithm: registration.algorithm,
      transports: [...registration.transports],
    },
    clientExtensionResults: {
      ...(outputs.discoverable !== null && { credProps: { rk: outputs.discoverable } }),
      ...(outputs.prf !== null && {
        prf: { enabled: outputs.prf.enabled, ...resultsToJson(outputs.prf.results) },
      }),
      ...(outputs.largeBlobSupported !== null && { largeBlob: { supported: outputs.largeBlobSupported } }),
      ...(outputs.credBlobStored !== null && { credBlob: outputs.credBlobStored }),
    },
  };
}

export function authenticationToJson(authentication: Authentication) {
  const { id, userHandle, outputs } = authentication;
  return {
    id: encodeBase64url(id),
    rawId: encodeBase64url(id),
    type: "public-key" as const,
    authenticatorAttachment: authentication.attachment,
    response: {
      clientDataJSON: encodeBase64url(authentication.clientData),
      authenticatorData: encodeBase64url(authentication.authenticatorData),
      signature: encodeBase64url(authentication.signature),
      ...(userHandle !== null && { userHandle: encodeBase64url(userHandle) }),
    },
    clientExtensionResults: {
      ...(outputs.prf !== null && { prf: resultsToJson(outputs.prf.results) }),
      ...(outputs.largeBlob !== null && { largeBlob: largeBlobToJson(outputs.largeBlob) }),
      ...(outputs.credBlob !== null && { getCredBlob: encodeBase64url(outputs.credBlob) }),
    },
  };
}

const resultsToJson = (results: PrfResults | null) =>
  results === null
    ? {}
    : {
        results: {
          first: encodeBase64url(results.first),
          ...(results.second !== null && { second: encodeBase64url(results.second) }),
        },
      };

const largeBlobToJson = ({ blob, written }: NonNullable<AuthenticationOutputs["largeBlob"]>) => ({
  ...(blob !== null && { blob: encodeBase64url(blob) }),
  ...(written !== null && { written }),
});

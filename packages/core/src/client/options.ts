/**
 * What a page asks for: the dictionaries of WebAuthn L3 § 5.4 and § 5.5 and the client extensions that are known here, with bytes as
 * bytes. What the host decides for itself is not in here: timeout, hints, mediation.
 */

export type UserVerification = "required" | "preferred" | "discouraged";
export type Attachment = "platform" | "cross-platform";

export interface Parameters {
  readonly type: string;
  /** COSE algorithm. */
  readonly algorithm: number;
}

export interface Descriptor {
  readonly type: string;
  readonly id: Uint8Array;
}

/** Inputs of the PRF for one passkey: any bytes, hashed before they go to an authenticator. */
export interface PrfValues {
  readonly first: Uint8Array;
  readonly second: Uint8Array | null;
}

export interface PrfWish {
  readonly eval: PrfValues | null;
  /** By credential id in base64url; `null` when the page gave no such member. */
  readonly evalByCredential: ReadonlyMap<string, PrfValues> | null;
}

export interface LargeBlobWish {
  readonly support: "required" | "preferred" | null;
  readonly read: boolean | null;
  readonly write: Uint8Array | null;
}

/** Levels of `credentialProtectionPolicy` (CTAP 2.2 § 12.1). */
export type ProtectionLevel = 1 | 2 | 3;

/** `null` and `false`: the page did not ask. */
export interface CreationExtensions {
  readonly credProps: boolean;
  readonly prf: PrfWish | null;
  readonly largeBlob: LargeBlobWish | null;
  readonly protection: ProtectionLevel | null;
  readonly enforceProtection: boolean;
  readonly credBlob: Uint8Array | null;
}

export interface RequestExtensions {
  readonly prf: PrfWish | null;
  readonly largeBlob: LargeBlobWish | null;
  readonly getCredBlob: boolean;
}

export interface CreationOptions {
  readonly rp: { readonly id: string | null; readonly name: string };
  readonly user: { readonly id: Uint8Array; readonly name: string; readonly displayName: string };
  readonly challenge: Uint8Array;
  readonly parameters: readonly Parameters[];
  readonly excludeCredentials: readonly Descriptor[];
  readonly attachment: Attachment | null;
  readonly residentKey: "required" | "preferred" | "discouraged";
  readonly userVerification: UserVerification;
  readonly attestation: "none" | "indirect" | "direct" | "enterprise";
  readonly attestationFormats: readonly string[];
  readonly extensions: CreationExtensions;
}

export interface RequestOptions {
  readonly challenge: Uint8Array;
  readonly rpId: string | null;
  readonly allowCredentials: readonly Descriptor[];
  readonly userVerification: UserVerification;
  readonly extensions: RequestExtensions;
}

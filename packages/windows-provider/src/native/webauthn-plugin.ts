/**
 * What the provider asks of Windows (webauthnplugin.h), typed: the real one is `webauthn-dll.ts`, tests have one in memory. Every call
 * throws `HresultError` when Windows refuses; a call that this Windows does not have throws it with E_NOTIMPL.
 */

/** What Settings and the pickers show, and what requests are sent here. */
export interface AuthenticatorDetails {
  /** 16 bytes as they lie in memory. */
  readonly clsid: Uint8Array;
  readonly name: string;
  /** Of the maker; Windows wants one, though it is for nested calls alone, which we never make. */
  readonly rpId: string;
  /** Base64 of an SVG 1.1 file in UTF-8. */
  readonly lightLogo: string;
  readonly darkLogo: string;
  /** authenticatorGetInfo, CBOR. */
  readonly info: Uint8Array;
}

/** A passkey as Windows' picker shows it. Every member is required and not empty. */
export interface CachedCredential {
  /** 16 to 1023 bytes. */
  readonly credentialId: Uint8Array;
  readonly rpId: string;
  readonly rpName: string;
  /** 1 to 64 bytes. */
  readonly userId: Uint8Array;
  readonly userName: string;
  readonly userDisplayName: string;
}

export interface VerificationRequest {
  /** The window over which Windows Hello opens; not 0. */
  readonly window: number | bigint;
  /** Of the ceremony under way: Windows knows no other. */
  readonly transactionId: Uint8Array;
  readonly userName: string;
  readonly hint: string;
}

export interface WebAuthnPlugin {
  /** `null`: not registered. */
  getState(clsid: Uint8Array): "disabled" | "enabled" | null;
  /** The public half of the key that Windows signs requests with. The person has to switch the provider on after this. */
  add(details: AuthenticatorDetails): Promise<Uint8Array>;
  update(details: AuthenticatorDetails): Promise<void>;
  remove(clsid: Uint8Array): void;
  /** `changed` is called without saying what changed, as long as this process lives; the result ends it. */
  onStateChange(clsid: Uint8Array, changed: () => void): () => void;

  /** Refused as a whole when one is there already. */
  addCredentials(clsid: Uint8Array, credentials: readonly CachedCredential[]): void;
  removeCredentials(clsid: Uint8Array, credentials: readonly CachedCredential[]): void;
  removeAllCredentials(clsid: Uint8Array): void;
  listCredentials(clsid: Uint8Array): readonly CachedCredential[];

  /** Shows Windows Hello; the signature over the request of this transaction. Nothing can withdraw the prompt. */
  verifyUser(request: VerificationRequest): Promise<Uint8Array>;
  /** Verifications so far. */
  countVerifications(clsid: Uint8Array): number;
  /** Public keys as BCRYPT blobs: of the person's verifications, and of Windows' requests. */
  getVerificationKey(clsid: Uint8Array): Uint8Array;
  getOperationKey(clsid: Uint8Array): Uint8Array;
}

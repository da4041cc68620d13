/** The largeBlob extension on the client's side (WebAuthn L3 § 10.1.5): rules of its inputs. The client compresses, the authenticator keeps. */
import type { LargeBlobWish } from "./options.ts";
import { WebAuthnError } from "./webauthn-error.ts";

/** Raw DEFLATE (RFC 1951), which a host lends. */
export interface BlobCompression {
  deflate(data: Uint8Array): Promise<Uint8Array>;
  /** Rejects for data that is none, or more than `maxBytes`. */
  inflate(data: Uint8Array, maxBytes: number): Promise<Uint8Array>;
}

export function checkCreationLargeBlob({ read, write }: LargeBlobWish): void {
  if (read !== null || write !== null) {
    throw new WebAuthnError("NotSupportedError", "largeBlob: a passkey that is made is not read or written");
  }
}

/** @param listed how many passkeys allowCredentials names. */
export function checkRequestLargeBlob({ support, read, write }: LargeBlobWish, listed: number): void {
  if (support !== null) throw new WebAuthnError("NotSupportedError", "largeBlob.support is for new passkeys");
  if (read !== null && write !== null) {
    throw new WebAuthnError("NotSupportedError", "largeBlob: read and write exclude each other");
  }
  if (write !== null && listed !== 1) {
    throw new WebAuthnError("NotSupportedError", `largeBlob.write for ${listed} passkeys, 1 expected`);
  }
}

/** A large blob (WebAuthn L3 § 10.1.5): what a relying party keeps with one passkey, certificates for example. */

/** Bytes as stored: compressed (our limit; CTAP leaves it open). With names and public key it fits one entry of 64 KiB. */
export const MAX_LARGE_BLOB_BYTES = 16 * 1024;
/** Bytes before compression. */
export const MAX_LARGE_BLOB_ORIGINAL_BYTES = 64 * 1024;

export interface LargeBlob {
  /** Raw DEFLATE, made by the client and measured here; what it says is the relying party's. */
  readonly blob: Uint8Array;
  /** Its length before compression. */
  readonly originalSize: number;
}

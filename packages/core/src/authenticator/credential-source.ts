/**
 * A passkey without its private key: WebAuthn's public key credential source (WebAuthn L3 § 4) as the ceremonies read it.
 * Everything here is fixed when the passkey is made or imported; backup flags too, for relying parties refuse a change of BE.
 */
import type { CoseAlgorithm } from "../ports.ts";

/**
 * credProtect (CTAP 2.2 § 12.1), fixed at creation: 1 asks nothing more, 2 wants user verification or an allowList, 3 user
 * verification.
 */
export type CredentialProtection = 1 | 2 | 3;

export const isCredentialProtection = (level: number): level is CredentialProtection =>
  level === 1 || level === 2 || level === 3;

export interface CredentialSource {
  /** Credential id: 32 bytes for our own, 1 to 1023 for imported ones; compared as bytes. */
  readonly id: Uint8Array;
  /** Exactly the string that the relying party sent: never normalised. */
  readonly rpId: string;
  readonly rpName: string | null;
  /** user.id, 1 to 64 bytes: not text. */
  readonly userHandle: Uint8Array;
  readonly userName: string | null;
  readonly userDisplayName: string | null;
  readonly algorithm: CoseAlgorithm;
  /** COSE_Key, canonical CBOR. */
  readonly publicKey: Uint8Array;
  /** Found without an allowList. */
  readonly discoverable: boolean;
  readonly protection: CredentialProtection;
  /** Flag BE. */
  readonly backupEligible: boolean;
  /** Flag BS; never true without BE. */
  readonly backedUp: boolean;
  /** Milliseconds since 1970; for display and for "newest first" within one store. */
  readonly createdAt: number;
}

/**
 * The port behind which the authenticator finds, makes and opens passkeys: the vault on real hosts, memory on the ephemeral one.
 *
 * `P` is the proof that this store demands before a private key is written or used. A vault's store is a
 * `CredentialStore<UserVerified>`: no verifier that can be content with less fits to it, which the compiler checks where the two
 * meet (`authenticator-host.ts`). The functions are properties, not methods, because only those are compared strictly.
 * At run time a store calls `checkProof` first.
 */
import type { SigningKey } from "../ports.ts";
import type { CredentialSource } from "./credential-source.ts";
import type { LargeBlob } from "./large-blob.ts";
import type { UserProof } from "./user-verifier.ts";

export interface NewCredential {
  readonly source: CredentialSource;
  /** PKCS#8. The ceremony wipes it when `create` has settled: the store keeps a copy of its own, sealed. */
  readonly privateKey: Uint8Array;
  /** Seeds of its PRF, 64 bytes (`prf.ts`): wiped and kept as the private key is. `null` for an imported passkey that has none. */
  readonly prfSeeds: Uint8Array | null;
  /** Up to 32 bytes of the relying party's. */
  readonly credBlob: Uint8Array | null;
  /** Discoverable passkeys of the same rpId and user handle: no longer found from now on, kept in the trash as "Replaced". */
  readonly replaces: readonly CredentialSource[];
}

export interface CredentialStore<P extends UserProof> {
  /** Every live passkey of exactly this rpId, discoverable or not, newest first. Never waits for a person or for sync. */
  readonly findByRpId: (rpId: string) => Promise<readonly CredentialSource[]>;
  /** Durable when it resolves. Throws `LK-VAULT-LIMIT` or `LK-VAULT-DISK-FULL` with nothing stored. */
  readonly create: (credential: NewCredential, proof: P) => Promise<void>;
  /** Takes a create back whose client cancelled before the answer: the passkey is gone, what it replaced is live again. */
  readonly undoCreate: (credential: NewCredential) => Promise<void>;
  /** The private key, ready to sign. Throws `LK-KEY-DAMAGED` if it does not give `source.publicKey`. */
  readonly openKey: (source: CredentialSource, proof: P) => Promise<SigningKey>;
  /** A copy, which the caller wipes; `null` for an imported passkey that has none. */
  readonly openPrfSeeds: (source: CredentialSource, proof: P) => Promise<Uint8Array | null>;
  readonly openCredBlob: (source: CredentialSource, proof: P) => Promise<Uint8Array | null>;
  readonly readLargeBlob: (source: CredentialSource, proof: P) => Promise<LargeBlob | null>;
  /** Durable when it resolves. Throws as `create` does. */
  readonly writeLargeBlob: (source: CredentialSource, blob: LargeBlob, proof: P) => Promise<void>;
}

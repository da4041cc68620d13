/**
 * Everything that the ceremonies need from outside. `P` ties verifier and store together: what the one gives, the other must accept.
 */
import type { Clock, CredentialCrypto, Random, SecretTransportCrypto } from "../ports.ts";
import type { AttestationPolicy } from "./attestation.ts";
import type { CredentialStore } from "./credential-store.ts";
import type { SaltTransport } from "./salt-transport.ts";
import type { UserProof, UserVerifier } from "./user-verifier.ts";

export interface AuthenticatorHost<P extends UserProof> {
  readonly crypto: CredentialCrypto;
  readonly transport: SecretTransportCrypto;
  readonly random: Random;
  readonly clock: Clock;
  readonly store: CredentialStore<P>;
  readonly verifier: UserVerifier<P>;
  readonly attestation: AttestationPolicy;
  /** Left out, Latchkey's own: a channel that Windows has to tell from another one brings another. */
  readonly aaguid?: Uint8Array;
  /** Deletes every passkey. `null` on a real vault: there no client can reset anything. */
  readonly reset: (() => Promise<void>) | null;
  /** Told of what is answered with 0x7F, a bug or a broken vault: the client learns no more than that. */
  readonly reportFault: (fault: unknown) => void;
}

/** What a ceremony sees: the host, and the authenticator's own half of key agreements. */
export interface CeremonyHost<P extends UserProof> extends AuthenticatorHost<P> {
  readonly saltTransport: SaltTransport;
}

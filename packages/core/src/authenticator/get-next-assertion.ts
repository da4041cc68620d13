/**
 * authenticatorGetNextAssertion (CTAP 2.2 § 6.3): the other accounts of the getAssertion before it, newest to oldest, under that
 * request's own gesture. Any other command forgets them (`authenticator.ts`).
 */
import type { AssertionWishes } from "./assertion-extensions.ts";
import type { AuthenticatorHost } from "./authenticator-host.ts";
import type { CredentialSource } from "./credential-source.ts";
import type { AssertionResult } from "./get-assertion.ts";
import { signAssertion } from "./sign-assertion.ts";
import { CtapError, STATUS } from "./status.ts";
import type { UserProof } from "./user-verifier.ts";

/** Milliseconds since the last answer (CTAP 2.2 § 6.3). */
const NEXT_ASSERTION_TIMEOUT_MS = 30_000;

export interface RememberedAssertions<P extends UserProof> {
  readonly sources: readonly CredentialSource[];
  /** Index of the account that is next. */
  readonly next: number;
  readonly proof: P;
  readonly clientDataHash: Uint8Array;
  readonly wishes: AssertionWishes;
  /** Milliseconds since 1970. */
  readonly answeredAt: number;
}

export async function getNextAssertion<P extends UserProof>(
  host: AuthenticatorHost<P>,
  remembered: RememberedAssertions<P> | null,
): Promise<AssertionResult<P>> {
  // 1–2. Something is remembered, and one is left.
  const source = remembered?.sources[remembered.next];
  if (remembered === null || source === undefined) {
    throw new CtapError(STATUS.notAllowed, "there is no next assertion");
  }
  // 3. Not too late.
  if (host.clock.now() - remembered.answeredAt > NEXT_ASSERTION_TIMEOUT_MS) {
    throw new CtapError(STATUS.notAllowed, `next assertion asked after ${NEXT_ASSERTION_TIMEOUT_MS} ms`);
  }
  // 4–8. The same flags, hash and extensions as the answer before; no number of credentials.
  const { sources, proof, clientDataHash, wishes } = remembered;
  const response = await signAssertion(host, source, proof, clientDataHash, wishes, sources.length);
  return {
    response,
    remembered: { ...remembered, next: remembered.next + 1, answeredAt: host.clock.now() },
  };
}

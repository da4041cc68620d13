/** authenticatorSelection (CTAP 2.2 § 6.9): among several authenticators the person touches the one that is meant. */
import type { AuthenticatorHost } from "./authenticator-host.ts";
import type { Cancellation } from "./cancellation.ts";
import type { UserProof } from "./user-verifier.ts";

export async function selection<P extends UserProof>(
  host: AuthenticatorHost<P>,
  cancellation: Cancellation,
): Promise<void> {
  await host.verifier.verify({ operation: "select", rpId: null, verification: false }, cancellation);
}

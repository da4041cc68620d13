/**
 * authenticatorReset (CTAP 2.2 § 6.6): deletes every passkey of a throw-away vault, and the key agreement. On a real vault no client has that power,
 * whatever it says: 0x27.
 */
import { VaultError } from "../errors.ts";
import type { CeremonyHost } from "./authenticator-host.ts";
import type { Cancellation } from "./cancellation.ts";
import type { UserProof } from "./user-verifier.ts";

export async function reset<P extends UserProof>(
  host: CeremonyHost<P>,
  cancellation: Cancellation,
): Promise<void> {
  if (host.reset === null) throw new VaultError("LK-AUTH-DENIED", "a real vault cannot be reset by a client");
  await host.verifier.verify({ operation: "reset", rpId: null, verification: false }, cancellation);
  await host.reset();
  host.saltTransport.renew();
}

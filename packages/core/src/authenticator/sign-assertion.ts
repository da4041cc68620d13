/** One assertion (WebAuthn L3 § 6.3.3 steps 10 to 13): what getAssertion and getNextAssertion have in common. */
import { concatBytes } from "../bytes/concat.ts";
import { type AssertionWishes, makeAssertionOutputs } from "./assertion-extensions.ts";
import type { AuthenticatorHost } from "./authenticator-host.ts";
import { encodeAssertionData } from "./authenticator-data.ts";
import type { CredentialSource } from "./credential-source.ts";
import type { GetAssertionResponse } from "./ctap-response.ts";
import type { UserProof } from "./user-verifier.ts";

/** @param offered how many accounts the client is offered: only among several, and only to a verified person, are names shown. */
export async function signAssertion<P extends UserProof>(
  host: AuthenticatorHost<P>,
  source: CredentialSource,
  proof: P,
  clientDataHash: Uint8Array,
  wishes: AssertionWishes,
  offered: number,
): Promise<GetAssertionResponse> {
  const { signed, unsigned } = await makeAssertionOutputs(host, source, proof, wishes);
  const authenticatorData = encodeAssertionData(host.crypto, source, proof, signed);
  const key = await host.store.openKey(source, proof);
  const named = offered > 1 && proof.gesture === "verified";
  return {
    credentialId: source.id,
    authenticatorData,
    signature: key.sign(concatBytes(authenticatorData, clientDataHash)),
    user: source.discoverable
      ? {
          id: source.userHandle,
          name: named ? source.userName : null,
          displayName: named ? source.userDisplayName : null,
        }
      : null,
    numberOfCredentials: null,
    userSelected: false,
    unsigned,
  };
}

/**
 * authenticatorGetAssertion (CTAP 2.2 § 6.2.2, WebAuthn L3 § 6.3.3). The steps have CTAP's numbers. Step 5 is for PINs; 6 comes with 9, for
 * nobody is asked before it is known that there is something to ask for.
 * Nothing here waits for sync, and nothing is written: last use is batched by the vault.
 */
import { equalBytes } from "../bytes/equal.ts";
import { VaultError } from "../errors.ts";
import type { AssertionWishes } from "./assertion-extensions.ts";
import type { CeremonyHost } from "./authenticator-host.ts";
import type { Cancellation } from "./cancellation.ts";
import type { CredentialSource } from "./credential-source.ts";
import type { GetAssertionRequest } from "./ctap-request.ts";
import type { GetAssertionResponse } from "./ctap-response.ts";
import type { RememberedAssertions } from "./get-next-assertion.ts";
import type { AssertionInputs } from "./extension-inputs.ts";
import { refusePinUvAuth } from "./pin-uv-auth.ts";
import { signAssertion } from "./sign-assertion.ts";
import { CtapError, STATUS } from "./status.ts";
import type { UserProof } from "./user-verifier.ts";

/** The answer, and what getNextAssertion may go on with. */
export interface AssertionResult<P extends UserProof> {
  readonly response: GetAssertionResponse;
  readonly remembered: RememberedAssertions<P> | null;
}

export async function getAssertion<P extends UserProof>(
  host: CeremonyHost<P>,
  request: GetAssertionRequest,
  cancellation: Cancellation,
): Promise<AssertionResult<P>> {
  const { rpId, clientDataHash, allowList, options, extensions } = request;

  // 1–2. A PIN/UV token: none exists.
  if (request.pinUvAuth !== null) await refusePinUvAuth(host, request.pinUvAuth, cancellation);

  // 3–4. Options. `rk` has no meaning here; `up` is true and `uv` false unless said otherwise.
  if (options.rk !== null) throw new CtapError(STATUS.unsupportedOption, "rk is present in getAssertion");
  const present = options.up ?? true;
  // Outputs of a PRF with inputs are those of a verified person, whatever else the request says (WebAuthn L3 § 10.1.4).
  const verification = present && ((options.uv ?? false) || wantsPrf(extensions));
  const verified = present && (verification || host.verifier.alwaysVerifies);

  // 7.1–7.3. Locate: the listed ones of this relying party, discoverable or not; without a list the discoverable ones.
  const sources = await host.store.findByRpId(rpId);
  const located = sources.filter((source) =>
    allowList === null ? source.discoverable : allowList.some((id) => equalBytes(id, source.id)),
  );

  // 7.4–7.5. credProtect hides what this request may not see; an imported key of an algorithm that is not here cannot answer.
  const accounts = located.filter(
    ({ protection, algorithm }) =>
      (protection === 1 || verified || (protection === 2 && allowList !== null)) &&
      host.crypto.algorithms.includes(algorithm),
  );

  // 7.6. None: answered at once, without a window.
  const newest = accounts[0];
  if (newest === undefined) {
    throw new VaultError("LK-AUTH-NO-CREDENTIALS", "no passkey of this relying party fits the request");
  }

  // 10. Extensions whose inputs are wrong: before anybody is asked.
  const wishes = openWishes(host, request, present);

  // 6, 8–9. User verification and presence, as asked; a pre-flight asks nobody and is answered with both flags clear.
  if (!present) {
    const proof = host.verifier.preflight(rpId);
    if (proof === null) throw new CtapError(STATUS.puatRequired, "a pre-flight signs nothing on this vault");
    // Accounts are neither counted nor remembered for someone who is not there.
    return {
      response: await signAssertion(host, newest, proof, clientDataHash, wishes, 1),
      remembered: null,
    };
  }
  const { proof, account } = await host.verifier.verify(
    { operation: "get-assertion", rpId, accounts, verification },
    cancellation,
  );

  if (verified !== (proof.gesture === "verified")) throw new Error("verifier did not do what it says");

  // 11–13. With a list, or picked by the person: one answer. Else the newest, and the others are remembered.
  if (account !== null && !accounts.includes(account)) throw new Error("picked account was not offered");
  if (allowList !== null || account !== null || accounts.length === 1) {
    const chosen: CredentialSource = account ?? newest;
    const response = await signAssertion(host, chosen, proof, clientDataHash, wishes, 1);
    const userSelected = allowList === null && account !== null && accounts.length > 1;
    return { response: { ...response, userSelected }, remembered: null };
  }
  const response = await signAssertion(host, newest, proof, clientDataHash, wishes, accounts.length);
  return {
    response: { ...response, numberOfCredentials: accounts.length },
    remembered: {
      sources: accounts,
      next: 1,
      proof,
      clientDataHash,
      wishes,
      answeredAt: host.clock.now(),
    },
  };
}

const wantsPrf = ({ prf }: AssertionInputs): boolean =>
  prf !== null && (prf.salts !== null || prf.byCredential.size > 0);

function openWishes<P extends UserProof>(
  host: CeremonyHost<P>,
  { extensions: inputs, allowList }: GetAssertionRequest,
  present: boolean,
): AssertionWishes {
  const writes = inputs.largeBlob !== null && inputs.largeBlob !== "read";
  if (!present && (inputs.salts !== null || wantsPrf(inputs) || writes)) {
    throw new CtapError(STATUS.unsupportedOption, "a secret or a write is wanted without user presence");
  }
  // A write is for one passkey, which the client names.
  if (writes && allowList?.length !== 1) {
    throw new CtapError(STATUS.invalidParameter, "largeBlob.write wants an allowList of one");
  }
  return { inputs, salts: inputs.salts === null ? null : host.saltTransport.open(inputs.salts) };
}

/**
 * authenticatorMakeCredential (CTAP 2.2 § 6.1, WebAuthn L3 § 6.3.2). The steps are CTAP's in its order; what is skipped is named.
 */
import { equalBytes } from "../bytes/equal.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import type { CoseAlgorithm, CredentialCrypto } from "../ports.ts";
import { AAGUID } from "./aaguid.ts";
import { NONE_STATEMENT } from "./attestation.ts";
import type { AuthenticatorHost } from "./authenticator-host.ts";
import { encodeAttestationData } from "./authenticator-data.ts";
import type { Cancellation } from "./cancellation.ts";
import type { CredentialSource } from "./credential-source.ts";
import type { NewCredential } from "./credential-store.ts";
import type { MakeCredentialRequest } from "./ctap-request.ts";
import type { MakeCredentialResponse } from "./ctap-response.ts";
import { refusePinUvAuth } from "./pin-uv-auth.ts";
import { CtapError, STATUS } from "./status.ts";
import type { UserProof } from "./user-verifier.ts";

const CREDENTIAL_ID_BYTES = 32;

export async function makeCredential<P extends UserProof>(
  host: AuthenticatorHost<P>,
  request: MakeCredentialRequest,
  cancellation: Cancellation,
): Promise<MakeCredentialResponse> {
  const { rp, user, options } = request;

  // 1. A PIN/UV token: none exists.
  if (request.pinUvAuth !== null) await refusePinUvAuth(host, request.pinUvAuth, cancellation);

  // 2. The algorithm: the relying party's order decides.
  const algorithm = chooseAlgorithm(host.crypto, request.algorithms);

  // 3. Options. `uv` and `rk` are supported, so both may have either value.
  if (options.up === false) throw new CtapError(STATUS.invalidOption, "up is false in makeCredential");

  // 4. Enterprise attestation: never, it tells devices apart.
  if (request.enterpriseAttestation) {
    throw new CtapError(STATUS.invalidParameter, "enterprise attestation is not supported");
  }

  // 5–7. User verification, excludeList, user presence: one gesture serves all three. The list is answered after it, for else any
  // site could ask silently which passkeys are here.
  const existing = await host.store.findByRpId(rp.id);
  const excluded =
    existing.find((source) => request.excludeList.some((id) => equalBytes(id, source.id))) ?? null;
  const { proof } = await host.verifier.verify(
    {
      operation: "make-credential",
      rpId: rp.id,
      rpName: rp.name,
      userName: user.name,
      userDisplayName: user.displayName,
      excluded,
      verification: options.uv ?? false,
    },
    cancellation,
  );
  if (excluded !== null)
    throw new CtapError(STATUS.credentialExcluded, "a passkey of the excludeList is here");

  // 8. Extensions: none yet; unknown ones are ignored.

  // 9. The key pair. A discoverable passkey of the same account is replaced; one that is not discoverable replaces nothing.
  const { privateKey, publicKey } = host.crypto.makeKeyPair(algorithm);
  try {
    const discoverable = options.rk ?? false;
    const source: CredentialSource = {
      id: host.random(CREDENTIAL_ID_BYTES),
      rpId: rp.id,
      rpName: rp.name,
      userHandle: user.id,
      userName: user.name,
      userDisplayName: user.displayName,
      algorithm,
      publicKey,
      discoverable,
      backupEligible: true,
      backedUp: true,
      createdAt: host.clock.now(),
    };
    const replaces = discoverable
      ? existing.filter((other) => other.discoverable && equalBytes(other.userHandle, user.id))
      : [];

    // 10. Durable before the answer; taken back if the client has gone meanwhile.
    await store(host, { source, privateKey, replaces }, proof, cancellation);

    // 11. Attestation: none.
    return {
      format: "none",
      authenticatorData: encodeAttestationData(host.crypto, source, proof, AAGUID),
      statement: NONE_STATEMENT,
    };
  } finally {
    wipe(privateKey);
  }
}

/** The relying party's first choice that this host can sign with. */
function chooseAlgorithm(crypto: CredentialCrypto, wanted: readonly number[]): CoseAlgorithm {
  for (const algorithm of wanted) {
    const supported = crypto.algorithms.find((own) => own === algorithm);
    if (supported !== undefined) return supported;
  }
  throw new CtapError(STATUS.unsupportedAlgorithm, "no algorithm of pubKeyCredParams is supported");
}

async function store<P extends UserProof>(
  host: AuthenticatorHost<P>,
  credential: NewCredential,
  proof: P,
  cancellation: Cancellation,
): Promise<void> {
  await host.store.create(credential, proof);
  if (!cancellation.cancelled) return;
  await host.store.undoCreate(credential);
  throw new VaultError("LK-AUTH-CANCELLED", "client cancelled while the passkey was made");
}

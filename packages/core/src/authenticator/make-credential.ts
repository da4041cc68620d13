/**
 * authenticatorMakeCredential (CTAP 2.2 § 6.1.2, WebAuthn L3 § 6.3.2). The steps have CTAP's numbers. 6 to 8 and 10 are for PINs and for
 * creation without verification: a host decides by its verifier what it asks for. Of step 15 the inputs are read earlier.
 */
import { equalBytes } from "../bytes/equal.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../errors.ts";
import type { CoseAlgorithm, CredentialCrypto } from "../ports.ts";
import { AAGUID } from "./aaguid.ts";
import { chooseFormat, NONE_STATEMENT, signPackedStatement } from "./attestation.ts";
import type { AuthenticatorHost, CeremonyHost } from "./authenticator-host.ts";
import { encodeAttestationData } from "./authenticator-data.ts";
import type { Cancellation } from "./cancellation.ts";
import { makeCreationOutputs, takeCredBlob } from "./creation-extensions.ts";
import type { CredentialSource } from "./credential-source.ts";
import type { NewCredential } from "./credential-store.ts";
import type { MakeCredentialRequest } from "./ctap-request.ts";
import type { MakeCredentialResponse } from "./ctap-response.ts";
import { refusePinUvAuth } from "./pin-uv-auth.ts";
import { PRF_SEEDS_BYTES } from "./prf.ts";
import { CtapError, STATUS } from "./status.ts";
import type { UserProof } from "./user-verifier.ts";

const CREDENTIAL_ID_BYTES = 32;

export async function makeCredential<P extends UserProof>(
  host: CeremonyHost<P>,
  request: MakeCredentialRequest,
  cancellation: Cancellation,
): Promise<MakeCredentialResponse> {
  const { rp, user, options, extensions } = request;

  // 1–2. A PIN/UV token: none exists.
  if (request.pinUvAuth !== null) await refusePinUvAuth(host, request.pinUvAuth, cancellation);

  // 3. The algorithm: the relying party's order decides.
  const algorithm = chooseAlgorithm(host.crypto, request.algorithms);

  // 4–5. Options. `uv` and `rk` are supported, so both may have either value.
  if (options.up === false) throw new CtapError(STATUS.invalidOption, "up is false in makeCredential");

  // 9. Enterprise attestation: never, it tells devices apart.
  if (request.enterpriseAttestation) {
    throw new CtapError(STATUS.invalidParameter, "enterprise attestation is not supported");
  }

  // 15. Extensions whose inputs are wrong: before anybody is asked.
  const salts = extensions.salts === null ? null : host.saltTransport.open(extensions.salts);

  // 11–14. User verification, excludeList, user presence: one gesture serves all three. The list is answered after it, for else any
  // site could ask silently which passkeys are here.
  // A PRF with inputs is for a verified person (WebAuthn L3 § 10.1.4). One of protection 3 is not shown to anybody else.
  const verification = (options.uv ?? false) || (extensions.prf?.salts ?? null) !== null;
  const verified = verification || host.verifier.alwaysVerifies;
  const existing = await host.store.findByRpId(rp.id);
  const excluded =
    existing.find(
      ({ id, protection }) =>
        (protection !== 3 || verified) && request.excludeList.some((listed) => equalBytes(listed, id)),
    ) ?? null;
  const { proof } = await host.verifier.verify(
    {
      operation: "make-credential",
      rpId: rp.id,
      rpName: rp.name,
      userName: user.name,
      userDisplayName: user.displayName,
      excluded,
      verification,
    },
    cancellation,
  );
  if (excluded !== null)
    throw new CtapError(STATUS.credentialExcluded, "a passkey of the excludeList is here");

  if (verified !== (proof.gesture === "verified")) throw new Error("verifier did not do what it says");

  // 16–18. The key pair. A discoverable passkey of the same account is replaced; one that is not discoverable replaces nothing.
  // The seeds of its PRF are made with it, asked for or not: a passkey never changes.
  const { privateKey, publicKey } = await host.crypto.makeKeyPair(algorithm);
  const prfSeeds = host.random(PRF_SEEDS_BYTES);
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
      protection: extensions.protection ?? 1,
      backupEligible: true,
      backedUp: true,
      createdAt: host.clock.now(),
    };
    const replaces = discoverable
      ? existing.filter((other) => other.discoverable && equalBytes(other.userHandle, user.id))
      : [];

    // 17. Durable before the answer; taken back if the client has gone meanwhile.
    const credBlob = takeCredBlob(extensions, discoverable);
    await store(host, { source, privateKey, prfSeeds, credBlob, replaces }, proof, cancellation);

    // 15, 19. Extension outputs, attestation statement, response.
    const { signed, unsigned } = makeCreationOutputs(
      host.transport,
      source,
      proof,
      prfSeeds,
      extensions,
      salts,
    );
    const authenticatorData = encodeAttestationData(
      host.crypto,
      source,
      proof,
      host.aaguid ?? AAGUID,
      signed,
    );
    const format = chooseFormat(host.attestation, request.attestationFormats);
    const statement =
      format === "none"
        ? NONE_STATEMENT
        : signPackedStatement(
            algorithm,
            host.crypto.importKey(algorithm, privateKey),
            authenticatorData,
            request.clientDataHash,
          );
    return { format, authenticatorData, statement, unsigned };
  } finally {
    wipe(privateKey, prfSeeds);
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

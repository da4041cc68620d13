/** Extension outputs of getAssertion and getNextAssertion (CTAP 2.2 § 12). A passkey without PRF seeds answers no PRF. */
import { encodeBase64url } from "../bytes/text.ts";
import type { CborKey, CborValue } from "../cbor/codec.ts";
import { wipe } from "../crypto/wipe.ts";
import { isVaultError } from "../errors.ts";
import type { AuthenticatorHost } from "./authenticator-host.ts";
import type { ExtensionOutputs } from "./creation-extensions.ts";
import type { CredentialSource } from "./credential-source.ts";
import { type AssertionInputs, NO_ASSERTION_INPUTS, type PrfInput } from "./extension-inputs.ts";
import type { LargeBlob } from "./large-blob.ts";
import { evaluatePrf, toPrfResults } from "./prf.ts";
import type { OpenedSalts } from "./salt-transport.ts";
import type { UserProof } from "./user-verifier.ts";

/** What a request wants of each passkey that answers it. */
export interface AssertionWishes {
  readonly inputs: AssertionInputs;
  /** Those of hmac-secret, decrypted. */
  readonly salts: OpenedSalts | null;
}

export const NO_WISHES: AssertionWishes = { inputs: NO_ASSERTION_INPUTS, salts: null };

export async function makeAssertionOutputs<P extends UserProof>(
  host: AuthenticatorHost<P>,
  source: CredentialSource,
  proof: P,
  { inputs, salts }: AssertionWishes,
): Promise<ExtensionOutputs> {
  const signed = new Map<CborKey, CborValue>();
  const unsigned = new Map<CborKey, CborValue>();
  if (inputs.credBlob) {
    signed.set("credBlob", (await host.store.openCredBlob(source, proof)) ?? new Uint8Array());
  }
  const prfSalts = inputs.prf === null ? null : findSalts(inputs.prf, source);
  if (salts !== null || prfSalts !== null) {
    const seeds = await host.store.openPrfSeeds(source, proof);
    if (seeds !== null) {
      if (salts !== null) {
        const outputs = evaluatePrf(host.transport, seeds, proof.gesture === "verified", salts.salts);
        signed.set("hmac-secret", salts.seal(outputs));
        wipe(outputs);
      }
      // The seed with verification, always: a request with inputs was verified for it.
      if (prfSalts !== null) {
        const results = toPrfResults(evaluatePrf(host.transport, seeds, true, prfSalts));
        unsigned.set("prf", new Map([["results", results]]));
      }
      wipe(seeds);
    }
  }
  if (inputs.largeBlob !== null)
    unsigned.set("largeBlob", await useLargeBlob(host, source, proof, inputs.largeBlob));
  return { signed, unsigned };
}

/** What the relying party gave for this passkey wins over what it gave for all. */
const findSalts = ({ salts, byCredential }: PrfInput, source: CredentialSource): Uint8Array | null =>
  byCredential.get(encodeBase64url(source.id)) ?? salts;

async function useLargeBlob<P extends UserProof>(
  { store }: AuthenticatorHost<P>,
  source: CredentialSource,
  proof: P,
  wanted: "read" | LargeBlob,
): Promise<Map<CborKey, CborValue>> {
  if (wanted === "read") {
    const stored = await store.readLargeBlob(source, proof);
    if (stored === null) return new Map();
    return new Map<CborKey, CborValue>([
      ["blob", stored.blob],
      ["originalSize", stored.originalSize],
    ]);
  }
  try {
    await store.writeLargeBlob(source, wanted, proof);
    return new Map([["written", true]]);
  } catch (error) {
    // A full vault or disk is no reason not to sign in.
    if (isVaultError(error, "LK-VAULT-LIMIT") || isVaultError(error, "LK-VAULT-DISK-FULL")) {
      return new Map([["written", false]]);
    }
    throw error;
  }
}

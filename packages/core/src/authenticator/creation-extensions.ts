/** Extension outputs of makeCredential (CTAP 2.2 § 12). Signed ones go into authenticator data, unsigned ones beside it. */
import type { CborKey, CborMap, CborValue } from "../cbor/codec.ts";
import { wipe } from "../crypto/wipe.ts";
import type { SecretTransportCrypto } from "../ports.ts";
import type { CredentialSource } from "./credential-source.ts";
import type { CreationInputs } from "./extension-inputs.ts";
import { evaluatePrf, toPrfResults } from "./prf.ts";
import type { OpenedSalts } from "./salt-transport.ts";
import type { UserProof } from "./user-verifier.ts";

/** Bytes (getInfo 0x0F). */
export const MAX_CRED_BLOB_BYTES = 32;

export interface ExtensionOutputs {
  readonly signed: CborMap;
  readonly unsigned: CborMap;
}

/** The blob that the new passkey keeps, or `null`: it must be short, and the passkey discoverable. */
export const takeCredBlob = (inputs: CreationInputs, discoverable: boolean): Uint8Array | null =>
  discoverable && inputs.credBlob !== null && inputs.credBlob.length <= MAX_CRED_BLOB_BYTES
    ? inputs.credBlob
    : null;

export function makeCreationOutputs(
  transport: SecretTransportCrypto,
  source: CredentialSource,
  proof: UserProof,
  seeds: Uint8Array,
  inputs: CreationInputs,
  salts: OpenedSalts | null,
): ExtensionOutputs {
  const signed = new Map<CborKey, CborValue>();
  const unsigned = new Map<CborKey, CborValue>();
  if (inputs.protection !== null) signed.set("credProtect", inputs.protection);
  if (inputs.credBlob !== null) signed.set("credBlob", takeCredBlob(inputs, source.discoverable) !== null);
  if (inputs.hmacSecret) signed.set("hmac-secret", true);
  if (salts !== null) {
    const outputs = evaluatePrf(transport, seeds, proof.gesture === "verified", salts.salts);
    signed.set("hmac-secret-mc", salts.seal(outputs));
    wipe(outputs);
  }
  if (inputs.prf !== null) {
    const prf = new Map<CborKey, CborValue>([["enabled", true]]);
    // The seed with verification, always: a request with inputs was verified for it.
    if (inputs.prf.salts !== null) {
      prf.set("results", toPrfResults(evaluatePrf(transport, seeds, true, inputs.prf.salts)));
    }
    unsigned.set("prf", prf);
  }
  if (inputs.largeBlob) unsigned.set("largeBlob", new Map([["supported", true]]));
  return { signed, unsigned };
}

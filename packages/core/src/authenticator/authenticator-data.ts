/**
 * Authenticator data (WebAuthn L3 § 6.1), what a passkey signs:
 *
 *   rpIdHash 32 | flags 1 | signCount u32 | attested credential data, in a makeCredential answer | extension outputs, if any
 *   attested credential data = AAGUID 16 | length of id u16 | id | COSE_Key                       (integers big-endian)
 *
 * signCount is 0 for ever: devices that sign apart cannot share a counter, and 0 tells relying parties not to compare.
 */
import { concatBytes } from "../bytes/concat.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import { type CborMap, encodeCbor } from "../cbor/codec.ts";
import type { CredentialCrypto } from "../ports.ts";
import type { CredentialSource } from "./credential-source.ts";
import { computeFlags } from "./flags.ts";
import type { UserProof } from "./user-verifier.ts";

const SIGN_COUNT = new Uint8Array(4);

/** For getAssertion: 37 bytes, and the extension outputs. */
export function encodeAssertionData(
  crypto: CredentialCrypto,
  source: CredentialSource,
  proof: UserProof,
  outputs: CborMap,
): Uint8Array {
  const flags = computeFlags(proof, source, "assertion", outputs.size > 0);
  return concatBytes(
    crypto.sha256(encodeUtf8(source.rpId)),
    Uint8Array.of(flags),
    SIGN_COUNT,
    encodeOutputs(outputs),
  );
}

/** For makeCredential: with the attested credential data of the new passkey. */
export function encodeAttestationData(
  crypto: CredentialCrypto,
  source: CredentialSource,
  proof: UserProof,
  aaguid: Uint8Array,
  outputs: CborMap,
): Uint8Array {
  const flags = computeFlags(proof, source, "attestation", outputs.size > 0);
  const { id, publicKey } = source;
  return concatBytes(
    crypto.sha256(encodeUtf8(source.rpId)),
    Uint8Array.of(flags),
    SIGN_COUNT,
    aaguid,
    Uint8Array.of(id.length >> 8, id.length & 0xff),
    id,
    publicKey,
    encodeOutputs(outputs),
  );
}

/** An empty map is not written at all, and flag ED says so. */
const encodeOutputs = (outputs: CborMap): Uint8Array =>
  outputs.size > 0 ? encodeCbor(outputs) : new Uint8Array();

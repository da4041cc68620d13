/**
 * Attestation statements (WebAuthn L3 § 8). `none`: the statement is the empty map, and the relying party learns the AAGUID only.
 * `packed`: self attestation, a signature by the passkey's own key (§ 8.2). Never x5c or enterprise attestation: they tell devices
 * apart.
 */
import { concatBytes } from "../bytes/concat.ts";
import type { CborKey, CborMap, CborValue } from "../cbor/codec.ts";
import type { CoseAlgorithm, SigningKey } from "../ports.ts";

export type AttestationFormat = "none" | "packed";

/** `as-asked`: what the request prefers of the two, else `none`. Product hosts give `none`. */
export const ATTESTATION_POLICIES = ["none", "packed", "as-asked"] as const;
export type AttestationPolicy = (typeof ATTESTATION_POLICIES)[number];

/** Formats for getInfo. */
export const formatsOf = (policy: AttestationPolicy): readonly AttestationFormat[] =>
  policy === "as-asked" ? ["packed", "none"] : [policy];

/** @param preferred formats in the relying party's order; unknown ones are passed over. */
export function chooseFormat(policy: AttestationPolicy, preferred: readonly string[]): AttestationFormat {
  if (policy !== "as-asked") return policy;
  return preferred.find((format) => format === "none" || format === "packed") ?? "none";
}

export const NONE_STATEMENT: CborMap = new Map();

export function signPackedStatement(
  algorithm: CoseAlgorithm,
  key: SigningKey,
  authenticatorData: Uint8Array,
  clientDataHash: Uint8Array,
): CborMap {
  return new Map<CborKey, CborValue>([
    ["alg", algorithm],
    ["sig", key.sign(concatBytes(authenticatorData, clientDataHash))],
  ]);
}

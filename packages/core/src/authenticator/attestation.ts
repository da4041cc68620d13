/**
 * Attestation statements (WebAuthn L3 § 8). `none`: the statement is the empty map, and the relying party learns the AAGUID only.
 * `packed` self attestation would stand here too; x5c and enterprise attestation never will: they tell devices apart.
 */
import type { CborMap } from "../cbor/codec.ts";

export type AttestationFormat = "none";

/** Formats in order of preference, for getInfo. */
export const ATTESTATION_FORMATS: readonly AttestationFormat[] = ["none"];

export const NONE_STATEMENT: CborMap = new Map();

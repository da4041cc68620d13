/**
 * The flags byte of authenticator data (WebAuthn L3 § 6.1). UP and UV come from the proof of what was done with the person, BE and BS
 * from the passkey's own frozen record: neither is ever computed from the state of the vault or of sync.
 */
import type { CredentialSource } from "./credential-source.ts";
import type { UserProof } from "./user-verifier.ts";

export const FLAG = {
  userPresent: 0x01,
  userVerified: 0x04,
  backupEligible: 0x08,
  backedUp: 0x10,
  attestedCredential: 0x40,
  extensionData: 0x80,
} as const;

const GESTURE_FLAGS = {
  verified: FLAG.userPresent | FLAG.userVerified,
  present: FLAG.userPresent,
  none: 0,
} as const;

export function computeFlags(
  proof: UserProof,
  source: CredentialSource,
  data: "attestation" | "assertion",
  extended: boolean,
): number {
  return (
    GESTURE_FLAGS[proof.gesture] |
    (source.backupEligible ? FLAG.backupEligible : 0) |
    (source.backedUp ? FLAG.backedUp : 0) |
    (data === "attestation" ? FLAG.attestedCredential : 0) |
    (extended ? FLAG.extensionData : 0)
  );
}

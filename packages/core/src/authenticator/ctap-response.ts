/** CTAP2 responses (CTAP 2.2 § 6): typed responses → CBOR maps with integer keys. Absent members are left out, never null. */
import type { CborKey, CborMap, CborValue } from "../cbor/codec.ts";
import type { AttestationFormat } from "./attestation.ts";

export interface MakeCredentialResponse {
  readonly format: AttestationFormat;
  readonly authenticatorData: Uint8Array;
  readonly statement: CborMap;
  /** Unsigned extension outputs; left out when empty. */
  readonly unsigned: CborMap;
}

export interface GetAssertionResponse {
  readonly credentialId: Uint8Array;
  readonly authenticatorData: Uint8Array;
  /** In WebAuthn's form: ASN.1 DER for ECDSA. */
  readonly signature: Uint8Array;
  /** `null` for a passkey that is not discoverable. */
  readonly user: {
    readonly id: Uint8Array;
    readonly name: string | null;
    readonly displayName: string | null;
  } | null;
  /** How many accounts there are, if more than one may be asked for with getNextAssertion. */
  readonly numberOfCredentials: number | null;
  /** The person picked this one among several. */
  readonly userSelected: boolean;
  /** Unsigned extension outputs; left out when empty. */
  readonly unsigned: CborMap;
}

export function writeMakeCredentialResponse(response: MakeCredentialResponse): CborMap {
  const map = new Map<CborKey, CborValue>([
    [1, response.format],
    [2, response.authenticatorData],
    [3, response.statement],
  ]);
  if (response.unsigned.size > 0) map.set(6, response.unsigned);
  return map;
}

export function writeGetAssertionResponse(response: GetAssertionResponse): CborMap {
  const map = new Map<CborKey, CborValue>([
    [
      1,
      new Map<CborKey, CborValue>([
        ["id", response.credentialId],
        ["type", "public-key"],
      ]),
    ],
    [2, response.authenticatorData],
    [3, response.signature],
  ]);
  if (response.user !== null) {
    const { id, name, displayName } = response.user;
    const user = new Map<CborKey, CborValue>([["id", id]]);
    if (name !== null) user.set("name", name);
    if (displayName !== null) user.set("displayName", displayName);
    map.set(4, user);
  }
  if (response.numberOfCredentials !== null) map.set(5, response.numberOfCredentials);
  if (response.userSelected) map.set(6, true);
  if (response.unsigned.size > 0) map.set(8, response.unsigned);
  return map;
}

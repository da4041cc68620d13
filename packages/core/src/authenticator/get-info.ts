/**
 * authenticatorGetInfo (CTAP 2.2 § 6.4): what this authenticator really does. Of the algorithms it lists
 * those that the host can sign with.
 */
import type { CborKey, CborMap, CborValue } from "../cbor/codec.ts";
import { AAGUID } from "./aaguid.ts";
import { formatsOf } from "./attestation.ts";
import type { AuthenticatorHost } from "./authenticator-host.ts";
import { MAX_CRED_BLOB_BYTES } from "./creation-extensions.ts";
import { MAX_CREDENTIALS_IN_LIST, MAX_MESSAGE_BYTES } from "./ctap-request.ts";
import { PROTOCOLS } from "./pin-uv-auth-protocol.ts";

/** Those with signed outputs; `prf` and `largeBlob` are for platforms that know of them otherwise. By length, then bytewise. */
const EXTENSIONS = ["credBlob", "credProtect", "hmac-secret", "hmac-secret-mc"];

/** WebAuthn L3 § 4; imported passkeys may have it, and clients leave longer ids out of the lists they send. */
const MAX_CREDENTIAL_ID_BYTES = 1023;

export function getInfo({
  crypto,
  attestation,
  aaguid = AAGUID,
}: Pick<AuthenticatorHost<never>, "crypto" | "attestation" | "aaguid">): CborMap {
  return new Map<CborKey, CborValue>([
    [0x01, ["FIDO_2_0", "FIDO_2_1"]],
    [0x02, EXTENSIONS],
    [0x03, aaguid],
    [
      0x04,
      new Map([
        ["rk", true],
        ["up", true],
        ["uv", true],
        ["makeCredUvNotRqd", true],
      ]),
    ],
    [0x05, MAX_MESSAGE_BYTES],
    [0x06, PROTOCOLS],
    [0x07, MAX_CREDENTIALS_IN_LIST],
    [0x08, MAX_CREDENTIAL_ID_BYTES],
    [0x09, ["internal", "hybrid"]],
    [
      0x0a,
      crypto.algorithms.map(
        (algorithm) =>
          new Map<CborKey, CborValue>([
            ["alg", algorithm],
            ["type", "public-key"],
          ]),
      ),
    ],
    [0x0f, MAX_CRED_BLOB_BYTES],
    [0x16, formatsOf(attestation)],
  ]);
}

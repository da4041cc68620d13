/**
 * authenticatorGetInfo (CTAP 2.2 § 6.4): what this authenticator really does. It lists no extension, PIN protocol or format that is
 * not built, and of the algorithms those that the host can sign with.
 */
import type { CborKey, CborMap, CborValue } from "../cbor/codec.ts";
import type { CoseAlgorithm } from "../ports.ts";
import { AAGUID } from "./aaguid.ts";
import { ATTESTATION_FORMATS } from "./attestation.ts";
import { MAX_CREDENTIALS_IN_LIST } from "./ctap-request.ts";

/** Bytes of a request with its command byte: room for 32 ids of the greatest length. */
export const MAX_MESSAGE_BYTES = 65_536;
/** WebAuthn L3 § 4; imported passkeys may have it, and clients leave longer ids out of the lists they send. */
const MAX_CREDENTIAL_ID_BYTES = 1023;

export function getInfo(algorithms: readonly CoseAlgorithm[]): CborMap {
  return new Map<CborKey, CborValue>([
    [0x01, ["FIDO_2_0", "FIDO_2_1"]],
    [0x03, AAGUID],
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
    [0x07, MAX_CREDENTIALS_IN_LIST],
    [0x08, MAX_CREDENTIAL_ID_BYTES],
    [0x09, ["internal", "hybrid"]],
    [
      0x0a,
      algorithms.map(
        (algorithm) =>
          new Map<CborKey, CborValue>([
            ["alg", algorithm],
            ["type", "public-key"],
          ]),
      ),
    ],
    [0x16, [...ATTESTATION_FORMATS]],
  ]);
}

/**
 * authenticatorGetInfo as it is registered with Windows, which chooses providers by it and never asks again. It is core's own, cut to what
 * Windows passes on: no protocol of a PIN, no limits, and the algorithms that have been seen to work there.
 */
import { getInfo } from "@latchkey/core/authenticator/get-info";
import { type CborMap, type CborValue, encodeCbor } from "@latchkey/core/cbor/codec";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";

const VERSIONS = 0x01;
const EXTENSIONS = 0x02;
const AAGUID = 0x03;
const OPTIONS = 0x04;
const TRANSPORTS = 0x09;
const ALGORITHMS = 0x0a;

const ES256 = -7;
const EDDSA = -8;
const RS256 = -257;

/** `eddsa`: whether EdDSA is listed as well. Whether a provider that lists it is still offered nobody has seen yet. Canonical CBOR. */
export function makeAuthenticatorInfo(aaguid: Uint8Array, eddsa = false): Uint8Array {
  const listed = new Set<CborValue | undefined>(eddsa ? [ES256, EDDSA, RS256] : [ES256, RS256]);
  const info = getInfo({ crypto: createNativeCredentialCrypto(), attestation: "none", aaguid });
  const extensions = info.get(EXTENSIONS) as readonly string[];
  const options = info.get(OPTIONS) as CborMap;
  const algorithms = info.get(ALGORITHMS) as readonly CborMap[];
  return encodeCbor(
    new Map<number, CborValue>([
      [VERSIONS, info.get(VERSIONS) as CborValue],
      // Windows' names of the PRF: pages ask for `prf`, authenticators know it as hmac-secret.
      ...(extensions.includes("hmac-secret") ? ([[EXTENSIONS, ["prf", "hmac-secret"]]] as const) : []),
      [AAGUID, info.get(AAGUID) as CborValue],
      [OPTIONS, new Map(["rk", "up", "uv"].map((name) => [name, options.get(name) as CborValue]))],
      [TRANSPORTS, ["internal"]],
      [ALGORITHMS, algorithms.filter((entry) => listed.has(entry.get("alg")))],
    ]),
  );
}

/**
 * The client's end of the way on which salts and PRF outputs travel (CTAP 2.2 § 12.7): salts are encrypted for the authenticator with
 * a key pair of this request, and outputs come back under the same secret.
 */
import { COMMAND } from "../authenticator/ctap-request.ts";
import {
  deriveSharedSecret,
  encodeAgreementKey,
  overheadOf,
  type Protocol,
  type ProtocolDeps,
} from "../authenticator/pin-uv-auth-protocol.ts";
import { asBytes, asMap, readRequired } from "../authenticator/request-map.ts";
import { concatBytes } from "../bytes/concat.ts";
import type { CborMap, CborValue } from "../cbor/codec.ts";
import { type CtapCalls, readAnswer } from "./authenticator-port.ts";
import { WebAuthnError } from "./webauthn-error.ts";

const GET_KEY_AGREEMENT = 0x02;
const COORDINATE_BYTES = 32;

export interface SealedExchange {
  /** The input of hmac-secret. */
  readonly input: CborMap;
  /** Decrypts what came back: as many outputs of 32 bytes as there were salts. Throws `UnknownError` for another length. */
  open(sealed: Uint8Array): Uint8Array;
}

/** @param salts one or two of 32 bytes. */
export async function sealSalts(
  deps: ProtocolDeps,
  calls: CtapCalls,
  protocol: Protocol,
  salts: Uint8Array,
): Promise<SealedExchange> {
  const peer = await askAgreementPoint(calls, protocol);
  const own = deps.transport.makeAgreementKey();
  const z = own.agree(peer);
  if (z === null) throw new WebAuthnError("UnknownError", "key agreement of the authenticator is no point");
  const secret = deriveSharedSecret(deps, protocol, z);
  const saltEnc = secret.encrypt(salts);
  return {
    input: new Map<number, CborValue>([
      [1, encodeAgreementKey(own.point)],
      [2, saltEnc],
      [3, secret.authenticate(saltEnc)],
      [4, protocol],
    ]),
    open(sealed) {
      const length = sealed.length - overheadOf(protocol);
      if (length !== salts.length) {
        throw new WebAuthnError("UnknownError", `outputs are ${length} bytes, ${salts.length} expected`);
      }
      return secret.decrypt(sealed);
    },
  };
}

async function askAgreementPoint(calls: CtapCalls, protocol: Protocol): Promise<Uint8Array> {
  const answer = await calls.call(
    COMMAND.clientPin,
    new Map([
      [1, protocol],
      [2, GET_KEY_AGREEMENT],
    ]),
  );
  return readAnswer(() => {
    const key = readRequired(answer, 1, "keyAgreement", asMap);
    const [x, y] = [readRequired(key, -2, "x", asBytes), readRequired(key, -3, "y", asBytes)];
    if (x.length !== COORDINATE_BYTES || y.length !== COORDINATE_BYTES) {
      throw new WebAuthnError("UnknownError", "key agreement of the authenticator is not of P-256");
    }
    return concatBytes(Uint8Array.of(0x04), x, y);
  });
}

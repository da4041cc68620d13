/**
 * authenticatorClientPIN (CTAP 2.2 § 6.5), of which there is one sub-command: getKeyAgreement, which hmac-secret needs. There is no
 * PIN, and no token: every other sub-command is 0x3E.
 */
import type { CborMap } from "../cbor/codec.ts";
import { asBytes, asInteger, asMap, readOptional, readRequired } from "./request-map.ts";
import { asProtocol, type SaltTransport } from "./salt-transport.ts";
import { CtapError, STATUS } from "./status.ts";

const GET_KEY_AGREEMENT = 0x02;

export function answerClientPin(map: CborMap, transport: SaltTransport): CborMap {
  const protocol = readOptional(map, 1, "pinUvAuthProtocol", asInteger);
  const subCommand = readRequired(map, 2, "subCommand", asInteger);
  readOptional(map, 3, "keyAgreement", asMap);
  for (const key of [4, 5, 6]) readOptional(map, key, `member ${key}`, asBytes);
  if (subCommand !== GET_KEY_AGREEMENT) {
    throw new CtapError(STATUS.invalidSubcommand, `sub-command ${subCommand} is not supported`);
  }
  if (protocol === null) throw new CtapError(STATUS.missingParameter, "pinUvAuthProtocol is missing");
  asProtocol(protocol);
  return new Map([[1, transport.publicKey()]]);
}

/** What an authenticator says of itself (authenticatorGetInfo, CTAP 2.2 § 6.4), as far as a client decides by it. */
import { COMMAND } from "../authenticator/ctap-request.ts";
import type { Protocol } from "../authenticator/pin-uv-auth-protocol.ts";
import { asBoolean, asInteger, asListOf, asMap, asText, readOptional } from "../authenticator/request-map.ts";
import { type CtapCalls, readAnswer } from "./authenticator-port.ts";

export interface AuthenticatorInfo {
  readonly extensions: ReadonlySet<string>;
  readonly canBeDiscoverable: boolean;
  /** Its own user verification is set up. A PIN is not: nobody here asks for one. */
  readonly canVerify: boolean;
  /** Whether passkeys that need not be found are made without verification. */
  readonly createsUnverified: boolean;
  /** The first of its PIN/UV auth protocols that is known; 1 where it names none (CTAP 2.0). */
  readonly protocol: Protocol | null;
  /** Descriptors in one list; 1 where it says nothing. */
  readonly maxListed: number;
  /** Bytes of an id. */
  readonly maxIdLength: number;
  /** In lexicographical order (WebAuthn L3 § 5.2.1.1). */
  readonly transports: readonly string[];
  /** In its order; empty before CTAP 2.2. */
  readonly attestationFormats: readonly string[];
}

export async function askInfo(calls: CtapCalls): Promise<AuthenticatorInfo> {
  const map = await calls.call(COMMAND.getInfo);
  return readAnswer(() => {
    const options = readOptional(map, 0x04, "options", asMap) ?? new Map();
    const option = (name: string): boolean => readOptional(options, name, name, asBoolean) === true;
    const protocols = readOptional(map, 0x06, "pinUvAuthProtocols", asListOf(asInteger)) ?? [1];
    const transports = readOptional(map, 0x09, "transports", asListOf(asText)) ?? [];
    return {
      extensions: new Set(readOptional(map, 0x02, "extensions", asListOf(asText))),
      canBeDiscoverable: option("rk"),
      canVerify: option("uv"),
      createsUnverified: option("makeCredUvNotRqd"),
      protocol: protocols.find((protocol) => protocol === 1 || protocol === 2) ?? null,
      maxListed: Math.max(1, readOptional(map, 0x07, "maxCredentialCountInList", asInteger) ?? 1),
      maxIdLength: readOptional(map, 0x08, "maxCredentialIdLength", asInteger) ?? Infinity,
      transports: [...new Set(transports)].sort(),
      attestationFormats: readOptional(map, 0x16, "attestationFormats", asListOf(asText)) ?? [],
    };
  });
}

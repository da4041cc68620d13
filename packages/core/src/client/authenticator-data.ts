/**
 * Authenticator data as a client reads it (WebAuthn L3 § 6.1; the layout stands in `authenticator/authenticator-data.ts`), and what it
 * has to be before a page gets it.
 */
import { asBytes, asInteger, asMap, readOptional, readRequired } from "../authenticator/request-map.ts";
import { equalBytes } from "../bytes/equal.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import { type CborMap, type CborValue, decodeCborSequence } from "../cbor/codec.ts";
import type { CredentialCrypto } from "../ports.ts";
import { readAnswer } from "./authenticator-port.ts";
import { WebAuthnError } from "./webauthn-error.ts";

const UP = 0x01;
const UV = 0x04;
const AT = 0x40;
const ED = 0x80;
const RP_ID_HASH_BYTES = 32;
const FIXED_BYTES = RP_ID_HASH_BYTES + 1 + 4;
const AAGUID_BYTES = 16;
const LENGTH_BYTES = 2;

export interface AttestedCredential {
  readonly aaguid: Uint8Array;
  readonly id: Uint8Array;
  /** COSE_Key. */
  readonly publicKey: CborMap;
  readonly algorithm: number;
}

export interface AuthenticatorData {
  readonly rpIdHash: Uint8Array;
  readonly userPresent: boolean;
  readonly userVerified: boolean;
  readonly attested: AttestedCredential | null;
  readonly extensions: CborMap;
}

/** Throws `UnknownError` for bytes that are none. */
export const readAuthenticatorData = (bytes: Uint8Array): AuthenticatorData =>
  readAnswer(() => {
    if (bytes.length < FIXED_BYTES) refuse();
    const flags = bytes[RP_ID_HASH_BYTES] ?? 0;
    const { start, fixed } = readFixedPart(bytes, (flags & AT) !== 0);
    const items = decodeCborSequence(bytes.subarray(start));
    const expected = (fixed === null ? 0 : 1) + ((flags & ED) === 0 ? 0 : 1);
    if (items.length !== expected) refuse();
    return {
      rpIdHash: bytes.slice(0, RP_ID_HASH_BYTES),
      userPresent: (flags & UP) !== 0,
      userVerified: (flags & UV) !== 0,
      attested: fixed === null ? null : { ...fixed, ...readKey(items[0] as CborValue) },
      extensions: (flags & ED) === 0 ? new Map() : asMap(items.at(-1) as CborValue, "extensions"),
    };
  });

/** The part of attested credential data that is not CBOR, and where the CBOR starts. */
function readFixedPart(bytes: Uint8Array, isAttested: boolean) {
  if (!isAttested) return { start: FIXED_BYTES, fixed: null };
  const lengthAt = FIXED_BYTES + AAGUID_BYTES;
  const idAt = lengthAt + LENGTH_BYTES;
  if (bytes.length < idAt) refuse();
  const start = idAt + (((bytes[lengthAt] ?? 0) << 8) | (bytes[lengthAt + 1] ?? 0));
  if (bytes.length < start) refuse();
  return { start, fixed: { aaguid: bytes.slice(FIXED_BYTES, lengthAt), id: bytes.slice(idAt, start) } };
}

function readKey(value: CborValue) {
  const publicKey = asMap(value, "credentialPublicKey");
  return { publicKey, algorithm: readRequired(publicKey, 3, "alg", asInteger) };
}

function refuse(): never {
  throw new WebAuthnError("UnknownError", "authenticator data is cut short or has bytes too many");
}

/** What it must say for this ceremony: the rpId, a present person, and a verified one where that was required. */
export function checkAuthenticatorData(
  { sha256 }: Pick<CredentialCrypto, "sha256">,
  { rpIdHash, userPresent, userVerified }: AuthenticatorData,
  rpId: string,
  mustBeVerified: boolean,
): void {
  if (!equalBytes(rpIdHash, sha256(encodeUtf8(rpId)))) {
    throw new WebAuthnError("UnknownError", "authenticator answered for another rpId");
  }
  if (!userPresent || (mustBeVerified && !userVerified)) {
    throw new WebAuthnError("NotAllowedError", "authenticator answered without the person");
  }
}

/** `credentialId` of an assertion's descriptor. */
export const readDescriptorId = (descriptor: CborMap): Uint8Array =>
  readRequired(descriptor, "id", "credential.id", asBytes);

/** An unsigned extension output (CTAP 2.2, unsignedExtensionOutputs), or an empty map. */
export const readUnsigned = (answer: CborMap, member: number, name: string): CborMap =>
  readOptional(
    readOptional(answer, member, "unsignedExtensionOutputs", asMap) ?? new Map(),
    name,
    name,
    asMap,
  ) ?? new Map();

/**
 * CTAP2 requests (CTAP 2.2 § 6): canonical CBOR maps → typed requests, checked as far as a request alone can be. Types first, then
 * lengths and limits. What is said here in comments with a number is the member's key in the map.
 */
import { type CborMap, type CborValue, decodeCbor } from "../cbor/codec.ts";
import { isVaultError } from "../errors.ts";
import {
  type AssertionInputs,
  type CreationInputs,
  readAssertionInputs,
  readCreationInputs,
} from "./extension-inputs.ts";
import {
  asBoolean,
  asBytes,
  asInteger,
  asListOf,
  asMap,
  asText,
  type Read,
  readOptional,
  readRequired,
} from "./request-map.ts";
import { CtapError, STATUS } from "./status.ts";

/** Command bytes. */
export const COMMAND = {
  makeCredential: 0x01,
  getAssertion: 0x02,
  getInfo: 0x04,
  clientPin: 0x06,
  reset: 0x07,
  getNextAssertion: 0x08,
  selection: 0x0b,
} as const;

/** Bytes of a request with its command byte: room for 32 ids of the greatest length. */
export const MAX_MESSAGE_BYTES = 65_536;
/** Descriptors in one allowList or excludeList (getInfo 0x07): clients send more in batches. */
export const MAX_CREDENTIALS_IN_LIST = 32;
const CLIENT_DATA_HASH_BYTES = 32;
/** WebAuthn L3 § 5.4.3. */
const MAX_USER_HANDLE_BYTES = 64;

export interface PinUvAuth {
  readonly param: Uint8Array;
  readonly protocol: number | null;
}

/** `null`: the client did not say. */
export interface RequestOptions {
  readonly rk: boolean | null;
  readonly up: boolean | null;
  readonly uv: boolean | null;
}

export interface MakeCredentialRequest {
  readonly clientDataHash: Uint8Array;
  readonly rp: { readonly id: string; readonly name: string | null };
  readonly user: {
    readonly id: Uint8Array;
    readonly name: string | null;
    readonly displayName: string | null;
  };
  /** COSE algorithms of the entries of type `public-key`, in the relying party's order. */
  readonly algorithms: readonly number[];
  /** Ids of the descriptors of type `public-key`. */
  readonly excludeList: readonly Uint8Array[];
  readonly options: RequestOptions;
  readonly pinUvAuth: PinUvAuth | null;
  readonly enterpriseAttestation: boolean;
  /** In the relying party's order. */
  readonly attestationFormats: readonly string[];
  readonly extensions: CreationInputs;
}

export interface GetAssertionRequest {
  readonly rpId: string;
  readonly clientDataHash: Uint8Array;
  /** Ids of the descriptors of type `public-key`; `null` when the list was absent or empty, which both mean "discoverable". */
  readonly allowList: readonly Uint8Array[] | null;
  readonly options: RequestOptions;
  readonly pinUvAuth: PinUvAuth | null;
  readonly extensions: AssertionInputs;
}

/** The map after the command byte. Nothing there: 0x14; not canonical CBOR: 0x12; not a map: 0x11. */
export function decodeRequestMap(body: Uint8Array): CborMap {
  if (body.length === 0) throw new CtapError(STATUS.missingParameter, "request has no parameters");
  let value: CborValue;
  try {
    value = decodeCbor(body);
  } catch (error) {
    if (isVaultError(error, "LK-CBOR-INVALID")) throw new CtapError(STATUS.invalidCbor, error.message);
    throw error;
  }
  return asMap(value, "request");
}

export function readMakeCredentialRequest(map: CborMap): MakeCredentialRequest {
  const clientDataHash = readRequired(map, 1, "clientDataHash", asBytes);
  const rp = readRequired(map, 2, "rp", asRelyingParty);
  const user = readRequired(map, 3, "user", asUser);
  const parameters = readRequired(map, 4, "pubKeyCredParams", asListOf(asParameters));
  const excludeList = readOptional(map, 5, "excludeList", asListOf(asDescriptor));
  const extensions = readCreationInputs(readOptional(map, 6, "extensions", asMap) ?? new Map());
  const options = readOptions(map, 7);
  const pinUvAuth = readPinUvAuth(map, 8, 9);
  const enterpriseAttestation = readOptional(map, 0x0a, "enterpriseAttestation", asInteger) !== null;
  const attestationFormats = readOptional(map, 0x0b, "attestationFormatsPreference", asListOf(asText)) ?? [];
  checkClientDataHash(clientDataHash);
  if (user.id.length === 0 || user.id.length > MAX_USER_HANDLE_BYTES) {
    throw new CtapError(
      STATUS.invalidLength,
      `user.id is ${user.id.length} bytes, 1 to ${MAX_USER_HANDLE_BYTES} expected`,
    );
  }
  return {
    clientDataHash,
    rp,
    user,
    algorithms: parameters.flatMap(({ type, algorithm }) => (type === "public-key" ? [algorithm] : [])),
    excludeList: takeIds("excludeList", excludeList ?? []),
    options,
    pinUvAuth,
    enterpriseAttestation,
    attestationFormats,
    extensions,
  };
}

export function readGetAssertionRequest(map: CborMap): GetAssertionRequest {
  const rpId = readRequired(map, 1, "rpId", asText);
  const clientDataHash = readRequired(map, 2, "clientDataHash", asBytes);
  const allowList = readOptional(map, 3, "allowList", asListOf(asDescriptor)) ?? [];
  const extensions = readAssertionInputs(readOptional(map, 4, "extensions", asMap) ?? new Map());
  const options = readOptions(map, 5);
  const pinUvAuth = readPinUvAuth(map, 6, 7);
  checkClientDataHash(clientDataHash);
  return {
    rpId,
    clientDataHash,
    // A list of unknown types only is not empty: it matches nothing.
    allowList: allowList.length === 0 ? null : takeIds("allowList", allowList),
    options,
    pinUvAuth,
    extensions,
  };
}

const asRelyingParty: Read<MakeCredentialRequest["rp"]> = (value, name) => {
  const map = asMap(value, name);
  readOptional(map, "icon", "rp.icon", asText); // CTAP 2.0; the value is ignored
  return {
    id: readRequired(map, "id", "rp.id", asText),
    name: readOptional(map, "name", "rp.name", asText),
  };
};

const asUser: Read<MakeCredentialRequest["user"]> = (value, name) => {
  const map = asMap(value, name);
  readOptional(map, "icon", "user.icon", asText); // CTAP 2.0; the value is ignored
  return {
    id: readRequired(map, "id", "user.id", asBytes),
    name: readOptional(map, "name", "user.name", asText),
    displayName: readOptional(map, "displayName", "user.displayName", asText),
  };
};

const asParameters: Read<{ type: string; algorithm: number }> = (value, name) => {
  const map = asMap(value, name);
  return {
    type: readRequired(map, "type", `${name}.type`, asText),
    algorithm: readRequired(map, "alg", `${name}.alg`, asInteger),
  };
};

interface Descriptor {
  readonly type: string;
  readonly id: Uint8Array;
}

/** `transports` is not read: filtering by it has made good passkeys unusable. */
const asDescriptor: Read<Descriptor> = (value, name) => {
  const map = asMap(value, name);
  return {
    type: readRequired(map, "type", `${name}.type`, asText),
    id: readRequired(map, "id", `${name}.id`, asBytes),
  };
};

function takeIds(name: string, list: readonly Descriptor[]): readonly Uint8Array[] {
  if (list.length > MAX_CREDENTIALS_IN_LIST) {
    throw new CtapError(
      STATUS.limitExceeded,
      `${name} has ${list.length} descriptors, limit ${MAX_CREDENTIALS_IN_LIST}`,
    );
  }
  return list.flatMap(({ type, id }) => (type === "public-key" ? [id] : []));
}

/** Every option is a boolean, unknown ones included; those are then ignored. */
function readOptions(map: CborMap, key: number): RequestOptions {
  const options: CborMap = readOptional(map, key, "options", asMap) ?? new Map();
  for (const [name, value] of options) asBoolean(value, `options.${name}`);
  const take = (name: string) => readOptional(options, name, `options.${name}`, asBoolean);
  return { rk: take("rk"), up: take("up"), uv: take("uv") };
}

function readPinUvAuth(map: CborMap, paramKey: number, protocolKey: number): PinUvAuth | null {
  const param = readOptional(map, paramKey, "pinUvAuthParam", asBytes);
  const protocol = readOptional(map, protocolKey, "pinUvAuthProtocol", asInteger);
  return param === null ? null : { param, protocol };
}

function checkClientDataHash(hash: Uint8Array): void {
  if (hash.length !== CLIENT_DATA_HASH_BYTES) {
    throw new CtapError(
      STATUS.invalidLength,
      `clientDataHash is ${hash.length} bytes, ${CLIENT_DATA_HASH_BYTES} expected`,
    );
  }
}

/** Extensions of a sign-in (WebAuthn L3 § 10.1, CTAP 2.2 § 12): the page's wishes → inputs for the authenticator → outputs for the page. */
import { MAX_LARGE_BLOB_ORIGINAL_BYTES } from "../authenticator/large-blob.ts";
import { asBoolean, asBytes, asInteger, readOptional } from "../authenticator/request-map.ts";
import { encodeBase64url } from "../bytes/text.ts";
import type { CborKey, CborMap, CborValue } from "../cbor/codec.ts";
import { type AuthenticatorData, readUnsigned } from "./authenticator-data.ts";
import type { AuthenticatorInfo } from "./authenticator-info.ts";
import { type CtapCalls, readAnswer } from "./authenticator-port.ts";
import type { ClientDeps } from "./client-deps.ts";
import { type BlobCompression, checkRequestLargeBlob } from "./large-blob.ts";
import type { LargeBlobWish, RequestExtensions, RequestOptions } from "./options.ts";
import { checkRequestPrf, deriveSalts, toResults } from "./prf.ts";
import type { AuthenticationOutputs } from "./responses.ts";
import { type SealedExchange, sealSalts } from "./salt-exchange.ts";
import { WebAuthnError } from "./webauthn-error.ts";

const UNSIGNED_OUTPUTS = 8;

/** What is wrong whatever the authenticator is; before it hears of anything. */
export function checkRequestExtensions({ extensions, allowCredentials }: RequestOptions): void {
  const { prf, largeBlob } = extensions;
  if (prf !== null) checkRequestPrf(prf, allowCredentials);
  if (largeBlob !== null) checkRequestLargeBlob(largeBlob, allowCredentials.length);
}

/** Whether the authenticator is asked for PRF outputs: they are those of a verified person, whatever the page says (§ 10.1.4). */
export const canEvaluatePrf = ({ prf }: RequestExtensions, info: AuthenticatorInfo): boolean =>
  prf !== null && info.extensions.has("hmac-secret") && info.canVerify && info.protocol !== null;

/** The salts for the passkey with this id, or for one that is not known yet; `null` when it gets none. */
export function saltsFor(
  { crypto }: ClientDeps,
  { prf }: RequestExtensions,
  id: Uint8Array | null,
): Uint8Array | null {
  const own = id === null ? undefined : prf?.evalByCredential?.get(encodeBase64url(id));
  const values = own ?? prf?.eval ?? null;
  return values === null ? null : deriveSalts(crypto, values);
}

export interface RequestExchange {
  /** The request's `extensions`. */
  readonly inputs: CborMap;
  readonly salts: SealedExchange | null;
}

export async function makeRequestInputs(
  deps: ClientDeps,
  calls: CtapCalls,
  info: AuthenticatorInfo,
  { getCredBlob, largeBlob }: RequestExtensions,
  salts: Uint8Array | null,
): Promise<RequestExchange> {
  const inputs = new Map<CborKey, CborValue>();
  if (getCredBlob && info.extensions.has("credBlob")) inputs.set("credBlob", true);
  if (largeBlob !== null && deps.largeBlobs !== null) {
    const input = await makeLargeBlobInput(deps.largeBlobs, largeBlob);
    if (input.size > 0) inputs.set("largeBlob", input);
  }
  if (salts === null || info.protocol === null) return { inputs, salts: null };
  const exchange = await sealSalts(deps, calls, info.protocol, salts);
  inputs.set("hmac-secret", exchange.input);
  return { inputs, salts: exchange };
}

async function makeLargeBlobInput(
  compression: BlobCompression,
  { read, write }: LargeBlobWish,
): Promise<Map<CborKey, CborValue>> {
  if (read === true) return new Map([["read", true]]);
  if (write === null) return new Map();
  return new Map<CborKey, CborValue>([
    ["write", await compression.deflate(write)],
    ["originalSize", write.length],
  ]);
}

export async function readRequestOutputs(
  deps: ClientDeps,
  { prf, largeBlob, getCredBlob }: RequestExtensions,
  { salts }: RequestExchange,
  answer: CborMap,
  { extensions: signed }: AuthenticatorData,
): Promise<AuthenticationOutputs> {
  const sealed = readAnswer(() => readOptional(signed, "hmac-secret", "hmac-secret", asBytes));
  const results = salts === null || sealed === null ? null : toResults(salts.open(sealed));
  return {
    prf: prf === null ? null : { results },
    largeBlob: largeBlob === null ? null : await readLargeBlob(deps, largeBlob, answer),
    credBlob: getCredBlob ? readAnswer(() => readOptional(signed, "credBlob", "credBlob", asBytes)) : null,
  };
}

async function readLargeBlob(
  { largeBlobs }: ClientDeps,
  { write }: LargeBlobWish,
  answer: CborMap,
): Promise<NonNullable<AuthenticationOutputs["largeBlob"]>> {
  const output = readAnswer(() => {
    const map = readUnsigned(answer, UNSIGNED_OUTPUTS, "largeBlob");
    return {
      blob: readOptional(map, "blob", "largeBlob.blob", asBytes),
      size: readOptional(map, "originalSize", "largeBlob.originalSize", asInteger) ?? 0,
      written: readOptional(map, "written", "largeBlob.written", asBoolean) ?? false,
    };
  });
  if (write !== null) return { blob: null, written: output.written };
  if (largeBlobs === null || output.blob === null) return { blob: null, written: null };
  const blob = await inflate(largeBlobs, output.blob);
  if (blob.length !== output.size) {
    throw new WebAuthnError(
      "UnknownError",
      `large blob is ${blob.length} bytes, ${output.size} were written`,
    );
  }
  return { blob, written: null };
}

async function inflate(compression: BlobCompression, blob: Uint8Array): Promise<Uint8Array> {
  try {
    return await compression.inflate(blob, MAX_LARGE_BLOB_ORIGINAL_BYTES);
  } catch (cause) {
    throw new WebAuthnError("UnknownError", "large blob cannot be decompressed", { cause });
  }
}

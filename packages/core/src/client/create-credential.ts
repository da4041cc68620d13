/**
 * `navigator.credentials.create()` with one authenticator (WebAuthn L3 § 5.1.3): the steps in the specification's order. It sets no
 * timer and asks no person anything: those are the host's and the authenticator's. PINs are not spoken.
 */
import type { Cancellation } from "../authenticator/cancellation.ts";
import { COMMAND } from "../authenticator/ctap-request.ts";
import { asBytes, asMap, asText, readRequired } from "../authenticator/request-map.ts";
import { type CborKey, type CborMap, type CborValue, encodeCbor } from "../cbor/codec.ts";
import { checkAuthenticatorData, readAuthenticatorData } from "./authenticator-data.ts";
import { askInfo, type AuthenticatorInfo } from "./authenticator-info.ts";
import { createCtapCalls, type CtapCalls, readAnswer } from "./authenticator-port.ts";
import { serializeClientData } from "./client-data.ts";
import type { ClientDeps, Page } from "./client-deps.ts";
import { encodeDescriptors, mayHave, splitList } from "./locate-credentials.ts";
import type { Attachment, CreationOptions, Parameters } from "./options.ts";
import {
  checkCreationExtensions,
  makeCreationInputs,
  readCreationOutputs,
  wantsPrfAtCreation,
} from "./registration-extensions.ts";
import type { Registration } from "./responses.ts";
import { checkCallerOrigin, chooseRpId } from "./rp-id.ts";
import { encodePublicKeyInfo } from "./spki.ts";
import { WebAuthnError } from "./webauthn-error.ts";

/** ES256 and RS256 (§ 5.1.3 step 9): for pages that name no algorithm. */
const DEFAULT_ALGORITHMS = [-7, -257];

/** Throws `WebAuthnError`, or whatever the host's ports throw. */
export async function createCredential(
  deps: ClientDeps,
  page: Page,
  options: CreationOptions,
  cancellation: Cancellation,
): Promise<Registration> {
  // The caller, its rpId, the algorithms, the extensions: nothing of this needs the authenticator.
  const caller = checkCallerOrigin(page.origin);
  const rpId = await chooseRpId(
    caller,
    options.rp.id,
    page.isRpIdChecked === true ? "checked" : deps.fetchWellKnown,
  );
  const algorithms = chooseAlgorithms(options.parameters);
  checkCreationExtensions(options.extensions);

  // Client data and its hash.
  const { challenge } = options;
  const clientData = serializeClientData({ ...page, type: "webauthn.create", challenge });

  // The authenticator: attachment, discoverability, verification.
  const calls = createCtapCalls(deps.transact, cancellation);
  const info = await askInfo(calls);
  const attachment = attachmentOf(info);
  if (options.attachment !== null && options.attachment !== attachment) {
    throw new WebAuthnError("NotAllowedError", `authenticator is ${attachment}`);
  }
  const discoverable = chooseDiscoverable(options, info);
  const verify = chooseVerification(options, info);
  const exchange = await makeCreationInputs(deps, calls, info, options.extensions);
  const excludeList = await chooseExcludeList(calls, rpId, options, info);

  const request = new Map<CborKey, CborValue>([
    [1, deps.crypto.sha256(clientData)],
    [
      2,
      new Map([
        ["id", rpId],
        ["name", options.rp.name],
      ]),
    ],
    [3, new Map<CborKey, CborValue>(Object.entries(options.user))],
    [4, algorithms.map((alg) => new Map<CborKey, CborValue>(Object.entries({ alg, type: "public-key" })))],
    [7, encodeOptions(discoverable, verify)],
  ]);
  if (excludeList.length > 0) request.set(5, encodeDescriptors(excludeList));
  if (exchange.inputs.size > 0) request.set(6, exchange.inputs);
  const formats = chooseFormats(options, info);
  if (formats.length > 0) request.set(0x0b, formats);
  const answer = await calls.call(COMMAND.makeCredential, request);

  // What came back, checked; the attestation as the page may see it.
  const authenticatorData = readAnswer(() => readRequired(answer, 2, "authData", asBytes));
  const data = readAuthenticatorData(authenticatorData);
  // PRF outputs of a person who was not verified are of another seed.
  const mustBeVerified = options.userVerification === "required" || exchange.salts !== null;
  checkAuthenticatorData(deps.crypto, data, rpId, mustBeVerified);
  if (data.attested === null) throw new WebAuthnError("UnknownError", "authenticator data has no credential");
  const { id, publicKey, algorithm, aaguid } = data.attested;
  if (!algorithms.includes(algorithm)) {
    throw new WebAuthnError("UnknownError", `authenticator made a key of algorithm ${algorithm}`);
  }
  return {
    id,
    clientData,
    attestationObject: encodeAttestation(answer, authenticatorData, aaguid, options.attestation),
    authenticatorData,
    publicKey: encodePublicKeyInfo(publicKey, algorithm),
    algorithm,
    transports: info.transports,
    attachment,
    outputs: readCreationOutputs(options.extensions, exchange, answer, data, discoverable),
  };
}

function chooseAlgorithms(parameters: readonly Parameters[]): readonly number[] {
  if (parameters.length === 0) return DEFAULT_ALGORITHMS;
  const known = parameters.flatMap(({ type, algorithm }) => (type === "public-key" ? [algorithm] : []));
  if (known.length === 0) throw new WebAuthnError("NotSupportedError", "pubKeyCredParams has no known type");
  return known;
}

/** § 5.4.5: authenticators that are part of the client's device say so among their transports. */
export const attachmentOf = ({ transports }: AuthenticatorInfo): Attachment =>
  transports.includes("internal") ? "platform" : "cross-platform";

function chooseDiscoverable({ residentKey }: CreationOptions, info: AuthenticatorInfo): boolean {
  if (residentKey === "required" && !info.canBeDiscoverable) {
    throw new WebAuthnError("NotAllowedError", "authenticator keeps no discoverable passkeys");
  }
  return residentKey !== "discouraged" && info.canBeDiscoverable;
}

function chooseVerification(
  { userVerification, extensions }: CreationOptions,
  info: AuthenticatorInfo,
): boolean {
  if (userVerification === "required" && !info.canVerify) {
    throw new WebAuthnError("NotAllowedError", "authenticator cannot verify the person");
  }
  if (!info.canVerify) return false;
  return (
    userVerification !== "discouraged" || !info.createsUnverified || wantsPrfAtCreation(extensions, info)
  );
}

/** At most as many as fit; of more, the first piece in which a pre-flight found one. */
async function chooseExcludeList(
  calls: CtapCalls,
  rpId: string,
  { excludeCredentials }: CreationOptions,
  info: AuthenticatorInfo,
): Promise<readonly Uint8Array[]> {
  const ids = excludeCredentials
    .filter(({ type, id }) => type === "public-key" && id.length <= info.maxIdLength)
    .map(({ id }) => id);
  if (ids.length <= info.maxListed) return ids;
  for (const piece of splitList(ids, info.maxListed)) if (await mayHave(calls, rpId, piece)) return piece;
  return [];
}

function encodeOptions(discoverable: boolean, verify: boolean): CborMap {
  const options = new Map<CborKey, CborValue>();
  if (discoverable) options.set("rk", true);
  if (verify) options.set("uv", true);
  return options;
}

/** What the page prefers, or what the authenticator has, where the page wants any attestation at all (CTAP 2.2, member 0x0B). */
function chooseFormats(
  { attestation, attestationFormats }: CreationOptions,
  info: AuthenticatorInfo,
): readonly string[] {
  if (attestation === "none" || info.attestationFormats.length === 0) return [];
  return attestationFormats.length > 0 ? attestationFormats : info.attestationFormats;
}

/** The attestation object (§ 6.5.4). A page that wants none gets none, save for self attestation of an unknown model. */
function encodeAttestation(
  answer: CborMap,
  authenticatorData: Uint8Array,
  aaguid: Uint8Array,
  attestation: CreationOptions["attestation"],
): Uint8Array {
  const { format, statement } = readAnswer(() => ({
    format: readRequired(answer, 1, "fmt", asText),
    statement: readRequired(answer, 3, "attStmt", asMap),
  }));
  const isAnonymousSelf = format === "packed" && !statement.has("x5c") && aaguid.every((byte) => byte === 0);
  const isKept = attestation !== "none" || isAnonymousSelf;
  return encodeCbor(
    new Map<CborKey, CborValue>([
      ["fmt", isKept ? format : "none"],
      ["attStmt", isKept ? statement : new Map()],
      ["authData", authenticatorData],
    ]),
  );
}

/**
 * `navigator.credentials.get()` with one authenticator (WebAuthn L3 § 5.1.4): the steps in the specification's order. It sets no timer;
 * of several accounts the host's person picks one.
 */
import type { Cancellation } from "../authenticator/cancellation.ts";
import { COMMAND } from "../authenticator/ctap-request.ts";
import {
  asBytes,
  asInteger,
  asMap,
  asText,
  readOptional,
  readRequired,
} from "../authenticator/request-map.ts";
import { STATUS } from "../authenticator/status.ts";
import { equalBytes } from "../bytes/equal.ts";
import { encodeHex } from "../bytes/text.ts";
import type { CborKey, CborMap, CborValue } from "../cbor/codec.ts";
import {
  canEvaluatePrf,
  checkRequestExtensions,
  makeRequestInputs,
  readRequestOutputs,
  saltsFor,
} from "./authentication-extensions.ts";
import { checkAuthenticatorData, readAuthenticatorData, readDescriptorId } from "./authenticator-data.ts";
import { askInfo, type AuthenticatorInfo } from "./authenticator-info.ts";
import { createCtapCalls, type CtapCalls, readAnswer, toWebAuthnError } from "./authenticator-port.ts";
import { serializeClientData } from "./client-data.ts";
import type { ClientDeps, Page } from "./client-deps.ts";
import { attachmentOf } from "./create-credential.ts";
import { encodeDescriptors, mayHave, splitList } from "./locate-credentials.ts";
import type { RequestOptions } from "./options.ts";
import type { Authentication } from "./responses.ts";
import { checkCallerOrigin, chooseRpId } from "./rp-id.ts";
import { WebAuthnError } from "./webauthn-error.ts";

/** Accounts that one authenticator may offer: more than a person reads. */
const MAX_ACCOUNTS = 128;

/** An account as a person is shown it; names are there only if the authenticator verified somebody. */
export interface OfferedAccount {
  readonly name: string | null;
  readonly displayName: string | null;
}

/** Of two accounts or more, newest first, the index of one, or `null` when the person wants none. */
export type PickAccount = (accounts: readonly OfferedAccount[]) => Promise<number | null>;

/** Passkeys that get the same request; without ids whatever the authenticator finds by itself. */
interface Candidates {
  readonly ids: readonly Uint8Array[];
  readonly salts: Uint8Array | null;
}

/** Throws `WebAuthnError`, or whatever the host's ports throw. */
export async function getCredential(
  deps: ClientDeps,
  page: Page,
  options: RequestOptions,
  pickAccount: PickAccount,
  cancellation: Cancellation,
): Promise<Authentication> {
  // The caller, its rpId, the extensions: nothing of this needs the authenticator.
  const caller = checkCallerOrigin(page.origin);
  const rpId = await chooseRpId(
    caller,
    options.rpId,
    page.isRpIdChecked === true ? "checked" : deps.fetchWellKnown,
  );
  checkRequestExtensions(options);

  // Client data and its hash.
  const { challenge, extensions } = options;
  const clientData = serializeClientData({ ...page, type: "webauthn.get", challenge });

  // The authenticator: verification, and which of the listed passkeys are for it.
  const calls = createCtapCalls(deps.transact, cancellation);
  const info = await askInfo(calls);
  const mustBeVerified = options.userVerification === "required";
  if (mustBeVerified && !info.canVerify) {
    throw new WebAuthnError("NotAllowedError", "authenticator cannot verify the person");
  }
  const verifies = info.canVerify && options.userVerification !== "discouraged";
  const signed = await signWithFirst(splitCandidates(deps, options, info), async ({ ids, salts }, isOne) => {
    if (!isOne && !(await mayHave(calls, rpId, ids))) return null;
    const exchange = await makeRequestInputs(deps, calls, info, extensions, salts);
    const request = new Map<CborKey, CborValue>([
      [1, rpId],
      [2, deps.crypto.sha256(clientData)],
    ]);
    if (ids.length > 0) request.set(3, encodeDescriptors(ids));
    if (exchange.inputs.size > 0) request.set(4, exchange.inputs);
    if (verifies || salts !== null) request.set(5, new Map([["uv", true]]));
    const { status, map } = await calls.ask(COMMAND.getAssertion, request);
    if (status === STATUS.noCredentials) return null;
    if (status !== STATUS.success) throw toWebAuthnError(status);
    return { ids, exchange, answer: await chooseAnswer(calls, map, pickAccount) };
  });
  if (signed === null) throw new WebAuthnError("NotAllowedError", "no passkey for this is here");
  const { ids, exchange, answer } = signed;

  // What came back, checked.
  const { id, authenticatorData, signature, userHandle } = readAnswer(() => readAssertion(answer, ids));
  if (ids.length > 0 && !ids.some((listed) => equalBytes(listed, id))) {
    throw new WebAuthnError("UnknownError", "authenticator answered with a passkey that was not listed");
  }
  const data = readAuthenticatorData(authenticatorData);
  // PRF outputs of a person who was not verified are of another seed.
  checkAuthenticatorData(deps.crypto, data, rpId, mustBeVerified || exchange.salts !== null);
  return {
    id,
    clientData,
    authenticatorData,
    signature,
    userHandle,
    attachment: attachmentOf(info),
    outputs: await readRequestOutputs(deps, extensions, exchange, answer, data),
  };
}

/** Listed passkeys, as many in a piece as fit in one request, and none with others that get other salts. */
function splitCandidates(
  deps: ClientDeps,
  { allowCredentials, extensions }: RequestOptions,
  info: AuthenticatorInfo,
): readonly Candidates[] {
  const saltsOf = (id: Uint8Array | null) =>
    canEvaluatePrf(extensions, info) ? saltsFor(deps, extensions, id) : null;
  if (allowCredentials.length === 0) return [{ ids: [], salts: saltsOf(null) }];

  const bySalts = new Map<string, { readonly ids: Uint8Array[]; readonly salts: Uint8Array | null }>();
  for (const { type, id } of allowCredentials) {
    if (type !== "public-key" || id.length > info.maxIdLength) continue;
    const salts = saltsOf(id);
    const key = salts === null ? "" : encodeHex(salts);
    const group = bySalts.get(key) ?? { ids: [], salts };
    group.ids.push(id);
    bySalts.set(key, group);
  }
  return [...bySalts.values()].flatMap(({ ids, salts }) =>
    splitList(ids, info.maxListed).map((piece) => ({ ids: piece, salts })),
  );
}

/** Tries one piece after another, and gives what the first gives that has a passkey. */
async function signWithFirst<T>(
  pieces: readonly Candidates[],
  sign: (piece: Candidates, isOne: boolean) => Promise<T | null>,
): Promise<T | null> {
  for (const piece of pieces) {
    const signed = await sign(piece, pieces.length === 1);
    if (signed !== null) return signed;
  }
  return null;
}

/** Lets the person pick where the authenticator offers several accounts (CTAP 2.2 § 6.3). */
async function chooseAnswer(calls: CtapCalls, first: CborMap, pickAccount: PickAccount): Promise<CborMap> {
  const count = readAnswer(() => readOptional(first, 5, "numberOfCredentials", asInteger) ?? 1);
  if (count > MAX_ACCOUNTS) {
    throw new WebAuthnError("UnknownError", `authenticator offers ${count} accounts, limit ${MAX_ACCOUNTS}`);
  }
  const answers = [first];
  while (answers.length < count) answers.push(await calls.call(COMMAND.getNextAssertion));
  if (answers.length === 1) return first;
  const picked = await pickAccount(readAnswer(() => answers.map(readAccount)));
  const answer = picked === null ? undefined : answers[picked];
  if (answer === undefined) throw new WebAuthnError("NotAllowedError", "person picked no account");
  return answer;
}

function readAccount(answer: CborMap): OfferedAccount {
  const user = readOptional(answer, 4, "user", asMap) ?? new Map();
  return {
    name: readOptional(user, "name", "user.name", asText),
    displayName: readOptional(user, "displayName", "user.displayName", asText),
  };
}

/** CTAP 2.0 lets an authenticator leave the credential out where one was listed. */
function readAssertion(answer: CborMap, ids: readonly Uint8Array[]) {
  const [only] = ids;
  const user = readOptional(answer, 4, "user", asMap);
  return {
    id:
      !answer.has(1) && ids.length === 1 && only !== undefined
        ? only
        : readDescriptorId(readRequired(answer, 1, "credential", asMap)),
    authenticatorData: readRequired(answer, 2, "authData", asBytes),
    signature: readRequired(answer, 3, "signature", asBytes),
    userHandle: user === null ? null : readRequired(user, "id", "user.id", asBytes),
  };
}

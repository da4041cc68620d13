/**
 * One request of a website, from the browser's JSON to the JSON that the browser gives the page: core's WebAuthn client before the vault's
 * authenticator, and the person at the desk between them. Whatever goes wrong, the page learns a DOMException's name and no more than
 * browsers tell: not whether there is a passkey, nor whether the vault was locked (WebAuthn L3 § 14.5.1, § 14.5.2).
 */
import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import { type Cancellation, createCancellation } from "@latchkey/core/authenticator/cancellation";
import { STATUS } from "@latchkey/core/authenticator/status";
import type { ClientDeps } from "@latchkey/core/client/client-deps";
import { createCredential } from "@latchkey/core/client/create-credential";
import { getCredential } from "@latchkey/core/client/get-credential";
import type { BlobCompression } from "@latchkey/core/client/large-blob";
import type { CreationOptions } from "@latchkey/core/client/options";
import { parseCreationOptions, parseRequestOptions } from "@latchkey/core/client/options-json";
import { authenticationToJson, registrationToJson } from "@latchkey/core/client/responses";
import { WebAuthnError } from "@latchkey/core/client/webauthn-error";
import { isVaultError, VaultError } from "@latchkey/core/errors";
import { askKey } from "@latchkey/device-host/method";
import { createNativeCredentialCrypto } from "../credential-crypto.ts";
import { createPersonSession, type Person } from "../host/ctap-session.ts";
import type { MachineServices } from "../host/methods.ts";
import { systemRandom } from "../host/vault-host.ts";
import { createNativeSecretTransport } from "../secret-transport.ts";
import type { JsonObject } from "../terminal/json.ts";
import { readRequestDetails, type RequestDetails } from "./read-details.ts";
import type { DeskAnswer, OpenRequest, RequestDesk } from "./request-desk.ts";

export type RequestKind = "create" | "get";

export interface RequestDeps {
  readonly services: MachineServices;
  readonly desk: RequestDesk;
  /** Called when the person is first wanted. */
  readonly onShow: () => void;
  /** Aborted when the page, or its browser, is gone. */
  readonly signal: AbortSignal;
  /** Milliseconds for the person, whatever the page gives; left out: as the page says. */
  readonly timeout?: number;
}

/** `response`: JSON text for the browser. `aside`: the person wants to use something else than Latchkey now. */
export type RequestOutcome =
  | { readonly response: string }
  | { readonly error: { readonly name: string; readonly message: string }; readonly aside: boolean };

/** What browsers say of everything that a page is not to tell apart. */
const NOT_ALLOWED = "The operation either timed out or was not allowed.";

const compression: BlobCompression = {
  deflate: async (data) => new Uint8Array(await promisify(deflateRaw)(data)),
  inflate: async (data, maxBytes) =>
    new Uint8Array(
      await promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw)(data, {
        maxOutputLength: maxBytes,
      }),
    ),
};

/** Never rejects. */
export async function answerRequest(
  deps: RequestDeps,
  kind: RequestKind,
  text: string,
): Promise<RequestOutcome> {
  const over = new AbortController();
  let request: OpenRequest | null = null;
  let timer: NodeJS.Timeout | undefined;
  try {
    const details = readRequestDetails(text);
    const ceremony = readCeremony(kind, details);
    const { signal } = over;
    const gone = new VaultError("LK-AUTH-CANCELLED", "the page or its browser went away");
    if (deps.signal.aborted) throw gone;
    deps.signal.addEventListener("abort", () => over.abort(gone), { once: true });
    const late = new VaultError("LK-AUTH-TIMEOUT", "the person did not answer in time");
    timer = setTimeout(() => over.abort(late), deps.timeout ?? details.timeout);
    request = deps.desk.open(describe(deps.services, kind, details), signal, deps.onShow);
    return { response: JSON.stringify(await perform(deps, request, ceremony, signal)) };
  } catch (error) {
    return { error: describeError(deps.services, error), aside: request?.isForOthers === true };
  } finally {
    clearTimeout(timer);
    request?.end();
  }
}

type Ceremony = (client: ClientDeps, cancellation: Cancellation) => Promise<object>;

/** The page's options are malformed in a way that browsers let pass; such as one of our limits. */
class FormError extends Error {}

/** Throws `FormError`. */
function readCeremony(kind: RequestKind, { page, options }: RequestDetails): Ceremony {
  try {
    if (kind === "create") {
      const parsed = withoutRefused(parseCreationOptions(options));
      return async (client, cancellation) =>
        registrationToJson(await createCredential(client, page, parsed, cancellation));
    }
    const parsed = parseRequestOptions(options);
    // The person has picked before: the first answer is the one.
    return async (client, cancellation) =>
      authenticationToJson(await getCredential(client, page, parsed, async () => 0, cancellation));
  } catch (error) {
    if (error instanceof TypeError) throw new FormError(error.message, { cause: error });
    throw error;
  }
}

/** Chromium (156) reads no answer with such a key: the passkey would lie in the vault and sign in nowhere. Those there are sign in well. */
const REFUSED_ALGORITHM = -35;

function withoutRefused(options: CreationOptions): CreationOptions {
  const parameters = options.parameters.filter(({ algorithm }) => algorithm !== REFUSED_ALGORITHM);
  if (parameters.length === 0 && options.parameters.length > 0)
    throw new WebAuthnError("NotSupportedError", "the browser takes no new passkey of the algorithm ES384");
  return { ...options, parameters };
}

async function perform(
  { services }: RequestDeps,
  request: OpenRequest,
  ceremony: Ceremony,
  signal: AbortSignal,
): Promise<object> {
  const cancellation = createCancellation();
  signal.addEventListener("abort", () => cancellation.cancel(), { once: true });
  /** What the authenticator said last: that there is no passkey is for the person to know. */
  let status: number = STATUS.success;
  const person = createPerson(services, request, signal);
  const session = createPersonSession(services.host, person, services.reportFault);
  try {
    return await ceremony(
      {
        crypto: createNativeCredentialCrypto(),
        transport: createNativeSecretTransport(),
        random: systemRandom,
        async transact(bytes) {
          const response = await session.handle(bytes, cancellation);
          status = response[0] ?? STATUS.other;
          return response;
        },
        fetchWellKnown: null,
        largeBlobs: compression,
      },
      cancellation,
    );
  } catch (error) {
    // Answered at once, a page could tell by the time that nothing is here: so the person is told first.
    if (status === STATUS.noCredentials && !signal.aborted)
      await request.ask({ kind: "nothing" }, async () => {});
    throw error;
  } finally {
    session.end();
  }
}

/** Asked at the desk for every request: first for consent and verification, and then for an account where that was not known before. */
function createPerson(services: MachineServices, request: OpenRequest, signal: AbortSignal): Person {
  let picked: number | null = null;
  return {
    openSigning: ({ operation, rpId, accounts }) =>
      request.ask(
        {
          kind: "verify",
          verification: services.system == null ? "passphrase" : "system",
          accounts: accounts === null || accounts.length === 0 ? null : accounts.map(nameAccount),
        },
        async (answer) => {
          if (accounts !== null && accounts.length > 0) picked = pickOf(answer, accounts.length);
          const purpose = `${operation === "make-credential" ? "make a passkey for" : "sign in to"} ${rpId}`;
          return services.host.openSigning(askKey(services, channelOf(answer, signal)), purpose);
        },
      ),
    async pickAccount(accounts) {
      const index =
        picked ??
        (await request.ask({ kind: "account", accounts: accounts.map(nameAccount) }, async (answer) =>
          pickOf(answer, accounts.length),
        ));
      return accounts[index] ?? null;
    },
  };
}

const nameAccount = (account: {
  readonly userName: string | null;
  readonly userDisplayName: string | null;
}) => ({
  name: account.userName,
  displayName: account.userDisplayName,
});

function pickOf({ account }: DeskAnswer, count: number): number {
  if (account >= 0 && account < count) return account;
  throw new VaultError("LK-AUTH-DENIED", `account ${account} of ${count}`);
}

/** The person's answer as the host asks for it. */
const channelOf = ({ passphrase }: DeskAnswer, signal: AbortSignal) => ({
  signal,
  tell: () => {},
  hasPassphrase: passphrase !== null,
  async ask() {
    if (passphrase !== null) return passphrase;
    throw new VaultError("LK-CLI-NO-INPUT", "no passphrase was given");
  },
});

/** What the person sees before anything is known of the vault. */
function describe({ host }: MachineServices, kind: RequestKind, { page, options }: RequestDetails) {
  const rp = options["rp"] as JsonObject | undefined;
  const user = options["user"] as JsonObject | undefined;
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return {
    kind,
    origin: page.origin,
    isFramed: page.isCrossOrigin === true,
    site: text(kind === "create" ? rp?.["id"] : options["rpId"]) ?? page.origin,
    siteName: text(rp?.["name"]),
    userName: text(user?.["name"]),
    userDisplayName: text(user?.["displayName"]),
    vault: host.path,
  };
}

function describeError(services: MachineServices, error: unknown): { name: string; message: string } {
  if (error instanceof WebAuthnError && error.name !== "NotAllowedError" && error.name !== "AbortError")
    return { name: error.name, message: error.message };
  // As browsers call it.
  if (error instanceof FormError) return { name: "TypeError", message: error.message };
  if (!isVaultError(error) && !(error instanceof WebAuthnError)) {
    services.reportFault(error);
    return { name: "UnknownError", message: "Latchkey hit a bug." };
  }
  return { name: "NotAllowedError", message: NOT_ALLOWED };
}

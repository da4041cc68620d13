/**
 * A page of a website, as a browser would run it: core's WebAuthn client, before an authenticator behind a pipe. Node lends the
 * cryptography. It knows no related origins.
 */
import { createHash, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import type { PickAccount } from "@latchkey/core/client/get-credential";
import {
  type AuthenticationJson,
  createWebAuthnClient,
  type RegistrationJson,
} from "@latchkey/core/client/webauthn-client";
import { createNativeSecretTransport } from "@latchkey/desktop/secret-transport";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { Transact } from "./ctap-pipe.ts";

export interface PageRegistration {
  /** For the server. What extensions gave stays with the page: a PRF result is a secret. */
  readonly response: RegistrationResponseJSON;
  readonly results: RegistrationJson["clientExtensionResults"];
}

export interface PageSignIn {
  readonly response: AuthenticationResponseJSON;
  readonly results: AuthenticationJson["clientExtensionResults"];
}

export interface WebPage {
  /** `navigator.credentials.create`. Throws as a browser does: `WebAuthnError`, `TypeError`. */
  create(options: unknown): Promise<PageRegistration>;
  /** `navigator.credentials.get`, likewise. Where there are several accounts, `pick` gets their names and gives the index of one. */
  get(options: unknown, pick?: (userNames: readonly string[]) => number): Promise<PageSignIn>;
}

export function openPage(origin: string, transact: Transact): WebPage {
  const client = createWebAuthnClient({
    crypto: { sha256: (data) => new Uint8Array(createHash("sha256").update(data).digest()) },
    transport: createNativeSecretTransport(),
    random: (length) => new Uint8Array(randomBytes(length)),
    transact: (request) => transact(request),
    fetchWellKnown: null,
    largeBlobs: {
      deflate: async (data) => new Uint8Array(await promisify(deflateRaw)(data)),
      inflate: async (data, maxBytes) => new Uint8Array(await inflate(data, { maxOutputLength: maxBytes })),
    },
  });
  const page = { origin, topOrigin: null };
  return {
    async create(options) {
      const { clientExtensionResults: results, ...registration } = await client.create(page, options);
      // The library's type names the transports that it knows; it takes others as well.
      const response = { ...registration, clientExtensionResults: {} } as RegistrationResponseJSON;
      return { response, results };
    },
    async get(options, pick = () => 0) {
      const pickAccount: PickAccount = async (accounts) => pick(accounts.map(({ name }) => name ?? ""));
      const { clientExtensionResults: results, ...signIn } = await client.get(page, options, pickAccount);
      return { response: { ...signIn, clientExtensionResults: {} }, results };
    },
  };
}

const inflate = promisify<Uint8Array, { readonly maxOutputLength: number }, Buffer>(inflateRaw);

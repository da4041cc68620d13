/**
 * A WebAuthn client: what a browser does between a page and an authenticator (WebAuthn L3 § 5.1), for one CTAP2 authenticator behind a
 * port. The page's options come as JSON, as its server sent them; the answer is JSON for that server. The practice site, tests and hosts
 * that stand in for a browser use it.
 */
import { type Cancellation, NEVER_CANCELLED } from "../authenticator/cancellation.ts";
import type { ClientDeps, Page } from "./client-deps.ts";
import { createCredential } from "./create-credential.ts";
import { getCredential, type PickAccount } from "./get-credential.ts";
import { parseCreationOptions, parseRequestOptions } from "./options-json.ts";
import { authenticationToJson, registrationToJson } from "./responses.ts";

export type RegistrationJson = ReturnType<typeof registrationToJson>;
export type AuthenticationJson = ReturnType<typeof authenticationToJson>;

export interface WebAuthnClient {
  /** Throws `WebAuthnError`, and `TypeError` for malformed options. */
  create(page: Page, options: unknown, cancellation?: Cancellation): Promise<RegistrationJson>;
  /** Throws as `create` does. */
  get(
    page: Page,
    options: unknown,
    pickAccount?: PickAccount,
    cancellation?: Cancellation,
  ): Promise<AuthenticationJson>;
}

const pickNewest: PickAccount = async () => 0;

export function createWebAuthnClient(deps: ClientDeps): WebAuthnClient {
  return {
    async create(page, options, cancellation = NEVER_CANCELLED) {
      return registrationToJson(
        await createCredential(deps, page, parseCreationOptions(options), cancellation),
      );
    },
    async get(page, options, pickAccount = pickNewest, cancellation = NEVER_CANCELLED) {
      const parsed = parseRequestOptions(options);
      return authenticationToJson(await getCredential(deps, page, parsed, pickAccount, cancellation));
    },
  };
}

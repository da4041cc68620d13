/**
 * The authenticator over the real vault, for one client. Every signature is gated by a user verification of this very request: the person
 * is asked through the channel, the protector releases the signing tier, and the key is wiped when the request is answered.
 *
 * A locked vault is opened by the same verification: one passphrase, both tiers. Where a site has several accounts, the newest signs and
 * the client may ask for the next; only then does the key stay, until another request or half a minute.
 */
import { createAuthenticator } from "@latchkey/core/authenticator/authenticator";
import type { Cancellation } from "@latchkey/core/authenticator/cancellation";
import {
  COMMAND,
  decodeRequestMap,
  readGetAssertionRequest,
  readMakeCredentialRequest,
} from "@latchkey/core/authenticator/ctap-request";
import type { CredentialSource } from "@latchkey/core/authenticator/credential-source";
import type { VaultError } from "@latchkey/core/errors";
import { STATUS, statusOf } from "@latchkey/core/authenticator/status";
import type { UserPrompt } from "@latchkey/core/authenticator/user-verifier";
import { createVaultAuthenticator } from "@latchkey/core/device/vault-authenticator";
import { type SigningTier, wipeTier } from "@latchkey/core/device/tiers";
import type { AskForKey } from "@latchkey/device-host/unlock";
import { createNativeSecretTransport } from "../secret-transport.ts";
import type { VaultHost } from "./vault-host.ts";

/** CTAP 2.2 § 6.3: getNextAssertion is possible for 30 seconds. */
const NEXT_ASSERTION_MS = 30_000;

/** What the person is asked. */
export interface CeremonyPrompt {
  readonly operation: UserPrompt["operation"];
  /** `null`: no site is in question. */
  readonly rpId: string | null;
  /** Of the passkey that is made, or of the newest account; `null` when nobody knows. */
  readonly userName: string | null;
  /** Those that can sign in, newest first; `null` while the vault is locked and nobody knows. */
  readonly accounts: readonly CredentialSource[] | null;
}

export interface CtapSession {
  /** Answers every request; never rejects. */
  handle(request: Uint8Array, cancellation: Cancellation): Promise<Uint8Array>;
  /** The client is gone: wipes what is open. */
  end(): void;
}

export interface CtapSessionOptions {
  readonly aaguid?: Uint8Array;
  /** Told why this device does not sign: what a client gets has no words. */
  readonly reportRefusal?: (refusal: VaultError) => void;
}

/** The person in front of a session. */
export interface Person {
  /** Shows the request, verifies the person and gives the signing tier; opens the vault, too, when it was locked. Throws `LK-AUTH-…`. */
  readonly openSigning: (prompt: CeremonyPrompt) => Promise<SigningTier>;
  /** Of several accounts; left out: the newest signs, and the client may ask for the next. */
  readonly pickAccount?: (accounts: readonly CredentialSource[]) => Promise<CredentialSource | null>;
}

/** The person is known by their key alone: told what it is for, and never asked which account. */
export const createCtapSession = (
  host: VaultHost,
  askForKey: AskForKey,
  reportFault: (fault: unknown) => void,
  options: CtapSessionOptions = {},
): CtapSession =>
  createPersonSession(
    host,
    { openSigning: (prompt) => host.openSigning(askForKey, describePurpose(prompt)) },
    reportFault,
    options,
  );

export function createPersonSession(
  host: VaultHost,
  person: Person,
  reportFault: (fault: unknown) => void,
  { aaguid, reportRefusal = () => {} }: CtapSessionOptions = {},
): CtapSession {
  const { deps } = host;
  /** Released together with the metadata tier, for the request that opened the vault. */
  let released: SigningTier | null = null;
  let keepsKey = false;
  let timer: NodeJS.Timeout | undefined;

  const vault = createVaultAuthenticator({
    ...deps,
    opened: () => host.opened,
    async openSigning(prompt) {
      const tier = released ?? (await person.openSigning(describePrompt(prompt)));
      released = null;
      keepsKey =
        prompt.operation === "get-assertion" &&
        prompt.accounts.length > 1 &&
        person.pickAccount === undefined;
      return tier;
    },
    ...(person.pickAccount !== undefined && { pickAccount: person.pickAccount }),
    device: () => host.device(),
    note: (act) => host.notebook.note(act),
    reportRefusal,
  });
  const authenticator = createAuthenticator({
    ...deps,
    ...vault,
    transport: createNativeSecretTransport(),
    attestation: "none",
    ...(aaguid === undefined ? {} : { aaguid }),
    reset: null,
    reportFault,
  });

  function endCeremony(): void {
    clearTimeout(timer);
    vault.endCeremony();
    keepsKey = false;
  }

  return {
    async handle(request, cancellation) {
      const command = request[0];
      if (command !== COMMAND.getNextAssertion) endCeremony();
      try {
        const prompt = host.isOpen ? null : describeRequest(request);
        if (prompt === PREFLIGHT) return Uint8Array.of(STATUS.puatRequired);
        if (prompt !== null) released = await person.openSigning(prompt);
        return await authenticator.handle(request, cancellation);
      } catch (error) {
        return Uint8Array.of(statusOf(error));
      } finally {
        if (released !== null) wipeTier(released);
        released = null;
        if (keepsKey) timer = setTimeout(endCeremony, NEXT_ASSERTION_MS).unref();
        else endCeremony();
      }
    },
    end: endCeremony,
  };
}

/** A question beforehand (`up:false`) never prompts; a locked vault answers that verification is needed, whatever it holds. */
const PREFLIGHT: unique symbol = Symbol("pre-flight");

/**
 * What a request to a locked vault is for: the person who opens it is shown the site with that. `null` for requests that need no vault,
 * and for malformed ones: those are answered without asking anybody.
 */
function describeRequest(request: Uint8Array): CeremonyPrompt | typeof PREFLIGHT | null {
  try {
    switch (request[0]) {
      case COMMAND.makeCredential: {
        const { rp, user } = readMakeCredentialRequest(decodeRequestMap(request.subarray(1)));
        return { operation: "make-credential", rpId: rp.id, userName: user.name, accounts: null };
      }
      case COMMAND.getAssertion: {
        const { rpId, options } = readGetAssertionRequest(decodeRequestMap(request.subarray(1)));
        return options.up === false
          ? PREFLIGHT
          : { operation: "get-assertion", rpId, userName: null, accounts: null };
      }
      default:
        return null;
    }
  } catch {
    return null;
  }
}

function describePrompt(prompt: UserPrompt): CeremonyPrompt {
  const { operation, rpId } = prompt;
  switch (operation) {
    case "make-credential":
      return { operation, rpId, userName: prompt.userName, accounts: [] };
    case "get-assertion":
      return { operation, rpId, userName: prompt.accounts[0]?.userName ?? null, accounts: prompt.accounts };
    case "select":
    case "reset":
      return { operation, rpId: null, userName: null, accounts: [] };
  }
}

function describePurpose({ operation, rpId, userName }: CeremonyPrompt): string {
  const user = userName === null ? "" : ` as ${userName}`;
  if (rpId === null) return "choose this authenticator";
  return operation === "make-credential" ? `make a passkey for ${rpId}${user}` : `sign in to ${rpId}${user}`;
}

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

export function createCtapSession(
  host: VaultHost,
  askForKey: AskForKey,
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
      const tier = released ?? (await host.openSigning(askForKey, describePrompt(prompt)));
      released = null;
      keepsKey = prompt.operation === "get-assertion" && prompt.accounts.length > 1;
      return tier;
    },
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
        const purpose = host.isOpen ? null : describeRequest(request);
        if (purpose === PREFLIGHT) return Uint8Array.of(STATUS.puatRequired);
        if (purpose !== null) released = await host.openSigning(askForKey, purpose);
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
 * What a request to a locked vault is for: the person who opens it names the site with that. `null` for requests that need no vault, and
 * for malformed ones: those are answered without asking anybody.
 */
function describeRequest(request: Uint8Array): string | typeof PREFLIGHT | null {
  try {
    switch (request[0]) {
      case COMMAND.makeCredential: {
        const { rp, user } = readMakeCredentialRequest(decodeRequestMap(request.subarray(1)));
        return describeCreation(rp.id, user.name);
      }
      case COMMAND.getAssertion: {
        const { rpId, options } = readGetAssertionRequest(decodeRequestMap(request.subarray(1)));
        return options.up === false ? PREFLIGHT : `sign in to ${rpId}`;
      }
      default:
        return null;
    }
  } catch {
    return null;
  }
}

const describeCreation = (rpId: string, userName: string | null): string =>
  `make a passkey for ${rpId}${userName === null ? "" : ` as ${userName}`}`;

function describePrompt(prompt: UserPrompt): string {
  switch (prompt.operation) {
    case "make-credential":
      return describeCreation(prompt.rpId, prompt.userName);
    case "get-assertion": {
      const [account] = prompt.accounts;
      return `sign in to ${prompt.rpId}${account?.userName == null ? "" : ` as ${account.userName}`}`;
    }
    case "select":
    case "reset":
      return "choose this authenticator";
  }
}

/**
 * The authenticator: CTAP2 requests in, responses out. It knows nothing of the transport, the vault's form or the person's screen.
 *
 *   request  = command byte | CBOR map, or nothing       response = status byte | CBOR map, or nothing
 *
 * It holds two things: the accounts that getNextAssertion may go on with, and its half of key agreements. Requests come one at a time: a host with several clients
 * gives each an authenticator of its own.
 */
import { concatBytes } from "../bytes/concat.ts";
import { type CborMap, encodeCbor } from "../cbor/codec.ts";
import type { AuthenticatorHost, CeremonyHost } from "./authenticator-host.ts";
import { type Cancellation, NEVER_CANCELLED } from "./cancellation.ts";
import {
  COMMAND,
  decodeRequestMap,
  type GetAssertionRequest,
  type MakeCredentialRequest,
  readGetAssertionRequest,
  readMakeCredentialRequest,
} from "./ctap-request.ts";
import {
  type GetAssertionResponse,
  type MakeCredentialResponse,
  writeGetAssertionResponse,
  writeMakeCredentialResponse,
} from "./ctap-response.ts";
import { getAssertion } from "./get-assertion.ts";
import { getNextAssertion, type RememberedAssertions } from "./get-next-assertion.ts";
import { createSaltTransport } from "./salt-transport.ts";
import { CtapError, STATUS, statusOf } from "./status.ts";
import type { UserProof } from "./user-verifier.ts";

/** The typed calls throw `CtapError` or `VaultError`; `statusOf` gives the status of either. */
export interface Authenticator {
  /** Answers every request, malformed ones too; never rejects. */
  handle(request: Uint8Array, cancellation?: Cancellation): Promise<Uint8Array>;
  makeCredential(
    request: MakeCredentialRequest,
    cancellation?: Cancellation,
  ): Promise<MakeCredentialResponse>;
  getAssertion(request: GetAssertionRequest, cancellation?: Cancellation): Promise<GetAssertionResponse>;
}

/** Of commands without parameters: bytes behind one are a mistake, and a reset by mistake would be a bad one. */
function refuseBody(body: Uint8Array): void {
  if (body.length > 0) throw new CtapError(STATUS.invalidLength, "command takes no parameters");
}

export function createAuthenticator<P extends UserProof>(given: AuthenticatorHost<P>): Authenticator {
  const host: CeremonyHost<P> = { ...given, saltTransport: createSaltTransport(given) };
  let remembered: RememberedAssertions<P> | null = null;

  /** Hands out what is remembered and forgets it: a failure leaves nothing behind, and so does any other command. */
  function takeRemembered(): RememberedAssertions<P> | null {
    const taken = remembered;
    remembered = null;
    return taken;
  }

  // A sign-in in a fresh process loads what a sign-in needs.
  async function startCreation(request: MakeCredentialRequest, cancellation: Cancellation) {
    const { makeCredential } = await import("./make-credential.ts");
    return makeCredential(host, request, cancellation);
  }

  async function startAssertion(request: GetAssertionRequest, cancellation: Cancellation) {
    const result = await getAssertion(host, request, cancellation);
    remembered = result.remembered;
    return result.response;
  }

  async function continueAssertion(state: RememberedAssertions<P> | null) {
    const result = await getNextAssertion(host, state);
    remembered = result.remembered;
    return result.response;
  }

  async function answer(request: Uint8Array, cancellation: Cancellation): Promise<CborMap | null> {
    const state = takeRemembered();
    const body = request.subarray(1);
    switch (request[0]) {
      case undefined:
        throw new CtapError(STATUS.invalidLength, "request is empty");
      case COMMAND.makeCredential: {
        const wanted = readMakeCredentialRequest(decodeRequestMap(body));
        return writeMakeCredentialResponse(await startCreation(wanted, cancellation));
      }
      case COMMAND.getAssertion: {
        const wanted = readGetAssertionRequest(decodeRequestMap(body));
        return writeGetAssertionResponse(await startAssertion(wanted, cancellation));
      }
      case COMMAND.getNextAssertion:
        refuseBody(body);
        return writeGetAssertionResponse(await continueAssertion(state));
      case COMMAND.getInfo:
        refuseBody(body);
        return (await import("./get-info.ts")).getInfo(host);
      case COMMAND.clientPin:
        return (await import("./client-pin.ts")).answerClientPin(decodeRequestMap(body), host.saltTransport);
      case COMMAND.selection:
        refuseBody(body);
        await (await import("./selection.ts")).selection(host, cancellation);
        return null;
      case COMMAND.reset:
        refuseBody(body);
        await (await import("./reset.ts")).reset(host, cancellation);
        return null;
      default:
        throw new CtapError(STATUS.invalidCommand, "command is unknown");
    }
  }

  return {
    async handle(request, cancellation = NEVER_CANCELLED) {
      try {
        const map = await answer(request, cancellation);
        return concatBytes(Uint8Array.of(STATUS.success), map === null ? new Uint8Array() : encodeCbor(map));
      } catch (error) {
        const status = statusOf(error);
        if (status === STATUS.other) host.reportFault(error);
        return Uint8Array.of(status);
      }
    },
    async makeCredential(request, cancellation = NEVER_CANCELLED) {
      takeRemembered();
      return startCreation(request, cancellation);
    },
    async getAssertion(request, cancellation = NEVER_CANCELLED) {
      takeRemembered();
      return startAssertion(request, cancellation);
    },
  };
}

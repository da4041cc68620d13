/**
 * A ceremony from Windows' request to the response, in this order and no other: the request's type, its signature, then the authenticator
 * over the vault, which decodes, asks the person once and signs. Nothing of the vault is touched, and nobody is asked anything, for a
 * request that Windows did not sign.
 *
 * Windows leaves out CTAP's command byte, and wants the response without its status byte; between the two it is CTAP.
 */
import { concatBytes } from "@latchkey/core/bytes/concat";
import { COMMAND } from "@latchkey/core/authenticator/ctap-request";
import { STATUS } from "@latchkey/core/authenticator/status";
import { VaultError } from "@latchkey/core/errors";
import { createCtapSession } from "@latchkey/desktop/host/ctap-session";
import type { AskForKey } from "@latchkey/device-host/unlock";
import type { DeviceHost } from "@latchkey/device-host/device-host";
import type { AnswerCeremony, CeremonyCall, CeremonyKind } from "../com/ceremony.ts";
import { HRESULT, HresultError } from "../native/hresult.ts";
import { REQUEST_TYPE_CTAP2_CBOR } from "../native/operation-memory.ts";
import type { ReportFault } from "../native/slots.ts";
import { toHresult } from "./ctap-failure.ts";
import type { VerifyRequest } from "./request-signature.ts";
import type { ReplyTracker } from "./reply-tracker.ts";
import type { CeremonyKeys } from "./ceremony-keys.ts";

const COMMANDS: Readonly<Record<CeremonyKind, number>> = {
  "make-credential": COMMAND.makeCredential,
  "get-assertion": COMMAND.getAssertion,
};

export interface OperationDeps {
  readonly host: DeviceHost;
  readonly verifyRequest: VerifyRequest;
  readonly keys: CeremonyKeys;
  readonly aaguid: Uint8Array;
  readonly replies: ReplyTracker;
  readonly reportFault: ReportFault;
}

export function createOperation({
  host,
  verifyRequest,
  keys,
  aaguid,
  replies,
  reportFault,
}: OperationDeps): AnswerCeremony {
  return async (call: CeremonyCall, cancellation) => {
    const { kind, request } = call;
    if (request.type !== REQUEST_TYPE_CTAP2_CBOR) {
      throw new HresultError(HRESULT.invalidParameter, `request of type ${request.type}`);
    }
    verifyRequest(request.encoded, request.signature);

    // A session of its own, with the prompt of this request: what it opens is wiped when it ends.
    const refusals: HresultError[] = [];
    const askWindows = keys.forCeremony(request, cancellation);
    /** CTAP has no status for what Windows itself answers: kept, and given back to Windows below. */
    async function keepRefusal<T>(work: Promise<T>): Promise<T> {
      try {
        return await work;
      } catch (error) {
        if (!(error instanceof HresultError)) throw error;
        refusals.push(error);
        throw new VaultError("LK-AUTH-DENIED", "Windows refuses the verification", { cause: error });
      }
    }
    const askForKey: AskForKey = async (purpose) => {
      const protector = await keepRefusal(askWindows(purpose));
      return { ...protector, release: (tier, record) => keepRefusal(protector.release(tier, record)) };
    };
    const session = createCtapSession(host, askForKey, reportFault, { aaguid });
    try {
      const message = concatBytes(Uint8Array.of(COMMANDS[kind]), request.encoded);
      const answer = await session.handle(message, cancellation);
      const status = answer[0] ?? STATUS.other;
      const [refusal] = refusals;
      if (refusal !== undefined) throw refusal;
      if (status !== STATUS.success)
        throw new HresultError(toHresult(status), `authenticator answers ${status}`);
      const response = answer.subarray(1);
      if (kind === "make-credential") await replies.made(request.transactionId, response);
      else await replies.signedIn(response);
      return response;
    } finally {
      session.end();
    }
  };
}

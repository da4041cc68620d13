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
import { isVaultError, VaultError } from "@latchkey/core/errors";
import { createCtapSession } from "@latchkey/desktop/host/ctap-session";
import type { AskForKey } from "@latchkey/device-host/unlock";
import type { VaultHost } from "@latchkey/desktop/host/vault-host";
import type { AnswerCeremony, CeremonyCall, CeremonyKind } from "../com/ceremony.ts";
import { HRESULT, HresultError } from "../native/hresult.ts";
import { REQUEST_TYPE_CTAP2_CBOR } from "../native/operation-memory.ts";
import type { ReportFault } from "../native/slots.ts";
import { toHresult } from "./ctap-failure.ts";
import type { VerifyRequest } from "./request-signature.ts";
import type { CeremonyKeys } from "./ceremony-keys.ts";

const COMMANDS: Readonly<Record<CeremonyKind, number>> = {
  "make-credential": COMMAND.makeCredential,
  "get-assertion": COMMAND.getAssertion,
};

export interface OperationDeps {
  /** Throws what opening the vault throws. */
  readonly openHost: () => VaultHost;
  readonly verifyRequest: VerifyRequest;
  readonly keys: CeremonyKeys;
  readonly reportFault: ReportFault;
}

export function createOperation({
  openHost,
  verifyRequest,
  keys,
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
    const askForKey: AskForKey = async (purpose) => {
      try {
        return await askWindows(purpose);
      } catch (error) {
        // CTAP has no status for what Windows itself answers: kept, and given back to Windows below.
        if (!(error instanceof HresultError)) throw error;
        refusals.push(error);
        throw new VaultError("LK-AUTH-DENIED", "Windows refuses the verification", { cause: error });
      }
    };
    const session = createCtapSession(openVault(openHost), askForKey, reportFault);
    try {
      const message = concatBytes(Uint8Array.of(COMMANDS[kind]), request.encoded);
      const answer = await session.handle(message, cancellation);
      const status = answer[0] ?? STATUS.other;
      const [refusal] = refusals;
      if (refusal !== undefined) throw refusal;
      if (status !== STATUS.success)
        throw new HresultError(toHresult(status), `authenticator answers ${status}`);
      return answer.subarray(1);
    } finally {
      session.end();
    }
  };
}

/** A vault that another program of ours has open makes this one busy; none at all has no passkeys. */
function openVault(openHost: () => VaultHost): VaultHost {
  try {
    return openHost();
  } catch (error) {
    if (isVaultError(error, "LK-VAULT-IN-USE")) throw new HresultError(HRESULT.busy, error.message);
    if (isVaultError(error, "LK-VAULT-MISSING")) throw new HresultError(HRESULT.notFound, error.message);
    throw error;
  }
}

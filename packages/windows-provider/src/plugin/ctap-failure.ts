/**
 * CTAP statuses as HRESULTs: the one place where what the authenticator answers becomes what Windows, and through it the page, is told.
 */
import { STATUS } from "@latchkey/core/authenticator/status";
import type { VaultError } from "@latchkey/core/errors";
import { HRESULT, HresultError } from "../native/hresult.ts";

const HRESULT_OF_STATUS: ReadonlyMap<number, number> = new Map<number, number>([
  [STATUS.credentialExcluded, HRESULT.exists],
  [STATUS.noCredentials, HRESULT.notFound],
  [STATUS.operationDenied, HRESULT.userCancelled],
  [STATUS.keepaliveCancel, HRESULT.userCancelled],
  [STATUS.uvBlocked, HRESULT.userCancelled],
  [STATUS.notAllowed, HRESULT.userCancelled],
  [STATUS.userActionTimeout, HRESULT.timeout],
  [STATUS.unsupportedAlgorithm, HRESULT.notSupported],
  [STATUS.unsupportedOption, HRESULT.notSupported],
  // A question beforehand (up:false): Windows answers those from its cache; asked here, it gets no signature.
  [STATUS.puatRequired, HRESULT.notSupported],
  [STATUS.invalidCbor, HRESULT.invalidParameter],
  [STATUS.cborUnexpectedType, HRESULT.invalidParameter],
  [STATUS.missingParameter, HRESULT.invalidParameter],
  [STATUS.invalidLength, HRESULT.invalidParameter],
  [STATUS.invalidParameter, HRESULT.invalidParameter],
  [STATUS.invalidOption, HRESULT.invalidParameter],
  [STATUS.limitExceeded, HRESULT.invalidParameter],
]);

/** E_FAIL for what no request and no person causes. */
export const toHresult = (status: number): number => HRESULT_OF_STATUS.get(status) ?? HRESULT.fail;

/** A vault that another program of ours has open makes this one busy; none at all has no passkeys. */
export function toHresultError({ code, message }: VaultError): HresultError {
  switch (code) {
    case "LK-VAULT-IN-USE":
      return new HresultError(HRESULT.busy, message);
    case "LK-VAULT-MISSING":
      return new HresultError(HRESULT.notFound, message);
    default:
      return new HresultError(HRESULT.fail, message);
  }
}

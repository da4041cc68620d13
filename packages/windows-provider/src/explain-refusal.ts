/** HRESULTs of Windows as errors that people can do something with: a bare code is never the whole answer. */
import { VaultError } from "@latchkey/core/errors";
import { HRESULT, HresultError } from "./native/hresult.ts";

/** Of this process: what lies behind a code that Windows gives for several things. */
export interface Surroundings {
  isRemote(): boolean;
}

/** What Windows answered, as a `VaultError`; anything else stays as it is. */
export function explainRefusal(error: unknown, surroundings: Surroundings): unknown {
  if (!(error instanceof HresultError)) return error;
  const explain = (code: ConstructorParameters<typeof VaultError>[0]): VaultError =>
    new VaultError(code, error.message, { cause: error });
  switch (error.hresult) {
    case HRESULT.noPackage:
    case HRESULT.accessDenied:
      return explain("LK-WINDOWS-PACKAGE");
    case HRESULT.notImplemented:
      return explain("LK-WINDOWS-OLD");
    case HRESULT.notSupported:
      return explain(surroundings.isRemote() ? "LK-WINDOWS-REMOTE" : "LK-WINDOWS-REFUSED");
    case HRESULT.userCancelled:
    case HRESULT.cancelled:
      return explain("LK-AUTH-DENIED");
    default:
      return explain("LK-WINDOWS-REFUSED");
  }
}

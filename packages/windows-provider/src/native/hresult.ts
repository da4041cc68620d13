/**
 * HRESULTs that Windows gives us and that we give Windows (winerror.h), as signed 32-bit integers: negative is failure. What a web page
 * makes of ours: NTE_EXISTS → InvalidStateError; NTE_NOT_SUPPORTED → ConstraintError; NTE_INVALID_PARAMETER → NotSupportedError;
 * NTE_NOT_FOUND, NTE_USER_CANCELLED, ERROR_TIMEOUT → NotAllowedError; anything else → UnknownError (webauthn.h, WebAuthNGetErrorName).
 */

export const HRESULT = {
  ok: 0,
  falseButFine: 1,
  notImplemented: 0x80004001 | 0,
  noInterface: 0x80004002 | 0,
  pointer: 0x80004003 | 0,
  abort: 0x80004004 | 0,
  fail: 0x80004005 | 0,
  /** The apartment of this thread is of the other kind already. */
  changedMode: 0x80010106 | 0,
  /** CoInitializeSecurity was called already, by us or by COM. */
  tooLate: 0x80010119 | 0,
  /** ERROR_FILE_NOT_FOUND: the credential cache is empty. */
  fileNotFound: 0x80070002 | 0,
  accessDenied: 0x80070005 | 0,
  invalidArgument: 0x80070057 | 0,
  /** ERROR_BUSY: our answer to a second ceremony. */
  busy: 0x800700aa | 0,
  /** ERROR_CANCELLED. */
  cancelled: 0x800704c7 | 0,
  /** ERROR_TIMEOUT. */
  timeout: 0x800705b4 | 0,
  noAggregation: 0x80040110 | 0,
  classNotRegistered: 0x80040154 | 0,
  /** APPMODEL_ERROR_NO_PACKAGE. */
  noPackage: 0x80073d54 | 0,
  /** NTE_BAD_SIGNATURE: our answer to a request that Windows did not sign. */
  badSignature: 0x80090006 | 0,
  /** NTE_EXISTS: registered already; a credential of the exclude list. */
  exists: 0x8009000f | 0,
  /** NTE_NOT_FOUND: not registered; no passkey; no such transaction. */
  notFound: 0x80090011 | 0,
  /** NTE_INVALID_PARAMETER. */
  invalidParameter: 0x80090027 | 0,
  /** NTE_NOT_SUPPORTED: a remote session; no usable TPM or Hello; no algorithm. */
  notSupported: 0x80090029 | 0,
  /** NTE_USER_CANCELLED. */
  userCancelled: 0x80090036 | 0,
} as const;

/** A call of Windows failed, or a call of Windows is to fail, with this HRESULT. The message is for developers. */
export class HresultError extends Error {
  override readonly name = "HresultError";
  readonly hresult: number;

  constructor(hresult: number, message: string) {
    super(`${message}: ${formatHresult(hresult)}`);
    this.hresult = hresult;
  }
}

export const isFailure = (hresult: number): boolean => hresult < 0;

/** `0x80090011`. */
export const formatHresult = (hresult: number): string =>
  `0x${(hresult >>> 0).toString(16).toUpperCase().padStart(8, "0")}`;

/** Throws `HresultError` for a failure; other codes pass. */
export function checkHresult(hresult: number, call: string): void {
  if (isFailure(hresult)) throw new HresultError(hresult, call);
}

/**
 * Why a ceremony ended, by the DOMException name that a page would see (WebAuthn L3 § 5.1.3, § 5.1.4). The message is for developers.
 * What is wrong with the form of options is a `TypeError`, as in browsers.
 */
export type WebAuthnErrorName =
  | "AbortError"
  | "EncodingError"
  | "InvalidStateError"
  | "NotAllowedError"
  | "NotSupportedError"
  | "SecurityError"
  | "SyntaxError"
  | "UnknownError";

export class WebAuthnError extends Error {
  override readonly name: WebAuthnErrorName;

  constructor(name: WebAuthnErrorName, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = name;
  }
}

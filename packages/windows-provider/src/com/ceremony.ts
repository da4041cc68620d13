/**
 * A ceremony as it passes between the class, which Windows calls, and the provider behind it: what is asked, what is answered, and who
 * answers. Everything here is plain data that can go from a worker to the main thread.
 */
import type { Cancellation } from "@latchkey/core/authenticator/cancellation";
import type { OperationRequest } from "../native/operation-memory.ts";

export type CeremonyKind = "make-credential" | "get-assertion";

export interface CeremonyCall {
  readonly kind: CeremonyKind;
  readonly request: OperationRequest;
}

/** CBOR without a status byte, or a failing HRESULT: never both. */
export type CeremonyAnswer =
  | { readonly hresult: 0; readonly response: Uint8Array }
  | { readonly hresult: number; readonly response: null };

/** The response, not empty. Throws `HresultError`; anything else that it throws becomes E_FAIL. */
export type AnswerCeremony = (call: CeremonyCall, cancellation: Cancellation) => Promise<Uint8Array>;

/**
 * The port to one authenticator: CTAP2 bytes in, bytes out (`authenticator/authenticator.ts` has their form). Answers are checked as
 * strictly as requests: an authenticator may be broken, or somebody else's.
 */
import type { Cancellation } from "../authenticator/cancellation.ts";
import { asMap } from "../authenticator/request-map.ts";
import { CtapError, STATUS } from "../authenticator/status.ts";
import { concatBytes } from "../bytes/concat.ts";
import { type CborMap, decodeCbor, encodeCbor } from "../cbor/codec.ts";
import { isVaultError } from "../errors.ts";
import { WebAuthnError } from "./webauthn-error.ts";

/** A request in, its response out. Whoever answers a cancelled request says 0x2D. */
export type Transact = (request: Uint8Array, cancellation: Cancellation) => Promise<Uint8Array>;

export interface CtapAnswer {
  readonly status: number;
  readonly map: CborMap;
}

/** One ceremony's talk with the authenticator. */
export interface CtapCalls {
  /** Whatever the status is. */
  ask(command: number, parameters?: CborMap): Promise<CtapAnswer>;
  /** Throws unless the status is success: `toWebAuthnError` says what. */
  call(command: number, parameters?: CborMap): Promise<CborMap>;
}

export function createCtapCalls(transact: Transact, cancellation: Cancellation): CtapCalls {
  async function ask(command: number, parameters?: CborMap): Promise<CtapAnswer> {
    if (cancellation.cancelled) throw new WebAuthnError("AbortError", "page gave the ceremony up");
    const body = parameters === undefined ? new Uint8Array() : encodeCbor(parameters);
    const response = await transact(concatBytes(Uint8Array.of(command), body), cancellation);
    if (cancellation.cancelled) throw new WebAuthnError("AbortError", "page gave the ceremony up");
    const [status] = response;
    if (status === undefined) throw new WebAuthnError("UnknownError", "answer is empty");
    if (status !== STATUS.success || response.length === 1) return { status, map: new Map() };
    return { status, map: readAnswer(() => asMap(decodeCbor(response.subarray(1)), "answer")) };
  }
  return {
    ask,
    async call(command, parameters) {
      const { status, map } = await ask(command, parameters);
      if (status !== STATUS.success) throw toWebAuthnError(status);
      return map;
    },
  };
}

/**
 * What a page learns of a status: that a listed passkey is here already, that the authenticator failed, or nothing but that it was not
 * to be (WebAuthn L3 § 14.5.1, § 14.5.2).
 */
export function toWebAuthnError(status: number): WebAuthnError {
  const message = `authenticator answered 0x${status.toString(16).padStart(2, "0")}`;
  if (status === STATUS.credentialExcluded) return new WebAuthnError("InvalidStateError", message);
  return new WebAuthnError(status === STATUS.other ? "UnknownError" : "NotAllowedError", message);
}

/** Reads an answer with the readers of requests; whatever is malformed is `UnknownError`. */
export function readAnswer<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof CtapError || isVaultError(cause, "LK-CBOR-INVALID")) {
      throw new WebAuthnError("UnknownError", `answer is malformed: ${cause.message}`, { cause });
    }
    throw cause;
  }
}

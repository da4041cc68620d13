/**
 * How a ceremony gets the signing tier: with one prompt, in every state.
 *
 *   closed   the protector opens it with Windows Hello, and that is the verification; no second prompt
 *   open     the person has it kept open for a while: then PerformUserVerification binds the gesture to this request
 *
 * Kept keys are copies: what is handed out is wiped by whoever gets it.
 */
import type { Cancellation } from "@latchkey/core/authenticator/cancellation";
import { wipe } from "@latchkey/core/crypto/wipe";
import type { KeyProtector, Tier } from "@latchkey/core/ports";
import type { AskForKey } from "@latchkey/device-host/unlock";
import type { OperationRequest } from "../native/operation-memory.ts";
import type { VerifyUser } from "./user-verification.ts";

/** The protector for one ceremony: its prompt names the window and can be withdrawn. */
export type ProtectorForCeremony = (
  purpose: string,
  request: OperationRequest,
  cancellation: Cancellation,
) => KeyProtector;

export interface CeremonyKeys {
  forCeremony(request: OperationRequest, cancellation: Cancellation): AskForKey;
  /** Keeps what this protector releases, until `forget`, or for `keepMs` after the last release. */
  keep(protector: KeyProtector): KeyProtector;
  /** Whether a ceremony would find the signing tier open. */
  readonly isOpen: boolean;
  forget(): void;
}

export interface CeremonyKeysDeps {
  readonly protectorFor: ProtectorForCeremony;
  readonly verifyUser: VerifyUser;
  /** Milliseconds that the signing tier stays open after it was opened; 0: it does not, which is how it comes. */
  readonly keepMs: () => Promise<number>;
}

export function createCeremonyKeys({ protectorFor, verifyUser, keepMs }: CeremonyKeysDeps): CeremonyKeys {
  const kept = new Map<Tier, Uint8Array>();
  let timer: NodeJS.Timeout | undefined;

  function forget(): void {
    clearTimeout(timer);
    wipe(...kept.values());
    kept.clear();
  }

  function keep(protector: KeyProtector): KeyProtector {
    return {
      protect: (tier, key) => protector.protect(tier, key),
      async release(tier, protectedKey) {
        const known = kept.get(tier);
        if (known !== undefined) return known.slice();
        const key = await protector.release(tier, protectedKey);
        const ms = await keepMs();
        if (ms > 0) {
          kept.set(tier, key.slice());
          clearTimeout(timer);
          timer = setTimeout(forget, ms).unref();
        }
        return key;
      },
    };
  }

  return {
    keep,
    forget,
    get isOpen() {
      return kept.has("signing");
    },
    forCeremony: (request, cancellation) => async (purpose) => {
      const protector = keep(protectorFor(purpose, request, cancellation));
      if (kept.has("signing")) await verifyUser(request, { userName: "", hint: purpose }, cancellation);
      return protector;
    },
  };
}

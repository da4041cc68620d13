/**
 * The person of a throw-away vault, who always does the same: approves (and is verified when that is wanted), says no, or is not
 * there. Only a `createThrowAwayVerifier` is made of it, whose proofs no real vault accepts.
 */
import type { Cancellation } from "@latchkey/core/authenticator/cancellation";
import {
  createThrowAwayVerifier,
  type UserProof,
  type UserVerifier,
} from "@latchkey/core/authenticator/user-verifier";
import { VaultError } from "@latchkey/core/errors";

export const SCRIPTED_PEOPLE = ["approve", "deny", "absent"] as const;
export type ScriptedPerson = (typeof SCRIPTED_PEOPLE)[number];

/** How long an absent person is waited for, in milliseconds: long enough for a client to cancel, short enough for a test. */
export const ABSENT_WAIT_MS = 1000;

export function createScriptedVerifier(
  person: ScriptedPerson,
  absentWaitMs: number = ABSENT_WAIT_MS,
): UserVerifier<UserProof> {
  return createThrowAwayVerifier(async (_prompt, cancellation) => {
    if (person === "absent") await waitUnlessCancelled(absentWaitMs, cancellation);
    if (cancellation.cancelled) throw new VaultError("LK-AUTH-CANCELLED", "client cancelled");
    if (person === "deny") throw new VaultError("LK-AUTH-DENIED", "person said no");
    if (person === "absent") {
      throw new VaultError("LK-AUTH-TIMEOUT", `nobody answered within ${absentWaitMs} ms`);
    }
    return null;
  });
}

async function waitUnlessCancelled(milliseconds: number, cancellation: Cancellation): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([promise, cancellation.whenCancelled]);
  clearTimeout(timer);
}

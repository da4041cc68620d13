/**
 * PerformUserVerification: Windows Hello over the window of the program that asks, for one ceremony. What counts is not that the call
 * succeeded but its signature: by the key that Windows keeps for this person, over exactly this request.
 *
 * Windows can show one prompt at a time and gives no way to withdraw it. A ceremony that is cancelled leaves at once; its prompt is waited
 * for before the next one opens.
 */
import type { Cancellation } from "@latchkey/core/authenticator/cancellation";
import { VaultError } from "@latchkey/core/errors";
import { HRESULT, HresultError } from "../native/hresult.ts";
import type { OperationRequest } from "../native/operation-memory.ts";
import type { WebAuthnPlugin } from "../native/webauthn-plugin.ts";
import { readPublicKey } from "./public-key.ts";

/** What builds of Windows answer when the person says no. */
const REFUSALS: ReadonlySet<number> = new Set([HRESULT.userCancelled, HRESULT.cancelled, HRESULT.abort]);

/** Resolves when the person was verified for this request. Throws `LK-AUTH-DENIED`, `LK-AUTH-CANCELLED` or `HresultError`. */
export type VerifyUser = (
  request: OperationRequest,
  words: { readonly userName: string; readonly hint: string },
  cancellation: Cancellation,
) => Promise<void>;

export function createUserVerification(
  plugin: Pick<WebAuthnPlugin, "verifyUser" | "getVerificationKey">,
  clsid: Uint8Array,
): VerifyUser {
  /** Settles when no prompt stands. Never rejects. */
  let latestPrompt: Promise<unknown> = Promise.resolve();

  async function prompt(request: OperationRequest, userName: string, hint: string): Promise<void> {
    const { window, transactionId, encoded } = request;
    let signature: Uint8Array;
    try {
      signature = await plugin.verifyUser({ window, transactionId, userName, hint });
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      if (!REFUSALS.has(error.hresult)) throw error;
      throw new VaultError("LK-AUTH-DENIED", "Windows Hello was refused", { cause: error });
    }
    if (readPublicKey(plugin.getVerificationKey(clsid))?.verifies(encoded, signature)) return;
    throw new HresultError(HRESULT.badSignature, "user verification is not signed for this request");
  }

  return async (request, { userName, hint }, cancellation) => {
    const cancelled = cancellation.whenCancelled.then(() => {
      throw new VaultError("LK-AUTH-CANCELLED", "client cancelled while Windows Hello was open");
    });
    await Promise.race([latestPrompt, cancelled]);
    const shown = prompt(request, userName, hint);
    latestPrompt = shown.catch(() => {});
    await Promise.race([shown, cancelled]);
  };
}

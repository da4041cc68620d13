/**
 * Whether Windows made a request: its signature by the key that Windows has for requests to this provider. Asked before anything else is
 * done with a request. An absent signature is a bad one, for Windows sends it empty when it cannot sign; so is one that cannot be checked.
 */
import { HRESULT, HresultError } from "../native/hresult.ts";
import type { WebAuthnPlugin } from "../native/webauthn-plugin.ts";
import { type PluginPublicKey, readPublicKey } from "./public-key.ts";

/** Throws `HresultError` with NTE_BAD_SIGNATURE unless Windows signed exactly these bytes. */
export type VerifyRequest = (encoded: Uint8Array, signature: Uint8Array) => void;

export function createRequestVerifier(
  plugin: Pick<WebAuthnPlugin, "getOperationKey">,
  clsid: Uint8Array,
): VerifyRequest {
  let known: PluginPublicKey | null = null;

  /** Asked live, for Windows may make the key anew. */
  function fetchKey(): PluginPublicKey | null {
    try {
      return readPublicKey(plugin.getOperationKey(clsid));
    } catch (error) {
      if (error instanceof HresultError) return null;
      throw error;
    }
  }

  return (encoded, signature) => {
    if (signature.length === 0) throw new HresultError(HRESULT.badSignature, "request is not signed");
    if (known?.verifies(encoded, signature)) return;
    known = fetchKey();
    if (known?.verifies(encoded, signature)) return;
    throw new HresultError(HRESULT.badSignature, "request is not signed by Windows");
  };
}

/**
 * Asks a site where it lets people manage their passkeys (`core/device/passkey-endpoints.ts`): one request, when the person wants it and never by
 * itself, without cookies, without following anywhere, bounded in time and size.
 */
import {
  MAX_ENDPOINTS_BYTES,
  parsePasskeyEndpoints,
  type PasskeyEndpoints,
  passkeyEndpointsUrl,
} from "@latchkey/core/device/passkey-endpoints";

const ANSWER_MS = 8_000;

/** `null`: the site has none, is not reached, or says what cannot be believed. `ask`: how a request is made. */
export async function lookUpEndpoints(
  rpId: string,
  signal: AbortSignal,
  ask: typeof fetch = fetch,
): Promise<PasskeyEndpoints | null> {
  try {
    const response = await ask(passkeyEndpointsUrl(rpId), {
      redirect: "error",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      headers: { accept: "application/json" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    const isJson = /^application\/json\b/i.test(response.headers.get("content-type") ?? "");
    if (response.status !== 200 || !isJson || response.body === null) {
      await response.body?.cancel();
      return null;
    }
    return parsePasskeyEndpoints(rpId, await readBounded(response.body));
  } catch (error) {
    signal.throwIfAborted();
    // Whatever a network does is no fault of the vault's; the person goes to the site by hand.
    if (error instanceof TypeError || error instanceof DOMException) return null;
    throw error;
  }
}

async function readBounded(body: ReadableStream<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > MAX_ENDPOINTS_BYTES) throw new TypeError("document is too large");
    pieces.push(piece);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces));
}

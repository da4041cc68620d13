/**
 * Related origins (WebAuthn L3 § 5.11): a relying party's list of other sites that may use its rpId, at
 * `https://RPID/.well-known/webauthn`.
 *
 *   {"origins": ["https://example.co.uk", "https://example-shop.com", …]}
 *
 * Only so many different names count, in the order of the list; more origins of a name that counts already are free.
 */
import { decodeUtf8 } from "../bytes/text.ts";
import { type Origin, originOf } from "./origin.ts";
import { registrableLabelOf } from "./public-suffix.ts";
import { WebAuthnError } from "./webauthn-error.ts";

/** Registrable labels: what the specification asks for at least, and what browsers hold to. */
const MAX_LABELS = 5;
/** Bytes of the list. Browsers allow as much. */
const MAX_LIST_BYTES = 256 * 1024;

export interface WellKnownResponse {
  /** After redirects. */
  readonly status: number;
  /** The header as it came, or `null`. */
  readonly contentType: string | null;
  readonly body: Uint8Array;
}

/**
 * GETs a URL without credentials and without a referrer, following redirects to https only, and gives up after `maxBytes` of body.
 * Rejects on any failure.
 */
export type FetchWellKnown = (url: string, maxBytes: number) => Promise<WellKnownResponse>;

/** The related origins validation procedure (§ 5.11.1). `SecurityError` when the list cannot be had or is none. */
export async function isRelatedOrigin(
  caller: Origin,
  rpId: string,
  fetchWellKnown: FetchWellKnown,
): Promise<boolean> {
  const seen = new Set<string>();
  for (const item of await fetchList(rpId, fetchWellKnown)) {
    const origin = originOf(item);
    const label = origin === null ? null : registrableLabelOf(origin.host);
    if (origin === null || label === null) continue;
    if (seen.size >= MAX_LABELS && !seen.has(label)) continue;
    if (origin.serialized === caller.serialized) return true;
    seen.add(label);
  }
  return false;
}

async function fetchList(rpId: string, fetchWellKnown: FetchWellKnown): Promise<readonly string[]> {
  let response: WellKnownResponse;
  try {
    response = await fetchWellKnown(`https://${rpId}/.well-known/webauthn`, MAX_LIST_BYTES);
  } catch (cause) {
    throw new WebAuthnError("SecurityError", "list of related origins cannot be fetched", { cause });
  }
  const { status, contentType, body } = response;
  if (status !== 200) throw new WebAuthnError("SecurityError", `list of related origins: status ${status}`);
  if (contentType?.split(";")[0]?.trim().toLowerCase() !== "application/json") {
    throw new WebAuthnError("SecurityError", "list of related origins is not application/json");
  }
  if (body.length > MAX_LIST_BYTES) {
    throw new WebAuthnError(
      "SecurityError",
      `list of related origins is ${body.length} bytes, limit ${MAX_LIST_BYTES}`,
    );
  }
  return readList(body);
}

function readList(body: Uint8Array): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(body));
  } catch (cause) {
    throw new WebAuthnError("SecurityError", "list of related origins is not JSON", { cause });
  }
  const origins: unknown =
    typeof value === "object" && value !== null && "origins" in value ? value.origins : undefined;
  if (!Array.isArray(origins) || !origins.every((item) => typeof item === "string")) {
    throw new WebAuthnError("SecurityError", "list of related origins has no list of text");
  }
  return origins;
}

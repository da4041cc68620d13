/**
 * Where a site lets people manage their passkeys: its well-known document `/.well-known/passkey-endpoints` (W3C, "A Well-Known URL for Passkey Endpoints").
 * Strict: an address is taken only if it is https and at the site itself, so that a page somebody else controls is never opened in its name.
 */

/** The document's address for an rpId. */
export const passkeyEndpointsUrl = (rpId: string): string => `https://${rpId}/.well-known/passkey-endpoints`;

/** Bytes; real ones have two addresses in them. */
export const MAX_ENDPOINTS_BYTES = 16_384;
const MAX_URL = 2_048;

export interface PasskeyEndpoints {
  /** Where a passkey is added. */
  readonly enroll: string | null;
  /** Where passkeys are listed and removed. */
  readonly manage: string | null;
}

/** `null` for what is no such document, or names no address at the site. */
export function parsePasskeyEndpoints(rpId: string, text: string): PasskeyEndpoints | null {
  if (text.length > MAX_ENDPOINTS_BYTES) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { enroll, manage } = value as Readonly<Record<string, unknown>>;
  const endpoints = { enroll: addressAt(rpId, enroll), manage: addressAt(rpId, manage) };
  return endpoints.enroll === null && endpoints.manage === null ? null : endpoints;
}

/** Without a parser of URLs, which core does not have: what is not plainly an address of the site is none. */
function addressAt(rpId: string, value: unknown): string | null {
  if (typeof value !== "string" || value.length > MAX_URL) return null;
  const [, host] = /^https:\/\/([a-z0-9.-]+)(?:[/?#][\x21-\x7e]*)?$/.exec(value) ?? [];
  return host !== undefined && (host === rpId || host.endsWith(`.${rpId}`)) ? value : null;
}

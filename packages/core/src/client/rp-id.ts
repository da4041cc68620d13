/**
 * Which rpId a page may use (WebAuthn L3 § 5.1.3 steps 7 and 8, § 5.1.4 likewise): its own host, a parent domain of it that is not a
 * public suffix, or one that names the page's origin as related.
 */
import { isDomain, type Origin, originOf } from "./origin.ts";
import { publicSuffixOf } from "./public-suffix.ts";
import { type FetchWellKnown, isRelatedOrigin } from "./related-origins.ts";
import { WebAuthnError } from "./webauthn-error.ts";

/**
 * The caller's origin from its serialisation. `NotAllowedError` for an opaque one, `SecurityError` for one without a domain or without
 * a secure channel; of plain `http` only localhost and the names below it count as secure.
 */
export function checkCallerOrigin(serialized: string): Origin {
  if (serialized === "null") throw new WebAuthnError("NotAllowedError", "origin is opaque");
  const origin = originOf(serialized);
  if (origin === null || origin.serialized !== serialized) {
    throw new WebAuthnError("SecurityError", "origin has no domain, or is not as browsers write it");
  }
  const isLocal = origin.host === "localhost" || origin.host.endsWith(".localhost");
  if (origin.scheme !== "https" && !isLocal) {
    throw new WebAuthnError("SecurityError", "origin is not secure");
  }
  return origin;
}

/**
 * The rpId for the ceremony: the one asked for, exactly as it came, or the caller's host. `SecurityError` for one it may not use.
 * `related`: how the list of related origins is had; `null`: not at all; `checked`: a browser has been through these steps.
 */
export async function chooseRpId(
  caller: Origin,
  asked: string | null,
  related: FetchWellKnown | null | "checked",
): Promise<string> {
  if (asked === null || asked === caller.host) return caller.host;
  if (isDomain(asked)) {
    if (isRegistrableSuffix(asked, caller.host)) return asked;
    // Whoever checked it, nobody owns a public suffix.
    if (related === "checked") {
      if (publicSuffixOf(asked) !== asked) return asked;
    } else if (related !== null && (await isRelatedOrigin(caller, asked, related))) return asked;
  }
  throw new WebAuthnError("SecurityError", "rpId does not suit the origin");
}

/** "Is a registrable domain suffix of" (HTML § 7.1.1.2), for two domains that are not equal. */
function isRegistrableSuffix(domain: string, host: string): boolean {
  return (
    host.endsWith(`.${domain}`) &&
    publicSuffixOf(domain) !== domain &&
    publicSuffixOf(host)?.endsWith(`.${domain}`) === false
  );
}

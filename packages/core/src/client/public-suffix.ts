/**
 * The public-suffix list, with its ICANN and its private rules, as browsers have it: under `co.uk` and under `github.io` anybody may have a name. A top-level
 * domain that the list does not know is a public suffix. Domains come in ASCII, lower case, without a dot at the end. The only user of tldts.
 */
import { getDomainWithoutSuffix, getPublicSuffix } from "tldts";

const OPTIONS = {
  allowIcannDomains: true,
  allowPrivateDomains: true,
  detectIp: false,
  extractHostname: false,
  validateHostname: false,
};

export const publicSuffixOf = (domain: string): string | null => getPublicSuffix(domain, OPTIONS);

/** The first label of the registrable domain (WebAuthn L3 § 5.11.1): `example` for `www.example.co.uk`; `null` for a public suffix. */
export const registrableLabelOf = (domain: string): string | null => getDomainWithoutSuffix(domain, OPTIONS);

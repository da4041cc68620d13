/**
 * Origins of pages (HTML § 7.1.1), as far as passkeys know them: `http` and `https`, a domain in ASCII, a port. Names of other
 * scripts come as `xn--…`, as browsers serialise them; another form of the same name is no origin here.
 */

export interface Origin {
  readonly scheme: "http" | "https";
  readonly host: string;
  /** As browsers write it: without the scheme's own port. */
  readonly serialized: string;
}

/** RFC 1035 § 2.3.4. */
const MAX_DOMAIN_LENGTH = 253;
/** Underscores are in use, though not in the standard. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** A last label like this makes the host an IPv4 address (URL § 3.5). */
const NUMBER = /^(?:\d+|0x[\da-f]*)$/;
const URL_PARTS = /^(https?):\/\/([^/?#\\@:]+)(?::(\d{1,5}))?(?:[/?#].*)?$/s;
const DEFAULT_PORTS = { http: 80, https: 443 };

/** Whether a host is a domain: not an address, not empty, in its canonical form. */
export function isDomain(host: string): boolean {
  const labels = host.split(".");
  return (
    host.length <= MAX_DOMAIN_LENGTH &&
    labels.every((label) => LABEL.test(label)) &&
    !NUMBER.test(labels.at(-1) ?? "")
  );
}

/** The origin of a URL, or `null` for one that has no domain or is not of the web. */
export function originOf(url: string): Origin | null {
  const [, scheme, host, digits] = URL_PARTS.exec(lowerCaseAuthority(url)) ?? [];
  if ((scheme !== "http" && scheme !== "https") || host === undefined || !isDomain(host)) return null;
  const port = digits === undefined ? DEFAULT_PORTS[scheme] : Number(digits);
  if (port > 65_535) return null;
  const suffix = port === DEFAULT_PORTS[scheme] ? "" : `:${port}`;
  return { scheme, host, serialized: `${scheme}://${host}${suffix}` };
}

/** Scheme and authority are the same in every case; what comes after them is not part of an origin. */
const lowerCaseAuthority = (url: string): string =>
  url.replace(/^[^/?#]*:\/\/[^/?#]*/, (start) => start.toLowerCase());

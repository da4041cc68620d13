/**
 * Websites for tests, over https on loopback, under names that only the tests' browser resolves: each host serves an empty page, or one with a
 * frame, and the list of related origins. The certificate is its own authority and protects nothing.
 */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { spkiOf } from "../app/test-certificates.ts";

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIB2DCCAX+gAwIBAgIUBvs6ZCj1/r07LElwe9Xhbr2jqKEwCgYIKoZIzj0EAwIw
HjEcMBoGA1UEAwwTbGF0Y2hrZXkgdGVzdCBzaXRlczAgFw0yNjExMjIxMjAzNTVa
GA8yMTI2MTAyOTEyMDM1NVowHjEcMBoGA1UEAwwTbGF0Y2hrZXkgdGVzdCBzaXRl
czBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDqgmTfnsTPbuDnjPjLrQ6U2uhgV
TO52fTe/35+GNormGqOOKCwOhOVYSd+4cb2Qa7YXMq14lhBIzFbDHR2AqrqjgZgw
gZUwHQYDVR0OBBYEFMGk6qkLpa0CxkJOr1CTk4WT0SVtMB8GA1UdIwQYMBaAFMGk
6qkLpa0CxkJOr1CTk4WT0SVtMA8GA1UdEwEB/wQFMAMBAf8wQgYDVR0RBDswOYIJ
c2hvcC50ZXN0gg9sb2dpbi5zaG9wLnRlc3SCEHNob3AtYWJyb2FkLnRlc3SCCWV2
aWwudGVzdDAKBggqhkjOPQQDAgNHADBEAiBA23Za+bLAExFw+/OTllaslIK9xZ9o
UohlZ4jKct1HpgIgUkg2L5E8tfT6gK43CZ5FGq4CLOmYavOU7s2Yenj9pV0=
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXSDLVRLgPgjCfdlj
X8fG1jq1KbgcUd7MBKV+lPyri0yhRANCAAQ6oJk357Ez27g54z4y60OlNroYFUzu
dn03v9+fhjaK5hqjjigsDoTlWEnfuHG9kGu2FzKteJYQSMxWwx0dgKq6
-----END PRIVATE KEY-----
`;

export interface TestSites {
  /** What the browser has to be told to reach them. */
  readonly flags: readonly string[];
  readonly origin: (host: string) => string;
  /** A page of `host` with a frame of the other one in it. `allow`: the frame's permission policy. */
  readonly framed: (host: string, inside: string, allow: string) => string;
  close(): Promise<void>;
}

/** The hosts of the certificate. `shop-abroad.test` is related to `shop.test`, and nobody else is. */
export const SHOP = "shop.test";
export const SHOP_LOGIN = "login.shop.test";
export const SHOP_ABROAD = "shop-abroad.test";
export const EVIL = "evil.test";

export async function serveTestSites(): Promise<TestSites> {
  const server = createServer({ cert: CERTIFICATE, key: KEY }, ({ url = "/", headers }, response) => {
    const { pathname, searchParams } = new URL(url, "https://any.test");
    if (pathname === "/.well-known/webauthn") {
      const origins = headers.host === SHOP ? [`https://${SHOP_ABROAD}`] : [];
      response.setHeader("Content-Type", "application/json").end(JSON.stringify({ origins }));
      return;
    }
    const inside = searchParams.get("inside");
    const frame =
      inside === null
        ? ""
        : `<iframe src="https://${inside}/" allow="${searchParams.get("allow") ?? ""}"></iframe>`;
    response.setHeader("Content-Type", "text/html").end(`<!doctype html><title>Site</title>${frame}`);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    flags: [
      `--ignore-certificate-errors-spki-list=${spkiOf(CERTIFICATE)}`,
      `--host-resolver-rules=MAP *.test:443 127.0.0.1:${port}, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE ::1`,
    ],
    origin: (host) => `https://${host}`,
    framed: (host, inside, allow) => `https://${host}/?${new URLSearchParams({ inside, allow }).toString()}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

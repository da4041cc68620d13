/** The headers of every answer of the loopback server (experience.md § 11, § 12): nothing from elsewhere, in no frame, kept by no cache. */

/**
 * `host`: the judged `Host` of the request. `camera`: whether the page scans codes; the browser still asks the person. The page runs no
 * WebAssembly and no worker, so neither is allowed.
 */
export function securityHeaders(
  host: string,
  { camera }: { readonly camera: boolean },
): Record<string, string> {
  return {
    "Content-Security-Policy": [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' blob:",
      "font-src 'none'",
      `connect-src 'self' ws://${host}`,
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join("; "),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": `camera=(${camera ? "self" : ""}), microphone=(), geolocation=()`,
    "Cache-Control": "no-store",
  };
}

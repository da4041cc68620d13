/**
 * The extension's manifest (Manifest V3): two permissions, no host permission, no content script, no page of a website within reach. A test
 * pins all of it.
 */
import { EXTENSION_KEY } from "../src/identity.ts";
import packageManifest from "../package.json" with { type: "json" };

/** The first with `chrome.webAuthenticationProxy` is 115; this one keeps a worker alive as long as it has a native port. */
const OLDEST_CHROMIUM = "120";

export const MANIFEST = {
  manifest_version: 3,
  name: "__MSG_name__",
  description: "__MSG_description__",
  version: packageManifest.version,
  default_locale: "en",
  minimum_chrome_version: OLDEST_CHROMIUM,
  key: EXTENSION_KEY,
  permissions: ["nativeMessaging", "webAuthenticationProxy"],
  background: { service_worker: "service-worker.js", type: "module" },
  action: { default_popup: "popup.html" },
  options_ui: { page: "popup.html" },
  content_security_policy: {
    extension_pages:
      "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  },
} as const;

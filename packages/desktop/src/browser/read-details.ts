/**
 * What the browser hands over with a request (`chrome.webAuthenticationProxy`, `requestDetailsJson`): the page's options as WebAuthn L3 § 5.1.8
 * and § 5.1.9 write them, with one extension that the browser itself puts there in the place of whatever the page said:
 *
 *   extensions.remoteDesktopClientOverride { origin, sameOriginWithAncestors }
 *
 * The page's origin is taken from there and from nowhere else. The browser has judged the rpId before, related origins included.
 */
import type { Page } from "@latchkey/core/client/client-deps";
import { VaultError } from "@latchkey/core/errors";
import type { JsonObject } from "../terminal/json.ts";

export interface RequestDetails {
  readonly page: Page;
  /** For core's client. */
  readonly options: JsonObject;
  /** Milliseconds that the page gives the person. */
  readonly timeout: number;
}

/** WebAuthn L3 § 15.1: what is sensible, and what is taken when the page names none. */
const SHORTEST_MS = 15_000;
const LONGEST_MS = 600_000;
const USUAL_MS = 300_000;
const MAX_ORIGIN = 300;

type Fields = Readonly<Record<string, unknown>>;

/** Throws `LK-BROWSER-MESSAGE`. Whether the origin is one that may have passkeys is for the client to say. */
export function readRequestDetails(text: string): RequestDetails {
  const options = asFields(parse(text), "details");
  const extensions = asFields(options["extensions"], "extensions");
  const { remoteDesktopClientOverride: given, ...others } = extensions;
  const override = asFields(given, "remoteDesktopClientOverride");
  const { origin, sameOriginWithAncestors } = override;
  if (typeof origin !== "string" || origin.length > MAX_ORIGIN) throw refuse("name no origin");
  if (typeof sameOriginWithAncestors !== "boolean") throw refuse("do not say what is above the page");
  return {
    page: { origin, topOrigin: null, isCrossOrigin: !sameOriginWithAncestors, isRpIdChecked: true },
    options: { ...options, extensions: others } as JsonObject,
    timeout: readTimeout(options["timeout"]),
  };
}

function readTimeout(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) return USUAL_MS;
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, value));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("are not JSON");
  }
}

function asFields(value: unknown, name: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw refuse(`have no object ${name}`);
}

const refuse = (problem: string): VaultError =>
  new VaultError("LK-BROWSER-MESSAGE", `request's details ${problem}`);

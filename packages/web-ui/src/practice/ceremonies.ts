/** The two ceremonies of a website (WebAuthn L3 § 7), between the practice site's server and the browser. */
import type { LearntView } from "../model/vault-view.ts";

/** WebAuthn L3's JSON forms: what this page is made for. */
export const isSupported =
  typeof PublicKeyCredential === "function" && "parseCreationOptionsFromJSON" in PublicKeyCredential;

/** The site did not accept the answer; `code` is one of `LK-…`. */
export class SiteRefusal extends Error {
  override readonly name = "SiteRefusal";
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** Rejects with a `SiteRefusal`, or with what the browser says when there is no answer. */
export async function registerPasskey(userName: string): Promise<LearntView> {
  const options = await ask<PublicKeyCredentialCreationOptionsJSON>("/api/register/options", { userName });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return ask("/api/register/verify", toJson(await navigator.credentials.create({ publicKey })));
}

/** Rejects like `registerPasskey`. */
export async function signInWithPasskey(): Promise<LearntView> {
  const options = await ask<PublicKeyCredentialRequestOptionsJSON>("/api/sign-in/options", {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return ask("/api/sign-in/verify", toJson(await navigator.credentials.get({ publicKey })));
}

function toJson(credential: Credential | null): object {
  if (!(credential instanceof PublicKeyCredential)) throw new TypeError("browser gave no passkey");
  return credential.toJSON();
}

async function ask<T>(path: string, body: object): Promise<T> {
  const response = await fetch(path, { method: "POST", body: JSON.stringify(body) });
  const value = (await response.json()) as T & { readonly code?: string };
  if (!response.ok) throw new SiteRefusal(value.code ?? "LK-UI-BUG");
  return value;
}

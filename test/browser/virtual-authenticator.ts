/**
 * Chromium's virtual authenticator on a page of localhost, through the DevTools protocol (domain WebAuthn). Its private keys go in and out
 * as PKCS#8, its bytes as base64. Page scripts are text: the tests know no types of a browser.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { Browser, BrowserContext } from "playwright-core";

/** A passkey as the browser keeps it (DevTools protocol, WebAuthn.Credential). */
export interface VirtualCredential {
  readonly credentialId: string;
  readonly isResidentCredential: boolean;
  readonly rpId?: string;
  readonly privateKey: string;
  readonly userHandle?: string;
  readonly signCount: number;
  readonly backupEligibility?: boolean;
  readonly backupState?: boolean;
  readonly userName?: string;
  readonly userDisplayName?: string;
}

export interface VirtualAuthenticator {
  readonly origin: string;
  add(credential: VirtualCredential): Promise<void>;
  credentials(): Promise<readonly VirtualCredential[]>;
  /** `navigator.credentials.create` in the page, from JSON to JSON. */
  create(options: object): Promise<RegistrationResponseJSON>;
  /** `navigator.credentials.get` in the page, likewise. */
  get(options: object): Promise<AuthenticationResponseJSON>;
  close(): Promise<void>;
}

/** Page scripts, from JSON to JSON. */
export const CREATE = `async (json) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json);
  return (await navigator.credentials.create({ publicKey })).toJSON();
}`;
export const GET = `async (json) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json);
  return (await navigator.credentials.get({ publicKey })).toJSON();
}`;

/** An empty page on a port of its own. */
function servePage(): Promise<Server> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Practice</title>");
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

/** A person who is there and is verified always. @param backedUp what new passkeys of it say of themselves, BE and BS. */
export async function openVirtualAuthenticator(
  browser: Browser,
  backedUp: boolean,
): Promise<VirtualAuthenticator> {
  const server = await servePage();
  let context: BrowserContext | undefined;
  const close = async () => {
    await context?.close();
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  try {
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${origin}/`);
    const devTools = await context.newCDPSession(page);
    await devTools.send("WebAuthn.enable");
    const { authenticatorId } = await devTools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        automaticPresenceSimulation: true,
        isUserVerified: true,
        defaultBackupEligibility: backedUp,
        defaultBackupState: backedUp,
      },
    });
    const run = <T>(script: string, options: object): Promise<T> =>
      page.evaluate<T>(`(${script})(${JSON.stringify(options)})`);
    return {
      origin,
      async add(credential) {
        await devTools.send("WebAuthn.addCredential", { authenticatorId, credential });
      },
      async credentials() {
        return (await devTools.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
      },
      create: (options) => run(CREATE, options),
      get: (options) => run(GET, options),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Passkeys move between a vault and Chromium's own authenticator, both ways, as PKCS#8 keys, and go on signing in where they were
 * registered. The vault is a real file; the browser is the system's; the judge is a library that none of us wrote. Chromium counts its
 * signatures, from 1 on; a vault's passkeys have the counter 0: a relying party that insists on the counter refuses those that moved in.
 */
import { join } from "node:path";
import { NEVER_CANCELLED } from "@latchkey/core/authenticator/cancellation";
import { importCredential } from "@latchkey/core/authenticator/import-credential";
import { encodeBase64url } from "@latchkey/core/bytes/text";
import { openSigningTier, rootOf, wipeTier } from "@latchkey/core/device/tiers";
import { createVaultAuthenticator } from "@latchkey/core/device/vault-authenticator";
import { deriveSecretKey } from "@latchkey/core/membership/epoch";
import { openPrivateKey } from "@latchkey/core/vault/credential-secret";
import { createCtapSession } from "@latchkey/desktop/host/ctap-session";
import { systemClock } from "@latchkey/desktop/host/vault-host";
import { makeFolder, makeProtector, withPassphrase } from "@latchkey/desktop/test/hosts";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "../app/chromium.ts";
import { openPage, type WebPage } from "../demo/web-page.ts";
import { LiveDevice } from "../scenario/live-device.ts";
import { register, signIn, type Visitor } from "./relying-party.ts";
import {
  openVirtualAuthenticator,
  type VirtualAuthenticator,
  type VirtualCredential,
} from "./virtual-authenticator.ts";

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const fromBase64 = (text = ""): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

/** Our client before the vault's authenticator, as a visitor of a page: a session for each ceremony. */
function visitorOf(origin: string, { host }: LiveDevice): Visitor {
  async function visit<T>(act: (page: WebPage) => Promise<T>): Promise<T> {
    const session = createCtapSession(host, withPassphrase(), (fault) => {
      throw fault;
    });
    try {
      return await act(openPage(origin, (request) => session.handle(request, NEVER_CANCELLED)));
    } finally {
      session.end();
    }
  }
  return {
    create: (options) => visit(async (page) => (await page.create(options)).response),
    get: (options) => visit(async (page) => (await page.get(options)).response),
  };
}

/** A passkey of the vault with its key as PKCS#8: what a person may take out who can open the signing tier. */
async function exportPasskey({ device, host }: LiveDevice, id: string): Promise<VirtualCredential> {
  const records = device.state.document.list().map(({ record }) => record);
  const record = records.find((known) => known !== null && encodeBase64url(known.credentialId) === id);
  if (record == null) throw new Error("passkey is not in the vault");
  const tier = await openSigningTier(host.deps.store, makeProtector());
  const secretKey = deriveSecretKey(rootOf(tier, device.context.epoch.logId));
  wipeTier(tier);
  return {
    credentialId: base64(record.credentialId),
    isResidentCredential: record.discoverable,
    rpId: record.rpId,
    privateKey: base64(openPrivateKey(secretKey, record)),
    userHandle: base64(record.userHandle),
    signCount: 0,
    backupEligibility: record.backupEligible,
    backupState: record.backedUp,
  };
}

/** Takes a passkey of the browser into the vault, with a verification of the person. */
async function takeIn({ host }: LiveDevice, rpId: string, credential: VirtualCredential) {
  const vault = createVaultAuthenticator({
    ...host.deps,
    opened: () => host.opened,
    openSigning: () => openSigningTier(host.deps.store, makeProtector()),
    device: () => host.device(),
  });
  try {
    return await importCredential(
      { ...vault, crypto: host.deps.crypto, clock: systemClock },
      {
        id: fromBase64(credential.credentialId),
        rpId,
        userHandle: fromBase64(credential.userHandle),
        userName: credential.userName ?? null,
        userDisplayName: credential.userDisplayName ?? null,
        discoverable: credential.isResidentCredential,
        backupEligible: credential.backupEligibility ?? false,
        backedUp: credential.backupState ?? false,
        privateKey: fromBase64(credential.privateKey),
      },
      NEVER_CANCELLED,
    );
  } finally {
    vault.endCeremony();
  }
}

describe.skipIf(HAS_NO_CHROMIUM)("between a vault and Chromium", () => {
  let browser: Browser;
  let folder: ReturnType<typeof makeFolder>;
  let device: LiveDevice;
  let virtual: VirtualAuthenticator | null = null;

  beforeAll(async () => {
    browser = await launchChromium();
    folder = makeFolder();
    device = await LiveDevice.found(join(folder.path, "vault.latchkey"), "Desk", []);
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser.close();
    await device.close();
    folder.remove();
  });
  afterEach(async () => {
    await virtual?.close();
    virtual = null;
  });

  test.for([
    { name: "ES256", algorithm: -7, residentKey: "required" },
    { name: "ES256", algorithm: -7, residentKey: "discouraged" },
    { name: "EdDSA", algorithm: -8, residentKey: "required" },
    { name: "RS256", algorithm: -257, residentKey: "required" },
  ] as const)(
    "a passkey that Latchkey made signs in from the browser: $name, resident key $residentKey",
    async ({ algorithm, residentKey }) => {
      virtual = await openVirtualAuthenticator(browser, false);
      const { origin } = virtual;
      const known = await register(origin, visitorOf(origin, device), algorithm, residentKey);
      await virtual.add(await exportPasskey(device, known.credential.id));
      for (const listed of residentKey === "required" ? [true, false] : [true]) {
        await signIn(origin, virtual, known, { listed, comparesCounters: true });
      }
    },
  );

  test("Chromium's own authenticator takes no ES384 key", async () => {
    virtual = await openVirtualAuthenticator(browser, false);
    const { origin } = virtual;
    const { credential } = await register(origin, visitorOf(origin, device), -35, "required");
    await expect(virtual.add(await exportPasskey(device, credential.id))).rejects.toThrow(
      "An error occurred trying to create the credential",
    );
  });

  test.for([
    { name: "ES256", algorithm: -7, residentKey: "required", backedUp: true },
    { name: "ES256", algorithm: -7, residentKey: "required", backedUp: false },
    { name: "ES256", algorithm: -7, residentKey: "discouraged", backedUp: true },
    { name: "EdDSA", algorithm: -8, residentKey: "required", backedUp: true },
    { name: "RS256", algorithm: -257, residentKey: "required", backedUp: true },
  ] as const)(
    "a passkey that the browser made signs in from the vault: $name, resident key $residentKey, backed up: $backedUp",
    async ({ algorithm, residentKey, backedUp }) => {
      virtual = await openVirtualAuthenticator(browser, backedUp);
      const { origin } = virtual;
      const known = await register(origin, virtual, algorithm, residentKey);
      const [made] = await virtual.credentials();
      expect(await takeIn(device, "localhost", made!)).toMatchObject({ algorithm, rpId: "localhost" });
      for (const listed of residentKey === "required" ? [true, false] : [true]) {
        await signIn(origin, visitorOf(origin, device), known, { listed, comparesCounters: false });
      }
      const insisting = { listed: true, comparesCounters: true };
      await expect(signIn(origin, visitorOf(origin, device), known, insisting)).rejects.toThrow(
        "counter value 0 was lower than expected 1",
      );
    },
  );
});

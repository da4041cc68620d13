/**
 * Websites in real Chromium register and sign in with the passkeys of a vault, by way of the extension and the native messaging host; the
 * judge is a library that none of us wrote.
 */
import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import { withPassphrase } from "@latchkey/desktop/test/hosts";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS } from "../app/chromium.ts";
import { openPage } from "../demo/web-page.ts";
import {
  agree,
  create,
  type ExtensionRig,
  failureOf,
  get,
  nextWindow,
  startRig,
  visitorOf,
  watched,
  withConsent,
} from "./extension-rig.ts";
import { type Known, register, signIn } from "./relying-party.ts";
import { EVIL, SHOP, SHOP_ABROAD, SHOP_LOGIN } from "./test-sites.ts";

const CHALLENGE = "AAAAAAAAAAAAAAAAAAAAAA";
const creation = (name: string, more: object = {}) => ({
  rp: { name: "Shop" },
  user: { id: Buffer.from(name).toString("base64url"), name, displayName: "" },
  challenge: CHALLENGE,
  pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  authenticatorSelection: { residentKey: "required" },
  ...more,
});
const request = (more: object = {}) => ({ challenge: CHALLENGE, ...more });

describe.skipIf(HAS_NO_CHROMIUM)("a website in Chromium", () => {
  let rig: ExtensionRig;
  let page: Page;
  let es384: Known;
  const origin = `https://${SHOP}`;

  beforeAll(async () => {
    rig = await startRig({
      async fill(desk) {
        const shop = openPage(`https://${SHOP_LOGIN}`, desk.transact);
        es384 = await register(
          `https://${SHOP_LOGIN}`,
          {
            create: async (options) => (await shop.create(options)).response,
            get: async (options) => (await shop.get(options)).response,
          },
          -35,
          "required",
        );
      },
    });
    expect(await rig.look()).toBe("answering");
    page = await rig.open(origin);
  }, LAUNCH_MS);
  afterAll(() => rig?.close());
  afterEach(() => expect(rig.faults).toEqual([]));

  /** Nothing is open any more, and what comes next is answered. */
  async function expectQuiet(): Promise<void> {
    await expect.poll(() => rig.host?.served.requests.view, { timeout: 10_000 }).toBe(null);
    await expect
      .poll(() => rig.context.pages().filter((each) => each.url().includes("localhost")))
      .toEqual([]);
  }

  test.for([
    { name: "ES256", algorithm: -7, residentKey: "required" },
    { name: "EdDSA", algorithm: -8, residentKey: "required" },
    { name: "RS256", algorithm: -257, residentKey: "required" },
    { name: "ES256", algorithm: -7, residentKey: "discouraged" },
  ] as const)(
    "registers and signs in: $name, resident key $residentKey",
    async ({ algorithm, residentKey }) => {
      const visitor = visitorOf(rig, page);
      const known = await register(origin, visitor, algorithm, residentKey);
      await signIn(origin, visitor, known, { listed: true, comparesCounters: true });
    },
  );

  test("signs in with an ES384 passkey that was made elsewhere; makes none, which the browser would not read", async () => {
    const login = await rig.open(`https://${SHOP_LOGIN}`);
    const visitor = visitorOf(rig, login);
    for (const listed of [true, false])
      await signIn(`https://${SHOP_LOGIN}`, visitor, es384, { listed, comparesCounters: true });
    const only = creation("bo", { pubKeyCredParams: [{ type: "public-key", alg: -35 }] });
    expect(await failureOf(create(login, only))).toBe("NotSupportedError");
    await login.close();
  });

  test("lets the person pick one of several accounts, beside the passphrase", async () => {
    const login = await rig.open(`https://${SHOP_ABROAD}`);
    for (const name of ["ana", "ben"]) await withConsent(rig, create(login, creation(name)));
    const call = get(login, request());
    const window = await nextWindow(rig);
    expect(await window.getByRole("radio").evaluateAll((all: HTMLInputElement[]) => all.length)).toBe(2);
    await window.getByLabel("ana").check();
    await agree(window);
    expect(Buffer.from((await call).response.userHandle ?? "", "base64url").toString()).toBe("ana");

    // Nobody knows the accounts of a locked vault: they are asked for once it is open.
    await rig.host?.served.services.host.lock();
    const again = get(login, request());
    const locked = await nextWindow(rig);
    expect(await locked.getByRole("radio").count()).toBe(0);
    await agree(locked);
    await locked.getByLabel("ana").check();
    await locked.getByRole("button", { name: "Sign in" }).click();
    expect(Buffer.from((await again).response.userHandle ?? "", "base64url").toString()).toBe("ana");
    await login.close();
  });

  test("says what it asks for: site, page, account and vault", async () => {
    const call = create(page, creation("cleo", { user: { id: "AQ", name: "cleo", displayName: "Cleo P." } }));
    const window = await nextWindow(rig);
    await window.getByRole("heading", { name: `Make a passkey for ${SHOP}?` }).waitFor();
    const text = await window.getByRole("main").innerText();
    for (const part of [`Shop (${SHOP})`, origin, "Cleo P. (cleo)", rig.vault]) expect(text).toContain(part);
    await window.getByRole("button", { name: "Refuse" }).click();
    expect(await failureOf(call)).toBe("NotAllowedError");
    await expectQuiet();
  });

  test("hears of a passkey that is here already only when the person agreed", async () => {
    const { id } = await withConsent(rig, create(page, creation("dan")));
    const again = creation("dan", { excludeCredentials: [{ type: "public-key", id }] });
    expect(await failureOf(withConsent(rig, create(page, again)))).toBe("InvalidStateError");
    const refused = create(page, again);
    await (await nextWindow(rig)).getByRole("button", { name: "Refuse" }).click();
    expect(await failureOf(refused)).toBe("NotAllowedError");
  });

  test("does not hear whether there is a passkey: the person does, and ends it", async () => {
    const evil = await rig.open(`https://${EVIL}`);
    const call = get(evil, request());
    const window = await nextWindow(rig);
    await window.getByRole("heading", { name: `No passkey for ${EVIL} here` }).waitFor();
    await window.getByRole("button", { name: "Close" }).click();
    expect(await failureOf(call)).toBe("NotAllowedError");
    await evil.close();
  });

  test("is turned down when the person closes the window", async () => {
    const call = get(page, request());
    await (await nextWindow(rig)).close();
    expect(await failureOf(call)).toBe("NotAllowedError");
    await expectQuiet();
  });

  test("is turned down when nobody answers in time", async () => {
    await rig.host?.stop();
    await rig.startHost({ requestMs: 700 });
    expect(await failureOf(get(page, request()))).toBe("NotAllowedError");
    await expectQuiet();
    await rig.host?.stop();
    await rig.startHost();
    await rig.host?.served.services.host.unlock(withPassphrase());
  });

  test("can give up: the window goes, and the next request is answered", async () => {
    const call = page.evaluate<string>(`new Promise((resolve) => {
      globalThis.stop = new AbortController();
      navigator.credentials.get({ signal: stop.signal, publicKey: { challenge: new Uint8Array(16) } })
        .then(() => resolve("answered"), (error) => resolve(error.name));
    })`);
    const window = await nextWindow(rig);
    await page.evaluate("stop.abort()");
    expect(await call).toBe("AbortError");
    if (!window.isClosed()) await window.waitForEvent("close");
    await expectQuiet();
    expect((await withConsent(rig, get(page, request()))).type).toBe("public-key");
  });

  test("opens a locked vault by the same consent; a wrong passphrase can be mended", async () => {
    const { served } = rig.host!;
    await served.services.host.lock();
    const call = get(page, request());
    const window = await nextWindow(rig);
    await agree(window, "wrong horse");
    await window.getByText("LK-KEY-PASSPHRASE-WRONG").waitFor();
    await agree(window);
    // The vault is open now, and the site has several accounts.
    await window.getByRole("radio").first().waitFor();
    await window.getByRole("button", { name: "Sign in" }).click();
    expect((await call).type).toBe("public-key");
    expect(served.phase).toBe("open");
  });

  test("waits for no other: of two tabs at once the first is answered, the second turned down", async () => {
    const second = await rig.open(`https://${SHOP_ABROAD}`);
    await page.bringToFront();
    const first = get(page, request());
    const window = await nextWindow(rig);
    expect(await failureOf(get(second, request()))).toBe("NotAllowedError");
    await agree(window);
    expect((await first).type).toBe("public-key");
    await second.close();
  });

  test("asks from a frame only where the page around it allows that, and the person is told", async () => {
    const without = await rig.open(rig.sites.framed(SHOP_ABROAD, SHOP, ""));
    expect(await failureOf(get(without.frames()[1]!, request()))).toBe("NotAllowedError");
    await without.close();
    expect(rig.host?.served.requests.view).toBe(null);

    const allowed = await rig.open(rig.sites.framed(SHOP_ABROAD, SHOP, "publickey-credentials-get *"));
    const call = get(allowed.frames()[1]!, request());
    const window = await nextWindow(rig);
    await window.getByText("inside a page of another website").waitFor();
    await agree(window);
    const { response } = await call;
    const clientData = JSON.parse(Buffer.from(response.clientDataJSON, "base64url").toString()) as object;
    expect(clientData).toMatchObject({ origin, crossOrigin: true });
    await allowed.close();
  });

  test("may use the passkeys of a related site, and an unrelated one may not", async () => {
    const known = await register(origin, visitorOf(rig, page), -7, "required");
    const abroad = await rig.open(`https://${SHOP_ABROAD}`);
    const response = await withConsent(
      rig,
      get(
        abroad,
        request({ rpId: SHOP, allowCredentials: [{ type: "public-key", id: known.credential.id }] }),
      ),
    );
    const { verified } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: CHALLENGE,
      expectedOrigin: `https://${SHOP_ABROAD}`,
      expectedRPID: SHOP,
      credential: known.credential,
    });
    expect(verified).toBe(true);
    await abroad.close();
    const evil = await rig.open(`https://${EVIL}`);
    expect(await failureOf(get(evil, request({ rpId: SHOP })))).toBe("SecurityError");
    await evil.close();
  });

  test("cannot pass for another origin", async () => {
    const evil = await rig.open(`https://${EVIL}`);
    const override = { origin, sameOriginWithAncestors: true };
    const call = watched(
      evil.evaluate(`navigator.credentials.get({ publicKey: {
        challenge: new Uint8Array(16), extensions: { remoteDesktopClientOverride: ${JSON.stringify(override)} } } })`),
    );
    const window = await nextWindow(rig);
    await window.getByRole("heading", { name: `No passkey for ${EVIL} here` }).waitFor();
    await window.getByRole("button", { name: "Close" }).click();
    expect(await failureOf(call)).toBe("NotAllowedError");
    await evil.close();
  });

  test("keeps a large blob with a passkey, and reads it again", async () => {
    const login = await rig.open(`https://${SHOP_LOGIN}`);
    const made = await withConsent(
      rig,
      create(login, creation("eve", { extensions: { largeBlob: { support: "required" }, credProps: true } })),
    );
    expect(made.clientExtensionResults).toMatchObject({
      largeBlob: { supported: true },
      credProps: { rk: true },
    });
    const listed = { allowCredentials: [{ type: "public-key", id: made.id }] };
    const blob = Buffer.from("a note for eve").toString("base64url");
    const written = await withConsent(
      rig,
      get(login, request({ ...listed, extensions: { largeBlob: { write: blob } } })),
    );
    expect(written.clientExtensionResults).toMatchObject({ largeBlob: { written: true } });
    const read = await withConsent(
      rig,
      get(login, request({ ...listed, extensions: { largeBlob: { read: true } } })),
    );
    expect(read.clientExtensionResults).toMatchObject({ largeBlob: { blob } });
    await login.close();
  });

  test("is told what works: a verifying authenticator, and nothing in the username field", async () => {
    const can = "PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable()";
    expect(await page.evaluate(can)).toBe(true);
    const conditional = `navigator.credentials.get({ mediation: "conditional", publicKey: { challenge: new Uint8Array(16) } })`;
    expect(await failureOf(page.evaluate(conditional))).toBe("NotAllowedError");
    expect(await page.evaluate("PublicKeyCredential.getClientCapabilities()")).toMatchObject({
      conditionalGet: false,
      passkeyPlatformAuthenticator: true,
    });
  });

  test("gets the browser's own ways when the person wants something else, and when Latchkey is switched off", async () => {
    const call = get(page, request());
    await (await nextWindow(rig)).getByRole("button", { name: "Use something else" }).click();
    expect(await failureOf(call)).toBe("NotAllowedError");
    await expect.poll(() => rig.look()).toBe("aside");
    expect(await page.evaluate("PublicKeyCredential.getClientCapabilities()")).toMatchObject({
      conditionalGet: true,
    });
    expect(await rig.look("on")).toBe("answering");
    expect(await rig.look("off")).toBe("off");
    expect(await rig.look()).toBe("off");
    expect(await rig.look("on")).toBe("answering");
    expect((await withConsent(rig, get(page, request({ rpId: SHOP })))).type).toBe("public-key");
  });
});

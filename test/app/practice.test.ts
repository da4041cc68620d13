/** The practice site as `latchkey practice` serves it: a browser with a passkey provider of its own, and what is not let near it. */
import { readPageFiles } from "@latchkey/desktop/loopback/page-files";
import { type PracticeServer, servePractice } from "@latchkey/desktop/practice/serve-practice";
import { buildApp } from "@latchkey/web-ui/build";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditPage } from "./audit-page.ts";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";

describe.skipIf(HAS_NO_CHROMIUM)("the practice site", () => {
  let browser: Browser;
  let site: PracticeServer;
  beforeAll(async () => {
    site = await servePractice(readPageFiles(await buildApp(), "practice.html"), 0);
    browser = await launchChromium();
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  /** `hasProvider`: the browser's virtual authenticator, with a person who is verified always. */
  async function visit(hasProvider: boolean, locale = "en-GB"): Promise<Page> {
    const page = await (await browser.newContext({ locale })).newPage();
    await page.goto(site.origin);
    const devTools = await page.context().newCDPSession(page);
    await devTools.send("WebAuthn.enable");
    if (!hasProvider) return page;
    await devTools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        automaticPresenceSimulation: true,
        isUserVerified: true,
      },
    });
    return page;
  }

  test("registers a passkey, signs in with it, and shows what it learnt", async () => {
    const page = await visit(true);
    await page.getByLabel("Account name at the practice site").fill("ana");
    await page.getByRole("button", { name: "Make the passkey" }).click();
    await page.getByRole("heading", { name: "The site knows you as ana now." }).waitFor();
    await page.getByText(/^a public key, whose fingerprint begins with [0-9a-f]{16}$/).waitFor();
    for (const times of ["1 time", "2 times"]) {
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await page.getByRole("heading", { name: `Signed in. That was ${times} so far.` }).waitFor();
    }
    // Last: the audit's session takes the authenticator with it when it ends.
    expect(await auditPage(page)).toEqual([]);
    await page.context().close();
  });

  test("says in German why nobody is signed in whose passkey it does not know", async () => {
    const page = await visit(true, "de-DE");
    await page.getByRole("button", { name: "Anmelden", exact: true }).click();
    await page.getByRole("alert").filter({ hasText: "Ihr Browser hat nicht geantwortet" }).waitFor();
    await page.context().close();
  });

  test("takes no answer and gives no question to a page of elsewhere", async () => {
    const page = await visit(false);
    const path = `${site.origin}/api/sign-in/options`;
    expect((await fetch(path, { method: "POST", body: "{}" })).status).toBe(403);
    const foreign = { Origin: "http://localhost:1", "Sec-Fetch-Site": "same-site" };
    expect((await fetch(path, { method: "POST", body: "{}", headers: foreign })).status).toBe(403);
    const garbage = await page.evaluate(async () => {
      const ask = async (route: string, body: string): Promise<string> => {
        const response = await fetch(`/api/${route}`, { method: "POST", body });
        return `${response.status} ${await response.text()}`;
      };
      return Promise.all([
        ask("register/verify", "[]"),
        ask("register/verify", "no json"),
        ask("sign-in/verify", "x".repeat(70_000)),
        ask("register/options", "{}"),
        ask("toString", "{}"),
      ]);
    });
    expect(garbage).toEqual([...Array<string>(4).fill('400 {"code":"LK-AUTH-DENIED"}'), "404 "]);
    await page.context().close();
  });
});

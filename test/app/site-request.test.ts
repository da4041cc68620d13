/** What a website asks for, as the app shows it: in every state, language and colour, and before every other screen. */
import type { SiteRequestStep } from "@latchkey/web-ui/link/app-message";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditPage } from "./audit-page.ts";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { openPage, type ServedApp, startApp } from "./served-app.ts";

const FACTS = {
  kind: "get",
  site: "a-rather-long-name.of-a-department.shop.example",
  siteName: null,
  origin: "https://a-rather-long-name.of-a-department.shop.example:8443",
  isFramed: true,
  userName: null,
  userDisplayName: null,
  vault: "/home/ana/.local/share/latchkey/vault.latchkey",
} as const;

const ACCOUNTS = [
  { name: "ana@shop.example", displayName: "Ana Kovač" },
  { name: null, displayName: null },
];
const STEPS: readonly SiteRequestStep[] = [
  { kind: "verify", verification: "passphrase", accounts: ACCOUNTS },
  { kind: "verify", verification: "system", accounts: null },
  { kind: "account", accounts: ACCOUNTS },
  { kind: "nothing" },
];

describe.skipIf(HAS_NO_CHROMIUM)("a website's request in the app", () => {
  let browser: Browser;
  let world: ServedApp;
  beforeAll(async () => {
    [browser, world] = await Promise.all([launchChromium(), startApp()]);
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  test.for([
    { locale: "en-GB", colorScheme: "light" },
    { locale: "de-DE", colorScheme: "dark" },
    { locale: "ar-XB", colorScheme: "light" },
  ] as const)("can be used by everybody: $locale, $colorScheme", async ({ locale, colorScheme }) => {
    const page = await openPage(browser, world, {
      locale,
      colorScheme,
      viewport: { width: 320, height: 640 },
    });
    // The heading of a request names a site, which has a direction of its own.
    const heading = page.locator("main h1[dir=auto]");
    for (const step of STEPS) {
      const request = world.served.requests.open(FACTS, new AbortController().signal, () => {});
      const asked = request.ask(step, async () => {}).catch((error: unknown) => error);
      await heading.waitFor();
      expect({ step, found: await auditPage(page) }).toEqual({ step, found: [] });
      world.served.requests.deny(world.served.requests.view!.id, false);
      expect(await asked).toMatchObject({ code: "LK-AUTH-DENIED" });
      request.end();
      await heading.waitFor({ state: "detached" });
    }
    expect(page.complaints).toEqual([]);
    await page.context().close();
  });

  test("is one at a time, and what comes late is told so", async () => {
    const { requests } = world.served;
    const request = requests.open(FACTS, new AbortController().signal, () => {});
    expect(() => requests.open(FACTS, new AbortController().signal, () => {})).toThrow("another request");
    const answer = { passphrase: null, account: 0 };
    await expect(requests.answer(1, answer)).rejects.toMatchObject({ code: "LK-AUTH-CANCELLED" });
    expect(() => requests.deny(1, true)).toThrow("waits for nobody");
    request.end();
    expect(requests.view).toBe(null);
  });
});

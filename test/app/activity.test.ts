/** The app's activity, and what is left to do after a device was lost: in both languages, by keyboard, without a fault that axe-core finds. */
import { markLost } from "@latchkey/core/device/lost-devices";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { runAxe } from "./run-axe.ts";
import { fillWith, openPage, type ServedApp, startApp, unlock } from "./served-app.ts";

type AppPage = Page & { readonly complaints: string[] };

describe.skipIf(HAS_NO_CHROMIUM)("what was done, and what is to be done", () => {
  let browser: Browser;
  let world: ServedApp;
  let page: AppPage;

  beforeAll(async () => {
    world = await startApp(async (desk, folder) => {
      await fillWith(["forum.example", "ana"], ["my-bank.example", "ana"])(desk);
      const laptop = await desk.pair(`${folder}/laptop.latchkey`, "Ana's laptop");
      await markLost(desk.device, laptop.device.context.self.signer.publicKey, "Ana's laptop");
      await laptop.close();
    });
    browser = await launchChromium();
    page = await openPage(browser, world);
    await unlock(page);
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  test("is told in sentences, filtered, and checked", async () => {
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("link", { name: "Show what was done with the vault" }).click();
    await page.getByRole("heading", { level: 1, name: "Activity" }).waitFor();
    await page.getByText("unbroken, checked just now").waitFor();
    await page.getByText("Made a passkey for forum.example as ana").waitFor();
    await page.locator(".history li", { hasText: "Opened the vault" }).first().waitFor();
    await page.getByLabel("What").selectOption("create");
    expect(await page.locator(".history li").count()).toBe(2);
    expect(await runAxe(page)).toEqual([]);
  });

  test("the plan for a lost device is ranked, ticked off and taken back, and the vault keeps it", async () => {
    await page.getByRole("link", { name: "Devices" }).click();
    await page.getByText("It may still hold 2 passkeys that are to be replaced.").waitFor();
    await page.getByRole("link", { name: "Go through them : Ana's laptop" }).click();
    await page.getByRole("heading", { level: 1, name: "Replace what Ana's laptop had" }).waitFor();
    await page.getByText("2 of 2 are still to be replaced.").waitFor();
    const cards = page.locator(".frame-main .card");
    expect(await cards.first().innerText()).toContain("my-bank.example");
    const link = cards.first().getByRole("link", { name: /Open the site/ });
    expect([await link.getAttribute("href"), await link.getAttribute("rel")]).toEqual([
      "https://my-bank.example/",
      "noopener noreferrer",
    ]);
    expect(await runAxe(page)).toEqual([]);
    await page.getByRole("button", { name: "Mark as replaced : my-bank.example" }).press("Enter");
    await page.getByText("1 of 2 are still to be replaced.").waitFor();
    expect(await cards.first().innerText()).toContain("forum.example");
    await page.getByRole("button", { name: "Not replaced after all : my-bank.example" }).click();
    await page.getByText("2 of 2 are still to be replaced.").waitFor();
  });

  test("says so when the site does not say where, and asks only when it is pressed", async () => {
    // No name below .example is ever found (RFC 6761 § 6.5).
    await page.getByRole("button", { name: "Ask the site for its page : forum.example" }).click();
    await page.getByText("The site does not say where.").waitFor();
  });

  test("is there in German", async () => {
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByLabel("Language").selectOption("de");
    await page.getByRole("link", { name: "Zeigen, was mit dem Tresor getan wurde" }).click();
    await page.getByText("Passkey angelegt: forum.example als ana").waitFor();
    await page.getByRole("link", { name: "Geräte" }).click();
    await page.getByRole("link", { name: /Der Reihe nach durchgehen/ }).click();
    await page.getByRole("heading", { level: 1, name: "Ersetzen, was auf Ana's laptop war" }).waitFor();
    expect(await runAxe(page)).toEqual([]);
    expect(page.complaints).toEqual([]);
  });
});

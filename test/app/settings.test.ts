/** What a person sets in the app, and what stays: language, appearance, mailboxes; and the wait after wrong passphrases. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { openPage, type ServedApp, startApp, unlock } from "./served-app.ts";

describe.skipIf(HAS_NO_CHROMIUM)("the app", () => {
  let browser: Browser;
  let world: ServedApp;
  beforeAll(async () => {
    world = await startApp();
    browser = await launchChromium();
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  test("speaks the language that is chosen, at once and after a reload", async () => {
    const page = await openPage(browser, world);
    await unlock(page);
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByLabel("Language").selectOption("de");
    await page.getByRole("heading", { level: 1, name: "Einstellungen" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Einstellungen" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
    await page.getByLabel("Sprache").selectOption("auto");
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    await page.context().close();
  });

  test("is dark or light as chosen, whatever the system is", async () => {
    const page = await openPage(browser, world, { colorScheme: "light" });
    await page.getByRole("link", { name: "Settings" }).click();
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.getByLabel("Appearance").selectOption("dark");
    expect(await paper()).not.toBe(light);
    await page.getByLabel("Appearance").selectOption("light");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await paper()).toBe(light);
    await page.context().close();
  });

  test("adds a mailbox, refuses what is no address beside its field, and removes it", async () => {
    const page = await openPage(browser, world);
    await page.getByRole("link", { name: "Settings" }).click();
    const field = page.getByLabel("Address of a mailbox");
    await field.fill("not an address");
    await page.getByRole("button", { name: "Add a mailbox" }).click();
    await page.getByText("LK-RELAY-ORIGIN").waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    await field.fill("http://127.0.0.1:9");
    await page.getByRole("button", { name: "Add a mailbox" }).click();
    await page.getByText("The vault uses this mailbox now.").waitFor();
    // Nobody answers there: a normal state, said in words.
    await page.getByText("Working offline. Everything is saved on this PC.").waitFor();
    await page.getByRole("button", { name: "Remove the mailbox http://127.0.0.1:9" }).click();
    await page.getByText("Saved on this PC", { exact: true }).waitFor();
    await page.context().close();
  });

  test("counts down after several wrong passphrases, and wipes nothing", async () => {
    await world.served.services.host.lock();
    const page = await openPage(browser, world);
    const field = page.getByLabel(/^Passphrase$/);
    for (let tries = 0; tries < 12; tries++) {
      await field.fill(`wrong ${tries}`);
      await page.keyboard.press("Enter");
      await page.getByText(/LK-KEY-(?:PASSPHRASE-WRONG|WAIT)/).waitFor();
      if (await page.getByText("LK-KEY-WAIT").isVisible()) break;
      await page.getByRole("button", { name: "Open the vault" }).waitFor();
    }
    await page.getByText(/Next try in \d+ seconds?\./).waitFor();
    const button = page.getByRole("button", { name: "Open the vault" });
    expect(await button.getAttribute("aria-disabled")).toBe("true");
    // Ten seconds of it are for the long run.
    if (process.env["SLOW"] === "1") {
      await expect.poll(() => button.getAttribute("aria-disabled"), { timeout: 40_000 }).toBe("false");
      await unlock(page);
    }
    expect(world.served.phase).not.toBe("no-vault");
    expect(page.complaints).toEqual([]);
    await page.context().close();
  });
});

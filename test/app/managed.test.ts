/** A machine that an organization manages: the settings show what is set, in both languages, and leave nothing of it to be changed. */
import { readPolicyValues } from "@latchkey/core/policy/policy";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { runAxe } from "./run-axe.ts";
import { openPage, type ServedApp, startApp, unlock } from "./served-app.ts";

const policy = readPolicyValues(
  {
    DisableProvider: 1,
    AutoLockMinutes: 7,
    ForceRelay: "http://127.0.0.1:9",
    ForbidPlainExport: 1,
    ForbidAddingDevices: 1,
    RequireSecondDevice: 1,
    MaxDrillAgeDays: 90,
    LogSink: "/var/log/latchkey",
    Unheard: 1,
  },
  "policy.json",
);

describe.skipIf(HAS_NO_CHROMIUM)("the settings of a managed machine", () => {
  let browser: Browser;
  let world: ServedApp;
  beforeAll(async () => {
    world = await startApp(undefined, () => ({ system: null, policy }));
    browser = await launchChromium();
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  test("name what is set, with its value, and have no way to change it", async () => {
    const page = await openPage(browser, world);
    await unlock(page);
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("heading", { name: "Managed by your organization" }).waitFor();
    await page.getByText("Windows does not offer Latchkey when a site asks for a passkey.").waitFor();
    await page.getByText("The vault locks after 7 minutes without use.").waitFor();
    await page
      .getByText("This PC syncs through the mailbox http://127.0.0.1:9 and through no other.")
      .waitFor();
    await page.getByText("Passkeys leave this PC in sealed backups alone.").waitFor();
    await page.getByText("The recovery page is to be tested every 90 days.").waitFor();
    await page.getByText("goes to /var/log/latchkey.").waitFor();
    await page.getByText("One thing that your organization has set does not count.").waitFor();
    await page.getByText(`policy.json sets "Unheard", which this version does not know`).waitFor();
    const idle = page.getByLabel("Lock by itself when I am away");
    expect([await idle.isDisabled(), await idle.innerText()]).toEqual([true, "after 7 minutes"]);
    expect(await page.getByRole("button", { name: /mailbox/ }).count()).toBe(0);
    expect(await page.getByLabel("Address of a mailbox").count()).toBe(0);
    expect(await runAxe(page)).toEqual([]);
    await page.getByLabel("Language").selectOption("de");
    await page.getByRole("heading", { name: "Von Ihrer Organisation verwaltet" }).waitFor();
    await page.getByText("Der Tresor sperrt sich nach 7 Minuten ohne Gebrauch.").waitFor();
    await page.getByText("Eine Vorgabe Ihrer Organisation zählt nicht.").waitFor();
    expect(await page.locator("input[name=approval]").count()).toBe(0);
    await page.getByRole("link", { name: "Geräte" }).click();
    await page.getByRole("heading", { name: "Geräte", level: 1 }).waitFor();
    expect(await page.getByRole("button", { name: "Gerät hinzufügen" }).count()).toBe(0);
    expect(page.complaints).toEqual([]);
    await page.context().close();
  });
});

describe.skipIf(HAS_NO_CHROMIUM)("the settings of any other machine", () => {
  test("say nothing of an organization", async () => {
    const [world, browser] = [await startApp(), await launchChromium()];
    const page = await openPage(browser, world);
    await unlock(page);
    await page.getByRole("link", { name: "Settings" }).click();
    expect(await page.getByLabel("Lock by itself when I am away").isEnabled()).toBe(true);
    await page.getByLabel("Address of a mailbox").waitFor();
    expect(await page.getByText("Managed by your organization").count()).toBe(0);
    await browser.close();
    await world.close();
  });
});

/** The recovery page in the app, in a real browser: made and printed, gone once it is left, tested with and without a typing error. */
import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { runAxe } from "./run-axe.ts";
import { fillWith, openPage, PASSPHRASE, type ServedApp, startApp, unlock } from "./served-app.ts";

describe.skipIf(HAS_NO_CHROMIUM)("the recovery page", () => {
  let browser: Browser;
  let world: ServedApp;
  let page: Page & { readonly complaints: string[] };
  /** As somebody copies it from the paper. */
  let typed: string;
  beforeAll(async () => {
    browser = await launchChromium();
    world = await startApp(fillWith(["example.org", "ana"], ["mail.example", "ana"]));
    page = await openPage(browser, world);
    await unlock(page);
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  const make = async (button: string): Promise<void> => {
    await page.getByRole("button", { name: button }).click();
    await page.locator("dialog input").fill(PASSPHRASE);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: /Your (3 )?recovery pages?/ }).waitFor();
  };

  test("is made after a verification, hidden until it is wanted, and nothing but it is printed", async () => {
    await page.getByRole("heading", { name: "Only on this PC" }).waitFor();
    await page.getByRole("link", { name: "Make a recovery page" }).click();
    await page.getByText("There is no recovery page yet").waitFor();
    await make("Make the page");
    expect(await page.locator(".paper").count()).toBe(0);
    await page.getByRole("button", { name: "Show the page" }).click();
    await page.locator(".paper canvas").nth(1).waitFor();
    const groups = await page.locator(".paper-groups code").allInnerTexts();
    expect(groups).toHaveLength(10);
    typed = groups.join(" ");
    for (const look of [
      { colorScheme: "light" },
      { colorScheme: "dark" },
      { colorScheme: "dark", forcedColors: "active" },
    ] as const) {
      await page.emulateMedia(look);
      expect(await runAxe(page)).toEqual([]);
    }
    await page.emulateMedia({ media: "print", colorScheme: null, forcedColors: null });
    expect(await page.locator("nav").isVisible()).toBe(false);
    expect(await page.locator(".not-printed").isVisible()).toBe(false);
    const code = await page.locator(".paper canvas").first().boundingBox();
    // CSS: 96 pixels an inch; over 4 cm without the quiet zone.
    expect(code?.width).toBeGreaterThan((5 / 2.54) * 96);
    const pdf = await page.pdf({ preferCSSPageSize: true, format: "A4" });
    expect(pdf.toString("latin1").match(/\/Type \/Page\b/g)).toHaveLength(1);
    await page.emulateMedia({ media: null });
  });

  test("is nowhere once it was put away", async () => {
    await page.getByRole("button", { name: "I have it on paper: put it away" }).click();
    await page.getByText("It was never tested.").waitFor();
    const [first] = typed.split(" ");
    const kept = await page.evaluate(
      () =>
        document.documentElement.outerHTML + JSON.stringify([localStorage, sessionStorage, history.state]),
    );
    expect(kept).not.toContain(first);
    await page.goBack();
    await page.goForward();
    await page.getByText("It was never tested.").waitFor();
  });

  test("a typing error is named by its group, a right page works, and the day of the test is kept", async () => {
    const field = page.getByLabel("The ten groups of the page");
    const groups = typed.split(" ");
    const wrong = groups.map((group, i) =>
      i === 3 ? group.replace(/^./, (c) => (c === "7" ? "8" : "7")) : group,
    );
    await field.fill(wrong.join(" "));
    await page.getByText("Not as it was printed: group 4.").waitFor();
    await page.getByRole("button", { name: "Test the page" }).click();
    expect(await field.evaluate((input) => document.activeElement === input)).toBe(true);
    await field.fill(typed.toLowerCase());
    await page.getByRole("button", { name: "Test the page" }).click();
    await page.getByRole("heading", { name: "The page works" }).waitFor();
    await page.getByText("Made today. It will open 2 of 2 passkeys.").waitFor();
    await page.getByText(/^Last tested on /).waitFor();
    expect(await runAxe(page)).toEqual([]);
  });

  test("backups go to a folder after a verification, are listed, and checked on request", async () => {
    // Page and device: two copies, so nothing is nagged about.
    await page.getByRole("link", { name: "Passkeys" }).click();
    await page.getByRole("heading", { level: 1, name: "Passkeys" }).waitFor();
    expect(await page.locator(".notice").count()).toBe(0);
    await page.goBack();
    const folder = mkdtempSync(join(tmpdir(), "latchkey-backups-"));
    await page.getByLabel("Folder for backups").fill(folder);
    await page.getByRole("button", { name: "Use this folder" }).click();
    await page.locator("dialog input").fill(PASSPHRASE);
    await page.keyboard.press("Enter");
    const again = page.getByRole("button", { name: /^Check it again/ });
    await expect.poll(() => again.count()).toBe(1);
    await page.getByRole("button", { name: "Make a backup now" }).click();
    await expect.poll(() => again.count()).toBe(2);
    await again.first().click();
    await page.getByText("Whole: every seal and signature is right.").waitFor();
    expect(await runAxe(page)).toEqual([]);
    for (const name of readdirSync(folder)) truncateSync(join(folder, name), 900);
    await again.first().click();
    await page.getByText(/LK-EXPORT-/).waitFor();
    rmSync(folder, { recursive: true });
  });

  test("of three pages any two are wanted; the page of before is dead", async () => {
    await page.getByLabel(/^Three pages/).check();
    await make("Make a new page");
    await page.getByText("The page of before is dead. Destroy it.").waitFor();
    await page.getByRole("button", { name: "Show the 3 pages" }).click();
    const sheets = page.locator(".paper");
    await sheets.nth(2).locator("canvas").nth(1).waitFor();
    const textOf = async (nth: number): Promise<string> =>
      (await sheets.nth(nth).locator(".paper-groups code").allInnerTexts()).join("-");
    const [one, three] = [await textOf(0), await textOf(2)];
    await page.emulateMedia({ media: "print" });
    const pdf = await page.pdf({ format: "Letter" });
    expect(pdf.toString("latin1").match(/\/Type \/Page\b/g)).toHaveLength(3);
    await page.emulateMedia({ media: null });
    await page.getByRole("button", { name: "I have it on paper: put it away" }).click();
    const field = page.getByLabel("The ten groups of the page");
    await field.fill(one);
    await page.getByLabel("The ten groups of another page").fill(three);
    await page.getByRole("button", { name: "Test the page" }).click();
    await page.getByRole("heading", { name: "The page works" }).waitFor();
    await field.fill(typed);
    await page.getByRole("button", { name: "Test the page" }).click();
    await page.getByText("LK-RECOVERY-DEAD").waitFor();
    expect(page.complaints).toEqual([]);
    expect(world.faults).toEqual([]);
  });
});

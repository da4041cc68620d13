/** A machine without a vault, in a real browser: made by keyboard alone, in both languages, with real Argon2id. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { openPage, type ServedApp, startApp, unlock } from "./served-app.ts";

/** The test that makes keys as they ship: each Argon2id takes a second and 256 MiB, on a busy machine many more. */
const KEYS_MS = 300_000;

/** Presses Tab until something of this name has the focus; the person never touches a pointer. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const names: string[] = [];
  for (let presses = 0; presses < 40; presses++) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === document.body || element?.localName === "main") return "";
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null;
      return label ?? element?.textContent ?? "";
    });
    if (name.test(focused)) return;
    names.push(focused);
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not come to ${name}, but to ${names.join(" | ")}`);
}

describe.skipIf(HAS_NO_CHROMIUM)("a machine without a vault", () => {
  let browser: Browser;
  let world: ServedApp;
  beforeAll(async () => {
    world = await startApp(null);
    browser = await launchChromium();
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  test("says in German what it is, when the browser prefers German", async () => {
    const page = await openPage(browser, world, { locale: "de-AT" });
    await page.getByRole("heading", { name: "Ihre Passkeys, auf Ihren eigenen Geräten" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
    await page.context().close();
  });

  test("shows a page that was not opened by Latchkey how to open it, and nothing else", async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://localhost:${world.app.port}/`);
    await page.getByRole("heading", { name: "This page was not opened by Latchkey" }).waitFor();
    expect(await page.getByRole("button").count()).toBe(0);
    await page.context().close();
  });

  test("refuses a form that is not filled in: the problem is beside its field, which has the focus", async () => {
    const page = await openPage(browser, world);
    await page.getByRole("button", { name: /Create a vault/ }).click();
    await page.getByLabel("Name of this PC").fill(" ");
    await page.getByRole("button", { name: "Create the vault" }).click();
    const field = page.getByLabel("Name of this PC");
    await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
    const described = (await field.getAttribute("aria-describedby")) ?? "";
    expect(await page.locator(`#${described.split(" ").at(-1)}`).innerText()).toBe("Give this PC a name.");
    await page.context().close();
  });

  test("tells someone who joins what is wrong with the invitation", async () => {
    const page = await openPage(browser, world);
    await page.getByRole("button", { name: /Join a vault/ }).click();
    await page.getByLabel("Paste the invitation").fill("https://latchkey.invalid#nonsense");
    await page.getByRole("listitem").nth(5).waitFor();
    await page.getByLabel("I have the passphrase in a safe place").check();
    await page.getByRole("button", { name: "Join the vault" }).click();
    await page.getByRole("alert").filter({ hasText: "LK-PAIR-MALFORMED" }).waitFor();
    expect(world.served.phase).toBe("no-vault");
    await page.context().close();
  });

  test(
    "has a vault after some keys, without a pointer and without a network",
    async () => {
      const page = await openPage(browser, world);
      await page.getByRole("button", { name: /Create a vault/ }).waitFor();
      await tabTo(page, /Create a vault/);
      await page.keyboard.press("Enter");
      await tabTo(page, /Name of this PC/);
      await page.keyboard.press("Control+A");
      await page.keyboard.type("Ana's desk");
      const words = page.getByRole("list", { name: "Your passphrase" }).getByRole("listitem");
      await expect.poll(() => words.count()).toBe(6);
      const passphrase = (await words.allInnerTexts()).join(" ");
      await tabTo(page, /in a safe place/);
      await page.keyboard.press("Space");
      await tabTo(page, /^Create the vault/);
      await page.keyboard.press("Enter");
      await page.getByText("Making your keys.").waitFor();
      await page.getByRole("heading", { name: "No passkeys yet" }).waitFor();
      await page.getByRole("heading", { name: "Only on this PC" }).waitFor();
      expect(world.served.phase).toBe("open");

      // A passkey is made and used, still without a pointer.
      await tabTo(page, /^Try it with a practice site/);
      await page.keyboard.press("Enter");
      for (const act of ["Make the passkey", "Sign in"]) {
        await page.getByRole("button", { name: act, exact: true }).waitFor();
        await tabTo(page, new RegExp(`^${act}$`));
        await page.keyboard.press("Enter");
        await page.getByRole("dialog").waitFor();
        await page.keyboard.type(passphrase);
        await page.keyboard.press("Enter");
        await expect.poll(() => page.getByRole("dialog").count(), { timeout: 30_000 }).toBe(0);
      }
      await page.getByRole("heading", { name: "Signed in. That was 1 time so far." }).waitFor();
      await page.getByText("a public key, whose fingerprint begins with").waitFor();

      await tabTo(page, /Lock now/);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "The vault is locked" }).waitFor();
      await unlock(page, passphrase);
      await page.getByRole("link", { name: "Devices" }).click();
      await page.getByText("Ana's desk", { exact: true }).waitFor();
      expect(page.complaints).toEqual([]);
      expect(world.faults).toEqual([]);
      await page.context().close();
    },
    KEYS_MS,
  );
});

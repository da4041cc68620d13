/** Every device is gone: the vault is restored in the app from page and backup file, by keyboard alone, with real Argon2id. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { runAxe } from "./run-axe.ts";
import { fillWith, openPage, PASSPHRASE, type ServedApp, startApp } from "./served-app.ts";

/** Making keys as they ship: each Argon2id takes a second and 256 MiB, on a busy machine many more. */
const KEYS_MS = 300_000;

describe.skipIf(HAS_NO_CHROMIUM)("restoring a vault", () => {
  let browser: Browser;
  let world: ServedApp;
  let folder: string;
  let groups: string;
  let backup: string;
  beforeAll(async () => {
    browser = await launchChromium();
    folder = mkdtempSync(join(tmpdir(), "latchkey-restore-"));
    backup = join(folder, "vault.latchkey-backup");
    const lost = await startApp(fillWith(["example.org", "ana"], ["mail.example", "ana"]));
    const channel = {
      tell: () => {},
      ask: () => Promise.resolve(PASSPHRASE),
      signal: new AbortController().signal,
    };
    const { papers } = await lost.served.call("recovery.create", { split: false }, channel);
    const [paper] = papers as unknown as readonly { readonly groups: readonly string[] }[];
    groups = paper?.groups.join(" ") ?? "";
    await lost.served.call("backup.run", { file: backup }, channel);
    await lost.close();
    world = await startApp(null);
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
    rmSync(folder, { recursive: true });
  });

  async function tabTo(page: Page, name: RegExp): Promise<void> {
    for (let presses = 0; presses < 40; presses++) {
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === document.body || element?.localName === "main") return "";
        const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null;
        return label ?? element?.textContent ?? "";
      });
      if (name.test(focused)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`Tab does not come to ${name}`);
  }

  test(
    "with page and backup file brings every passkey back and ends with a new page",
    async () => {
      const page = await openPage(browser, world);
      await page.getByRole("button", { name: /^Restore from a recovery page/ }).waitFor();
      await tabTo(page, /^Restore from a recovery page/);
      await page.keyboard.press("Enter");
      await page.locator(".word-list li").nth(5).waitFor();

      await tabTo(page, /^The ten groups of the page/);
      await page.keyboard.type(groups.replace(/^...../, "00000"));
      await page.getByText("Not as it was printed: group 1.").waitFor();
      await tabTo(page, /^Restore the vault/);
      await page.keyboard.press("Enter");
      await page.getByText("Give the address of the mailbox, or choose a backup file.").waitFor();
      const field = page.getByLabel("The ten groups of the page");
      await expect.poll(() => field.evaluate((input) => document.activeElement === input)).toBe(true);
      expect(await runAxe(page)).toEqual([]);
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type(groups);

      await tabTo(page, /^Choose a backup file/);
      const chooser = page.waitForEvent("filechooser");
      await page.keyboard.press("Enter");
      await (await chooser).setFiles(backup);
      await tabTo(page, /in a safe place/);
      await page.keyboard.press("Space");
      await tabTo(page, /^Restore the vault/);
      await page.keyboard.press("Enter");

      await page.getByRole("heading", { name: "The page opens your vault" }).waitFor({ timeout: 60_000 });
      await page.getByText("2 passkeys are in it.").waitFor();
      expect(world.served.phase).toBe("no-vault");
      expect(await runAxe(page)).toEqual([]);
      await tabTo(page, /^Desk added on/);
      await page.keyboard.press("Space");
      await tabTo(page, /^Restore on this PC/);
      await page.keyboard.press("Enter");

      const title = page.getByRole("heading", { level: 1, name: "Your recovery page" });
      await title.waitFor({ timeout: 120_000 });
      await page.getByText("The page of before is dead. Destroy it.").waitFor();
      await tabTo(page, /^Show the page/);
      await page.keyboard.press("Enter");
      await page.locator(".paper canvas").nth(1).waitFor();
      const made = (await page.locator(".paper-groups code").allInnerTexts()).join(" ");
      expect(made).not.toBe(groups);

      // The lost device is out, its passkeys are here.
      await page.getByRole("link", { name: "Devices" }).click();
      await page.getByRole("heading", { level: 1, name: "Devices" }).waitFor();
      expect(await page.getByText("Desk", { exact: true }).count()).toBe(0);
      await page.getByRole("link", { name: "Passkeys" }).click();
      await expect.poll(() => page.locator("a.card").count()).toBe(2);
      expect(page.complaints).toEqual([]);
      expect(world.faults).toEqual([]);
    },
    KEYS_MS,
  );
});

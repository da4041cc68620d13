/**
 * Pictures of every screen, for people to look at: `screenshots.ts [folder]`. Light and dark, on a desktop and on a window as narrow as a
 * phone; the system's Chromium and its fonts, so pictures differ between machines.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import { withPassphrase } from "@latchkey/desktop/test/hosts";
import { launchChromium } from "./chromium.ts";
import { type OpenScreen, SCREENS } from "./screens.ts";
import { openPage } from "./served-app.ts";
import { shrinkPng } from "./small-png.ts";
import { startWorlds } from "./worlds.ts";

const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  light: { colorScheme: "light", viewport: { width: 1200, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1200, height: 800 } },
  phone: { colorScheme: "light", viewport: { width: 390, height: 780 }, locale: "de-DE" },
  "phone-dark": { colorScheme: "dark", viewport: { width: 390, height: 780 } },
};

const folder = process.argv[2] ?? join(import.meta.dirname, "../../docs/screens");
mkdirSync(folder, { recursive: true });
const browser = await launchChromium();
const worlds = await startWorlds();
try {
  for (const [look, options] of Object.entries(LOOKS)) {
    const pages = {
      empty: await openPage(browser, worlds.empty, options),
      full: await openPage(browser, worlds.full, options),
      met: await openPage(browser, worlds.met, options),
    };
    for (const [name, { on, isLocked = false, open }] of Object.entries<OpenScreen>(SCREENS)) {
      for (const world of [worlds.full, worlds.met]) {
        const { host } = world.served.services;
        if (isLocked) await host.lock();
        else await host.unlock(withPassphrase());
      }
      await open(pages[on], worlds);
      const file = `${name.replaceAll(/[^a-z]+/g, "-")}-${look}.png`;
      await pages[on].mouse.move(0, 0);
      await pages[on].evaluate(() => scrollTo(0, 0));
      const hasDialog = (await pages[on].locator("dialog").count()) > 0;
      const picture = await pages[on].screenshot({ fullPage: !hasDialog, animations: "disabled" });
      writeFileSync(join(folder, file), shrinkPng(picture));
      process.stdout.write(`${file}\n`);
    }
    for (const page of Object.values(pages)) await page.context().close();
  }
} finally {
  await browser.close();
  await worlds.close();
}

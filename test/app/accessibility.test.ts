/** Every screen, in both languages, light and dark, in forced colours, at 320 pixels and at 400 %: nothing that can be measured is wrong. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withPassphrase } from "@latchkey/desktop/test/hosts";
import { auditPage } from "./audit-page.ts";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { runAxe } from "./run-axe.ts";
import { openPage } from "./served-app.ts";
import { type OpenScreen, SCREENS } from "./screens.ts";
import { startWorlds, type Worlds } from "./worlds.ts";

const ALL_LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  "with longer words, from right to left, at 360 pixels": {
    locale: "ar-XB",
    viewport: { width: 360, height: 700 },
  },
  "in English, light": { colorScheme: "light" },
  "in German, dark, at 320 pixels": {
    locale: "de-DE",
    colorScheme: "dark",
    viewport: { width: 320, height: 640 },
  },
  "in German, light, at 400 %": {
    locale: "de-DE",
    viewport: { width: 320, height: 256 },
    deviceScaleFactor: 4,
  },
  "in English, dark, as a phone's browser": {
    colorScheme: "dark",
    viewport: { width: 412, height: 839 },
    hasTouch: true,
    isMobile: true,
  },
  "in forced colours": { forcedColors: "active", colorScheme: "dark" },
};

const IS_THOROUGH = process.env["SLOW"] === "1" || process.env["CI"] === "true";
/** By default the three that differ most; all of them take minutes. */
const LOOKS = Object.entries(ALL_LOOKS).slice(0, IS_THOROUGH ? 9 : 3);
/** A look at all screens on a busy machine. */
const LOOK_MS = 240_000;

/** Texts that are not of the catalogue, which shows its own in brackets; what people, sites and machines are called is nobody's to translate. */
function findForeignTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const own =
      "[dir=auto], [lang], code, pre, textarea, .brand, .tile, option, .word-list, strong, .hint-code";
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = (document.body.textContent ?? "").includes("⟦") ? [] : ["nothing is of the catalogue"];
    if (document.documentElement.dir !== "rtl") found.push("the page is read from the left");
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.textContent ?? "";
      if (!/[a-z]{3}/i.test(text) || text.includes("⟦") || node.parentElement?.closest(own)) continue;
      found.push(`“${text.trim()}” is not of the catalogue`);
    }
    return found;
  });
}

describe.skipIf(HAS_NO_CHROMIUM)("every screen", () => {
  let browser: Browser;
  let worlds: Worlds;
  beforeAll(async () => {
    worlds = await startWorlds();
    browser = await launchChromium();
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    await worlds?.close();
  });

  test.each(LOOKS)(
    "%s",
    async (_, look) => {
      const findings: Record<string, readonly string[]> = {};
      const page = {
        empty: await openPage(browser, worlds.empty, look),
        full: await openPage(browser, worlds.full, look),
        met: await openPage(browser, worlds.met, look),
      };
      for (const [name, { on, isLocked = false, open }] of Object.entries<OpenScreen>(SCREENS)) {
        for (const world of [worlds.full, worlds.met]) {
          const { host } = world.served.services;
          if (isLocked) await host.lock();
          else await host.unlock(withPassphrase());
        }
        await open(page[on], worlds);
        const problems = [
          ...(await auditPage(page[on])),
          ...(IS_THOROUGH || look.colorScheme === "light" ? await runAxe(page[on]) : []),
          ...(look.locale === "ar-XB" ? await findForeignTexts(page[on]) : []),
        ];
        if (problems.length > 0) findings[name] = problems;
      }
      expect(findings).toEqual({});
      for (const each of Object.values(page)) {
        expect(each.complaints).toEqual([]);
        await each.context().close();
      }
    },
    LOOK_MS,
  );

  test("shows where the focus is, on everything that Tab comes to", async () => {
    await worlds.full.served.services.host.unlock(withPassphrase());
    const page = await openPage(browser, worlds.full);
    await SCREENS["a passkey with a decision"].open(page);
    const unseen: string[] = [];
    for (let presses = 0; presses < 25; presses++) {
      await page.keyboard.press("Tab");
      const finding = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return null;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        const { top, bottom } = element.getBoundingClientRect();
        const isShown = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
        return isShown && bottom > 0 && top < innerHeight ? null : element.outerHTML.slice(0, 80);
      });
      if (finding !== null) unseen.push(finding);
    }
    expect(unseen).toEqual([]);
    await page.context().close();
  });

  test("keeps its text when the person sets other spacing (1.4.12), and twice the size (1.4.4)", async () => {
    await worlds.full.served.services.host.unlock(withPassphrase());
    const page = await openPage(browser, worlds.full, { viewport: { width: 640, height: 800 } });
    for (const name of ["passkeys", "a passkey with a decision", "devices", "settings"] as const) {
      await SCREENS[name].open(page);
      await page.evaluate(() => {
        document.documentElement.style.fontSize = "200%";
        for (const element of document.querySelectorAll<HTMLElement>("#app *")) {
          element.style.lineHeight = "1.5";
          element.style.letterSpacing = "0.12em";
          element.style.wordSpacing = "0.16em";
        }
      });
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll("#app *")]
          .filter((element) => {
            const { overflow } = getComputedStyle(element);
            const isCutting =
              overflow !== "visible" && !element.matches(".unseen, svg, input, select, textarea");
            return isCutting && element.scrollWidth > element.clientWidth + 1;
          })
          .map((element) => element.outerHTML.slice(0, 80)),
      );
      expect(cut).toEqual([]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
      await page.reload();
      await page.getByRole("navigation").waitFor();
    }
    await page.context().close();
  });
});

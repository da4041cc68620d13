/** A round of adding a device takes longer if the person wants it to: more time once, and another code after the last one (docs/protocol.md § 8). */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { runAxe } from "./run-axe.ts";
import { openPage, PASSPHRASE, type ServedApp, startApp, unlock } from "./served-app.ts";

const MINUTE = 60_000;
const ROUNDS_MS = 120_000;
/** The host looks at its clock each second. */
const TICKS = { timeout: 20_000 };

describe.skipIf(HAS_NO_CHROMIUM)("a round of adding a device", { timeout: ROUNDS_MS }, () => {
  let browser: Browser;
  let desk: ServedApp;
  let page: Page & { readonly complaints: string[] };
  /** What the host's clock is ahead by. */
  let ahead = 0;

  beforeAll(async () => {
    desk = await startApp();
    browser = await launchChromium();
    page = await openPage(browser, desk);
    await unlock(page);
  }, LAUNCH_MS);
  beforeEach(async () => {
    ahead = 0;
    const { clock } = desk.served.services.host.deps;
    const now = clock.now.bind(clock);
    vi.spyOn(clock, "now").mockImplementation(() => now() + ahead);
    await begin();
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(async () => {
    await browser?.close();
    await desk?.close();
  });

  const more = () => page.getByRole("button", { name: "More time" });
  const another = () => page.getByRole("button", { name: "Show another code" });
  const end = () => page.getByText(/This round ends at/);
  const invitation = (): Promise<string> => page.getByLabel("Invitation as text").inputValue();

  async function begin(): Promise<void> {
    await page.getByRole("navigation").getByRole("link", { name: "Passkeys" }).click();
    await page.getByRole("navigation").getByRole("link", { name: "Devices" }).click();
    await page.getByRole("button", { name: "Add a device" }).click();
    const own = page.getByRole("button", { name: "Start a mailbox on this PC" });
    const way = page.getByRole("button", { name: /Show a code for a computer/ });
    await own.or(way).waitFor();
    if (await own.isVisible()) await own.click();
    await way.click();
    await page.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await page.getByRole("button", { name: "Show the code" }).click();
    await page.getByLabel("Invitation as text").waitFor();
  }

  test("takes ten minutes instead of five at the press of a key, once, and says so", async () => {
    const before = await end().innerText();
    expect(await runAxe(page)).toEqual([]);
    await more().press("Enter");
    await page.getByText(/If that is too soon, begin anew after it/).waitFor();
    expect(await end().innerText()).not.toBe(before);
    expect(await end().getAttribute("role")).toBe("status");
    expect(await end().evaluate((text) => text === document.activeElement)).toBe(true);
    expect(await more().count()).toBe(0);
    const shown = await invitation();
    ahead = 6 * MINUTE;
    await expect.poll(invitation, TICKS).not.toBe(shown);
    expect(await page.getByText("LK-PAIR-EXPIRED").count()).toBe(0);
    ahead = 10 * MINUTE;
    await page.getByText("LK-PAIR-EXPIRED").waitFor();
  });

  test("is over after five minutes where nobody asks for more", async () => {
    ahead = 5 * MINUTE;
    await page.getByText("LK-PAIR-EXPIRED").waitFor();
  });

  test("shows five codes more by itself, and then another one when asked to", async () => {
    await more().click();
    for (let renewal = 1; renewal <= 5; renewal++) {
      const shown = await invitation();
      ahead = renewal * MINUTE + 1_000 * renewal;
      await expect.poll(invitation, TICKS).not.toBe(shown);
      expect(await another().count()).toBe(0);
    }
    ahead += MINUTE + 1_000;
    await page.getByText("This is the last code that comes by itself.").waitFor();
    const last = await invitation();
    await another().press("Enter");
    await expect.poll(invitation, TICKS).not.toBe(last);
    await another().waitFor({ state: "detached" });
    expect(desk.faults).toEqual([]);
    expect(page.complaints).toEqual([]);
  });
});

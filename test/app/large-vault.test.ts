/** The list with ten thousand passkeys, given to a real page in the place of a host: what is drawn, what is found. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withPassphrase } from "@latchkey/desktop/test/hosts";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { type ServedApp, startApp } from "./served-app.ts";

const PASSKEYS = 10_000;

const passkey = (number: number) => ({
  id: `id${number}`,
  site: `site${number}.example`,
  user: `ana${number}`,
  displayName: null,
  title: null,
  note: null,
  tags: [],
  favourite: false,
  archived: false,
  state: "live",
  createdAt: "2026-11-22T10:00:00.000Z",
  algorithm: -7,
  deletedOn: null,
  replacedBy: null,
  editedAfterDeletion: [],
  conflicts: [],
});

describe.skipIf(HAS_NO_CHROMIUM)("a list of ten thousand", () => {
  let browser: Browser;
  let world: ServedApp;
  beforeAll(async () => {
    world = await startApp();
    await world.served.services.host.unlock(withPassphrase());
    browser = await launchChromium();
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  test("is drawn in parts, and searched whole", async () => {
    const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    await page.routeWebSocket(/api\/socket/, (socket) => {
      const host = socket.connectToServer();
      host.onMessage((text) => {
        const message = JSON.parse(String(text)) as { readonly type: string };
        const changed = Array.from({ length: PASSKEYS }, (_, number) => passkey(number));
        socket.send(message.type === "vault" ? JSON.stringify({ ...message, whole: true, changed }) : text);
      });
    });
    await page.goto(world.app.makeLink());
    await page.getByText("10,000 passkeys").waitFor();
    expect(await page.locator("a.card").count()).toBe(50);
    await page.getByRole("searchbox").pressSequentially("site9999");
    await page.getByText("1 passkey found").waitFor();
    expect(await page.locator("a.card").allInnerTexts()).toEqual(["S\nsite9999.example\nana9999"]);
    await page.getByRole("searchbox").fill("");
    await page.getByRole("button", { name: "Show 9,950 more" }).click();
    await expect.poll(() => page.locator("a.card").count()).toBe(300);
  });
});

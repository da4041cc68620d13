/** Every screen and state of the app, and how one comes to it, for what looks at all of them. Independent of the language. */
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { PASSPHRASE } from "./served-app.ts";
import type { Worlds } from "./worlds.ts";

export interface OpenScreen {
  /** A machine without a vault, or one with some passkeys, a conflict, a trash and two devices; `met`: with a mailbox, too. */
  readonly on: "empty" | "full" | "met";
  readonly isLocked?: boolean;
  readonly open: (page: Page, worlds: Worlds) => Promise<void>;
}

/** A sample of the formats: four passkeys. */
const IMPORTED = fileURLToPath(
  new URL("../../packages/core/test/vectors/exchange/cxf.json", import.meta.url),
);

const goTo =
  (screen: string) =>
  async (page: Page): Promise<void> => {
    await page.locator("nav").waitFor();
    await page.evaluate((hash) => void (location.hash = hash), `#/${screen}`);
    await page.locator(`.frame-main[data-screen="${screen.split("/")[0]}"] h1`).waitFor();
  };

async function goToCard(page: Page, text: RegExp): Promise<void> {
  await goTo("passkeys")(page);
  await page.locator("input[type=search]").fill("");
  await page.locator("a.card", { hasText: text }).click();
  await page.locator('.frame-main[data-screen="passkey"] h1').waitFor();
  // What is asked for once the screen is there.
  await page.locator(".facts > div").nth(3).waitFor();
}

async function openWay(page: Page, number: number): Promise<void> {
  await page.reload();
  await page.locator(".way").nth(number).click();
  await page.locator(".word-list li").nth(5).waitFor();
}

/** The way of adding a device with this number, after the person is verified. */
async function openAdding(
  page: Page,
  number: number,
  before: () => Promise<void> = async () => {},
): Promise<void> {
  await goTo("devices")(page);
  await goTo("add-device")(page);
  await page.locator(".way").nth(number).click();
  await before();
  await page.locator("input[type=password]").fill(PASSPHRASE);
  await page.keyboard.press("Enter");
}

export const SCREENS = {
  "first run": {
    on: "empty",
    open: async (page) => {
      await page.reload();
      await page.locator(".way").nth(1).waitFor();
    },
  },
  "creating a vault": { on: "empty", open: (page) => openWay(page, 0) },
  "creating a vault, with problems": {
    on: "empty",
    async open(page) {
      await openWay(page, 0);
      await page.locator("input").first().fill("");
      await page.locator("button[type=submit]").click();
      await page.locator("[aria-invalid=true]").nth(1).waitFor();
    },
  },
  "joining a vault": { on: "empty", open: (page) => openWay(page, 1) },
  "restoring a vault": { on: "empty", open: (page) => openWay(page, 2) },
  "joining a vault, its own code": {
    on: "empty",
    async open(page, { origin }) {
      await openWay(page, 1);
      await page.locator("input[type=radio]").nth(2).check();
      await page.locator("input[inputmode=url]").fill(origin);
      await page.locator("input[type=checkbox]").check();
      await page.locator("button[type=submit]").click();
      await page.locator(".qr canvas").waitFor();
    },
  },
  locked: {
    on: "full",
    isLocked: true,
    open: (page) => page.locator(".door input").waitFor(),
  },
  "locked, after a wrong passphrase": {
    on: "full",
    isLocked: true,
    async open(page) {
      await page.locator(".door input").fill("wrong");
      await page.keyboard.press("Enter");
      await page.locator(".problem code").waitFor();
    },
  },
  passkeys: { on: "full", open: goTo("passkeys") },
  "passkeys, nothing found": {
    on: "full",
    async open(page) {
      await goTo("passkeys")(page);
      await page.locator("input[type=search]").fill("nothing has this");
      await page.locator(".empty").waitFor();
    },
  },
  "a passkey": {
    on: "full",
    async open(page) {
      await goToCard(page, /mail/);
      for (const nth of [0, 1]) await page.locator("summary").nth(nth).click();
      await page.locator(".history li").nth(2).waitFor();
    },
  },
  "a passkey with a decision": {
    on: "full",
    async open(page) {
      await goToCard(page, /bank/);
      await page.locator(".conflict").waitFor();
    },
  },
  "renaming a passkey": {
    on: "full",
    async open(page) {
      await goToCard(page, /mail/);
      await page.keyboard.press("F2");
      await page.locator("dialog input").waitFor();
    },
  },
  "the practice site": { on: "full", open: goTo("practice") },
  "the practice site, after signing in": {
    on: "met",
    async open(page) {
      await goTo("practice")(page);
      for (const number of [0, 1]) {
        await page.locator(".frame-main button").nth(number).click();
        await page.locator("dialog input").fill(PASSPHRASE);
        await page.keyboard.press("Enter");
        await page.locator("dialog").waitFor({ state: "detached" });
      }
      await page.locator(".notice .columns").waitFor();
    },
  },
  devices: { on: "full", open: goTo("devices") },
  "a lost device": {
    on: "full",
    async open(page) {
      await goTo("devices")(page);
      await page.locator(".card-acts button").last().click();
      await page.locator("dialog input").waitFor();
    },
  },
  activity: {
    on: "full",
    async open(page) {
      await goTo("activity")(page);
      await page.locator(".history li").first().waitFor();
    },
  },
  "adding a device": { on: "full", open: goTo("add-device") },
  "adding a device, ways": {
    on: "met",
    async open(page) {
      await goTo("devices")(page);
      await goTo("add-device")(page);
      await page.locator(".way").nth(3).waitFor();
    },
  },
  "adding a device, its code": {
    on: "met",
    async open(page) {
      await openAdding(page, 0);
      await page.locator(".qr canvas").waitFor();
    },
  },
  "adding a device, by words": {
    on: "met",
    async open(page) {
      await openAdding(page, 2);
      await page.locator(".big-words").waitFor();
    },
  },
  "adding a phone without https": {
    on: "met",
    async open(page) {
      await goTo("devices")(page);
      await goTo("add-device")(page);
      await page.locator(".way").nth(1).click();
      await page.locator(".choices").waitFor();
    },
  },
  "giving all passkeys": {
    on: "met",
    async open(page, worlds) {
      await openAdding(page, 3, async () => {
        await page.locator(".part input[type=text]").fill(await worlds.showRequest());
        await page.locator(".part button[type=submit]").click();
      });
      await page.locator(".giving input").waitFor();
    },
  },
  sync: { on: "full", open: goTo("sync") },
  trash: { on: "full", open: goTo("trash") },
  settings: { on: "full", open: goTo("settings") },
  "moving in and out": {
    on: "full",
    async open(page) {
      await goTo("moving")(page);
      await page.locator("input[type=radio]").last().check();
      await page.locator(".frame-main input[type=text]").nth(1).waitFor();
    },
  },
  "moving in, the report": {
    on: "full",
    async open(page) {
      await goTo("moving")(page);
      await page.locator("input[type=file]").setInputFiles(IMPORTED);
      await page.locator(".frame-main button[type=submit]").first().click();
      await page.locator(".frame-main h3").first().waitFor();
    },
  },
  "the recovery page": { on: "full", open: goTo("recovery") },
  "a new recovery page": {
    on: "met",
    async open(page) {
      await goTo("recovery")(page);
      await page.locator(".part form button[type=submit]").first().click();
      await page.locator("dialog input").fill(PASSPHRASE);
      await page.keyboard.press("Enter");
      await page.locator(".not-printed .primary").click();
      await page.locator(".paper canvas").nth(1).waitFor();
    },
  },
  "testing the recovery page, with a typing error": {
    on: "met",
    async open(page) {
      await goTo("settings")(page);
      await goTo("recovery")(page);
      await page.locator(".part .field input").first().fill("40007 99999");
      await page.locator("[aria-invalid=true]").waitFor();
    },
  },
  about: { on: "full", open: goTo("about") },
} satisfies Record<string, OpenScreen>;

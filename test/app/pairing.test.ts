/** Two machines, each with the app in a browser, and the mailbox that the one starts: a device is added by picture and by text. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "@latchkey/desktop/test/hosts";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { fillWith, openPage, PASSPHRASE, type ServedApp, startApp, unlock } from "./served-app.ts";

/** Each new device makes its keys as they ship: 256 MiB and a second each time, on a busy machine many more. */
const KEYS_MS = 240_000;

describe.skipIf(HAS_NO_CHROMIUM)("adding a device", { timeout: KEYS_MS }, () => {
  let browser: Browser;
  let desk: ServedApp;
  let deskPage: Page & { readonly complaints: string[] };
  const others: ServedApp[] = [];
  const pages: Page[] = [];

  beforeAll(async () => {
    desk = await startApp(fillWith(["bank.example", "ana"], ["mail.example", "ana"]));
    browser = await launchChromium();
    deskPage = await openPage(browser, desk);
    await unlock(deskPage);
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    for (const other of others) await other.close();
    await desk?.close();
  });

  async function openJoin(name: string): Promise<{ app: ServedApp; page: Page }> {
    const app = await startApp(null);
    others.push(app);
    const page = await openPage(browser, app);
    pages.push(page);
    await page.getByRole("button", { name: /Join a vault/ }).click();
    await page.getByLabel("Name of this PC").fill(name);
    await expect
      .poll(() => page.getByRole("list", { name: "Your passphrase" }).getByRole("listitem").count())
      .toBe(6);
    await page.getByLabel("I have the passphrase in a safe place").check();
    return { app, page };
  }

  async function showInvitation(): Promise<void> {
    await deskPage.getByRole("navigation").getByRole("link", { name: "Devices" }).click();
    await deskPage.getByRole("button", { name: "Add a device" }).click();
    const own = deskPage.getByRole("button", { name: "Start a mailbox on this PC" });
    const verify = deskPage.getByRole("heading", { name: "Is it you?" });
    const way = deskPage.getByRole("button", { name: /Show a code for a computer/ });
    await own.or(way).waitFor();
    if (await own.isVisible()) await own.click();
    await way.click();
    await verify.waitFor();
    await deskPage.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await deskPage.getByRole("button", { name: "Show the code" }).click();
    await deskPage.getByLabel("Invitation as text").waitFor();
  }

  async function openWays(): Promise<void> {
    await deskPage.getByRole("navigation").getByRole("link", { name: "Devices" }).click();
    await deskPage.getByRole("button", { name: "Add a device" }).click();
  }

  async function startAdding(way: RegExp, submit: string): Promise<void> {
    await openWays();
    await deskPage.getByRole("button", { name: way }).click();
    await deskPage.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await deskPage.getByRole("button", { name: submit }).click();
  }

  async function admit(page: Page, name: string): Promise<void> {
    const code = page.locator(".big-code");
    await code.waitFor();
    await deskPage.getByRole("heading", { name: `${name} wants to join` }).waitFor();
    expect(await deskPage.locator(".six-words").innerText()).toBe(
      await page.locator(".six-words").innerText(),
    );
    await deskPage.getByLabel(/six digits/).fill(await code.innerText());
    await deskPage.getByRole("button", { name: "Check the code" }).click();
    await deskPage.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await deskPage.getByRole("button", { name: "Give it the copy" }).click();
    await deskPage.getByRole("heading", { name: `${name} is one of your devices` }).waitFor();
    await page.getByRole("link", { name: /bank.example/ }).waitFor();
  }

  test("by the picture of the code: both show the same words, the digits are typed, the vault is there", async () => {
    const { app, page } = await openJoin("Laptop");
    await showInvitation();
    const [download] = await Promise.all([
      deskPage.waitForEvent("download"),
      deskPage.getByRole("button", { name: "Save as a picture" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("latchkey-code.png");
    await page.getByLabel("Choose a picture of the code").setInputFiles(await download.path());
    await page.getByRole("button", { name: "Join the vault" }).click();
    await admit(page, "Laptop");
    expect((await app.served.services.host.device()).state.document.list()).toHaveLength(2);
  });

  test("by text, with a wrong code before: two tries are left, and the warning is shown", async () => {
    const { page } = await openJoin("Tablet");
    await showInvitation();
    await page
      .getByLabel("Paste the invitation")
      .fill(await deskPage.getByLabel("Invitation as text").inputValue());
    await page.getByRole("button", { name: "Join the vault" }).click();
    const shown = page.locator(".big-code");
    await shown.waitFor();
    const wrong = (await shown.innerText()).startsWith("1") ? "200 000" : "100 000";
    await deskPage.getByLabel(/six digits/).fill(wrong);
    await deskPage.getByRole("button", { name: "Check the code" }).click();
    await deskPage
      .getByText("2 tries left. If somebody told you the code by phone or chat, stop: it is a trick.")
      .waitFor();
    await admit(page, "Tablet");
  });

  test("by a number and two words: nothing is scanned or pasted", async () => {
    await startAdding(/Tell it a number and two words/, "Go on");
    const words = await deskPage.locator(".big-words").innerText();
    await deskPage.getByText(/^This round ends at \d/).waitFor();
    expect(words).toMatch(/^[1-9][0-9]{2,5}-[a-z]+-[a-z]+$/);
    const mailbox = await deskPage.locator(".part strong").innerText();
    const { page } = await openJoin("Notebook");
    await page.getByLabel("A number and two words").check();
    await page.getByLabel("Number and two words", { exact: true }).fill(words.replaceAll("-", " "));
    await page.getByLabel("Address of the vault's mailbox").fill(mailbox);
    await page.getByRole("button", { name: "Join the vault" }).click();
    await admit(page, "Notebook");
  });

  test("with a wrong word is over on both sides, and says so", async () => {
    await startAdding(/Tell it a number and two words/, "Go on");
    const [number = "", first = ""] = (await deskPage.locator(".big-words").innerText()).split("-");
    const { page } = await openJoin("Guess");
    await page.getByLabel("A number and two words").check();
    await page
      .getByLabel("Number and two words", { exact: true })
      .fill([number, first === "zoo" ? "zone" : "zoo", "zoo"].join("-"));
    await page
      .getByLabel("Address of the vault's mailbox")
      .fill(await deskPage.locator(".part strong").innerText());
    await page.getByRole("button", { name: "Join the vault" }).click();
    for (const side of [page, deskPage])
      await side.getByRole("alert").filter({ hasText: "LK-PAIR-WORDS-WRONG" }).waitFor();
  });

  test("by the new device's own code: the screen says to whom all passkeys are given", async () => {
    const { page } = await openJoin("Kitchen");
    await page.getByLabel("Show a code here").check();
    await page
      .getByLabel("Address of the vault's mailbox")
      .fill((await desk.served.services.host.device()).relays()[0]!.origin);
    await page.getByRole("button", { name: "Join the vault" }).click();
    const text = await page.getByLabel("The code as text").inputValue();
    await openWays();
    await deskPage.getByRole("button", { name: /The new device shows a code/ }).click();
    await deskPage.getByLabel("Paste the code's text").fill(text);
    await deskPage.getByRole("button", { name: "Use this code" }).click();
    await deskPage.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await deskPage.getByRole("button", { name: "Go on" }).click();
    await deskPage.getByRole("heading", { name: "You are giving all your passkeys to Kitchen" }).waitFor();
    const box = await deskPage.locator(".giving").boundingBox();
    expect([box?.x, box?.y, box?.width]).toEqual([0, 0, deskPage.viewportSize()?.width]);
    const code = page.locator(".big-code");
    await code.waitFor();
    await deskPage.getByLabel(/six digits/).fill(await code.innerText());
    await deskPage.getByRole("button", { name: "Check the code" }).click();
    await deskPage.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await deskPage.getByRole("button", { name: "Give it the copy" }).click();
    await deskPage.getByRole("heading", { name: "Kitchen is one of your devices" }).waitFor();
    await page.getByRole("link", { name: /bank.example/ }).waitFor();
  });

  test("by its own code is on probation, until the person lets it sign", async () => {
    await deskPage.getByRole("navigation").getByRole("link", { name: "Passkeys" }).click();
    const notice = deskPage.locator(".notice", { hasText: "Kitchen may not sign yet" });
    await notice.getByText(/may sign from/).waitFor();
    await notice.getByRole("button", { name: "Let it sign" }).click();
    const dialog = deskPage.getByRole("dialog");
    await dialog.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await dialog.getByRole("button", { name: "Let it sign" }).click();
    await notice.waitFor({ state: "detached" });
  });

  test("takes no code of a new device from a link, nor where an invitation belongs", async () => {
    const address = `http://localhost:${desk.app.port}/#latchkey-join:AAAA`;
    await deskPage.goto(address);
    await deskPage.reload();
    await deskPage.getByRole("navigation").waitFor();
    expect(await deskPage.getByRole("heading", { level: 1 }).innerText()).toBe("Passkeys");
  });

  test("shows no phone a code that it cannot use: without https it says so and offers the choices", async () => {
    await deskPage.getByRole("navigation").getByRole("link", { name: "Devices" }).click();
    await deskPage.getByRole("button", { name: "Add a device" }).click();
    await deskPage.getByRole("button", { name: /Add a phone/ }).click();
    await deskPage.getByRole("heading", { name: "A phone needs a mailbox with https" }).waitFor();
    expect(await deskPage.locator(".choices li").count()).toBe(3);
    expect(await deskPage.locator(".qr").count()).toBe(0);
  });

  test("is told to the devices that did not do it, until the person says that it is known", async () => {
    const [laptopPage] = pages as [Page];
    for (const name of ["Tablet", "Notebook", "Kitchen"]) {
      const notice = laptopPage.locator(".notice", { hasText: `${name} is a new device of this vault` });
      await notice.getByRole("button", { name: "I know this device" }).click();
    }
    await laptopPage.reload();
    await laptopPage.getByRole("link", { name: /bank.example/ }).waitFor();
    expect(await laptopPage.getByText("is a new device of this vault").count()).toBe(0);
    expect(await deskPage.getByText("is a new device of this vault").count()).toBe(0);
  });

  test("is not begun with a wrong passphrase", async () => {
    await deskPage.getByRole("navigation").getByRole("link", { name: "Devices" }).click();
    await deskPage.getByRole("button", { name: "Add a device" }).click();
    await deskPage.getByRole("button", { name: /Show a code for a computer/ }).click();
    await deskPage.getByLabel(/^Passphrase$/).fill("wrong");
    await deskPage.getByRole("button", { name: "Show the code" }).click();
    await deskPage.getByRole("alert").filter({ hasText: "LK-KEY-PASSPHRASE-WRONG" }).waitFor();
  });

  test("made the mailbox one that all of them use: an edit here comes there by itself", async () => {
    const [laptop] = others;
    await deskPage.getByRole("navigation").getByRole("link", { name: "Passkeys" }).click();
    await deskPage.getByRole("link", { name: /mail.example/ }).click();
    await deskPage.getByRole("button", { name: "Rename" }).click();
    await deskPage.getByLabel("name", { exact: true }).fill("Our mail");
    await deskPage.getByRole("button", { name: "Save the name" }).click();
    await until(async () =>
      (await laptop!.served.services.host.device()).state.document
        .list()
        .some(({ title }) => title === "Our mail"),
    );
    expect(deskPage.complaints).toEqual([]);
    expect([desk, ...others].flatMap(({ faults }) => faults)).toEqual([]);
  });
});

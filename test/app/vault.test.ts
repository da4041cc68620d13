/** The app on a vault that is there, in a real browser: unlocking, the list, one passkey, conflicts, trash, changes that come from elsewhere. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { editPasskey, deletePasskey } from "@latchkey/core/device/passkey-acts";
import type { PasskeyId } from "@latchkey/core/vault/schema";
import { until } from "@latchkey/desktop/test/hosts";
import { exchange, LiveDevice } from "../scenario/live-device.ts";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { fillWith, openPage, PASSPHRASE, type ServedApp, startApp, unlock } from "./served-app.ts";

type AppPage = Page & { readonly complaints: string[] };

describe.skipIf(HAS_NO_CHROMIUM)("the app", () => {
  let browser: Browser;
  let world: ServedApp;
  let page: AppPage;
  let laptop: LiveDevice;
  const SITES = ["bank.example", "forum.example", "mail.example", "shop.example", "wiki.example"] as const;

  const idOf = (site: string): PasskeyId => {
    const found = laptop.document.list().find(({ record }) => record?.rpId === site);
    if (found === undefined) throw new Error(`no passkey for ${site}`);
    return found.id;
  };
  const device = () => world.served.services.host.device();
  /** What the laptop did comes to this device, as from a relay. */
  const receiveFromLaptop = async () => (await device()).receive(await laptop.readEntries());

  beforeAll(async () => {
    world = await startApp(async (desk, folder) => {
      await fillWith(...SITES.map((site) => [site, `ana@${site}`] as const))(desk);
      laptop = await desk.pair(`${folder}/laptop.latchkey`, "Ana's laptop");
      await exchange(desk, laptop);
      for (const [on, title] of [
        [desk, "The bank"],
        [laptop, "Savings"],
      ] as const)
        await editPasskey(on.device, idOf("bank.example"), "title", title);
      await deletePasskey(desk.device, idOf("wiki.example"));
      await editPasskey(laptop.device, idOf("wiki.example"), "title", "Club wiki");
      await exchange(desk, laptop);
    });
    browser = await launchChromium();
    page = await openPage(browser, world);
    await unlock(page);
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    await laptop?.close();
    await world?.close();
  });
  beforeEach(async () => {
    await page.evaluate(() => void (location.hash = "#/passkeys"));
    await page.getByRole("heading", { name: "Passkeys", level: 1 }).waitFor();
  });

  const cards = () => page.locator("a.card");
  const open = (name: string | RegExp) => page.getByRole("link", { name }).click();

  test("lists the passkeys by name, without those in the trash", async () => {
    expect(await cards().count()).toBe(4);
    expect(await page.locator("body").innerText()).not.toContain("wiki.example");
    expect(await page.title()).toBe("Latchkey – Open");
  });

  test("searches as one types, from the key / on, in names and accounts", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("ana@mail");
    await expect.poll(() => cards().count()).toBe(1);
    expect(await page.getByRole("status").filter({ hasText: "found" }).innerText()).toBe("1 passkey found");
    await page.keyboard.type("nothing has this");
    await page.getByText("No passkey fits that search.").waitFor();
    await page.getByRole("button", { name: "Clear the search" }).click();
    await expect.poll(() => cards().count()).toBe(4);
    expect(await page.getByRole("searchbox").evaluate((field) => field === document.activeElement)).toBe(
      true,
    );
  });

  test("renames by keyboard: arrow, Enter, F2, the name, Enter; the vault has it", async () => {
    await cards().first().focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "Enter"])
      await page.keyboard.press(key);
    await page.getByRole("heading", { level: 1, name: "forum.example" }).waitFor();
    await page.keyboard.press("F2");
    await page.getByRole("dialog", { name: "Rename this passkey" }).waitFor();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("Garden forum");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Garden forum" }).waitFor();
    expect((await device()).state.document.get(idOf("forum.example"))?.title).toBe("Garden forum");
  });

  test("closes a dialog with Escape and gives the focus back", async () => {
    await open(/mail.example/);
    const rename = page.getByRole("button", { name: "Rename" });
    await rename.click();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    await expect.poll(() => rename.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  test("keeps a note of several lines, tags and a favourite", async () => {
    await open(/mail.example/);
    await page.getByRole("button", { name: "Edit the note" }).click();
    await page.getByRole("textbox", { name: "Note" }).fill("one line\nand another");
    await page.getByRole("button", { name: "Save the note" }).click();
    await page.getByText("and another").waitFor();
    await page.getByRole("button", { name: "Add a tag" }).click();
    await page.getByLabel("New tag").fill("family");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Remove the tag family" }).waitFor();
    await page.getByRole("button", { name: "Add to favourites" }).click();
    await page.getByRole("button", { name: "Remove from favourites" }).waitFor();
    expect((await device()).state.document.get(idOf("mail.example"))).toMatchObject({
      note: "one line\nand another",
      tags: ["family"],
      favourite: true,
    });
    await page.getByRole("button", { name: "Remove the tag family" }).click();
    await page.getByText("No tags yet.").waitFor();
  });

  test("shows both values of a field that two devices changed, and takes the one that is chosen", async () => {
    await page.getByText("1 passkey was changed on two devices at once.").waitFor();
    await page.getByRole("link", { name: "Show the decision" }).click();
    const choice = page.getByRole("group", { name: "Two devices changed the name" });
    expect(await choice.getByRole("radio").count()).toBe(2);
    expect(await choice.innerText()).toContain("from Ana's laptop");
    const offered = (await device()).state.document.get(idOf("bank.example"))?.offered[0]?.value as string;
    await choice.getByRole("radio", { name: offered }).check();
    await choice.getByRole("button", { name: "Use this value" }).click();
    await page.getByRole("heading", { level: 1, name: offered }).waitFor();
    expect(await page.getByRole("radio").count()).toBe(0);
    expect((await device()).state.document.get(idOf("bank.example"))).toMatchObject({
      title: offered,
      offered: [],
    });
  });

  test("moves a passkey to the trash after saying what that means, and restores it", async () => {
    await open(/shop.example/);
    await page.getByRole("button", { name: "Move to trash" }).click();
    const dialog = page.getByRole("dialog", { name: "Move shop.example to the trash?" });
    expect(await dialog.innerText()).toContain("until you restore it");
    await dialog.getByRole("button", { name: "Move to trash" }).click();
    await page.getByRole("heading", { name: /In the trash since/ }).waitFor();
    expect((await device()).state.document.get(idOf("shop.example"))?.state).toBe("deleted");
    await page.getByRole("navigation").getByRole("link", { name: "Trash" }).click();
    await page.getByRole("button", { name: "Restore : shop.example" }).click();
    await expect.poll(() => page.getByText("shop.example").count()).toBe(0);
    expect((await device()).state.document.get(idOf("shop.example"))?.state).toBe("live");
  });

  test("says of a deleted passkey that another device changed it since", async () => {
    await page.getByRole("navigation").getByRole("link", { name: "Trash" }).click();
    await page.getByText("Ana's laptop changed the name after it was deleted.").waitFor();
    expect(await page.getByRole("button", { name: /Restore with the change/ }).count()).toBe(1);
  });

  test("tells a passkey's history with the device of each change, and takes an earlier value back", async () => {
    await open(/shop.example/);
    for (const title of ["Corner shop", "Shop around the corner"]) {
      await page.getByRole("button", { name: "Rename" }).click();
      await page.getByLabel("name", { exact: true }).fill(title);
      await page.getByRole("button", { name: "Save the name" }).click();
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
    }
    await page.getByText("History", { exact: true }).click();
    const line = page.getByRole("listitem").filter({ hasText: "Set the name to “Corner shop”" });
    expect(await line.innerText()).toContain("by Desk");
    await line.getByRole("button", { name: "Take this value back" }).click();
    await page.getByRole("heading", { level: 1, name: "Corner shop" }).waitFor();
    await page.getByText("2 of 2 devices").or(page.getByText("Only on this PC")).waitFor();
  });

  test("follows live what another device does", async () => {
    await editPasskey(laptop.device, idOf("mail.example"), "title", "Mail from the laptop");
    await receiveFromLaptop();
    await page.getByRole("link", { name: /Mail from the laptop/ }).waitFor();
  });

  test("names the devices, and this one among them", async () => {
    await page.getByRole("navigation").getByRole("link", { name: "Devices" }).click();
    await page.getByText("Ana's laptop", { exact: true }).waitFor();
    expect(await page.getByRole("listitem").filter({ hasText: "this PC" }).innerText()).toContain("Desk");
  });

  test("renames a device, and removes a lost one after saying what that cannot do", async () => {
    await page.getByRole("navigation").getByRole("link", { name: "Devices" }).click();
    await page.getByRole("button", { name: "Rename : Desk" }).click();
    await page.getByLabel("Name of the device").fill("Desk upstairs");
    await page.getByRole("button", { name: "Save the name" }).click();
    await page.getByText("Desk upstairs", { exact: true }).waitFor();
    await page.getByRole("button", { name: "I lost this device : Ana's laptop" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove Ana's laptop?" });
    expect(await dialog.innerText()).toContain("removing it here cannot erase them there");
    await dialog.getByLabel(/^Passphrase$/).fill("wrong");
    await dialog.getByRole("button", { name: "Remove the device" }).click();
    await dialog.getByText("LK-KEY-PASSPHRASE-WRONG").waitFor();
    await dialog.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await dialog.getByRole("button", { name: "Remove the device" }).click();
    await page.getByRole("heading", { level: 1, name: "Ana's laptop is removed" }).waitFor();
    expect(await page.getByRole("main").innerText()).toContain("It may still hold these 4 passkeys.");
    await page.getByRole("button", { name: "Back to the devices" }).click();
    await expect.poll(() => page.getByText("Ana's laptop", { exact: true }).count()).toBe(0);
    expect((await device()).state.members.size).toBe(1);
  });

  test("stays open over a reload, with nothing left in the tab's storage", async () => {
    await page.reload();
    await page.getByRole("navigation").waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    expect(await page.evaluate(() => location.hash)).not.toContain("launch");
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toMatch(/bank|"[\w-]{22}"/);
  });

  test("shows nothing of the vault once it is locked, and everything again after", async () => {
    await page.getByRole("button", { name: "Lock now" }).click();
    await page.getByRole("heading", { name: "The vault is locked" }).waitFor();
    expect(await page.content()).not.toContain("example");
    await expect.poll(() => page.title()).toBe("Latchkey – Locked");
    expect(world.served.phase).toBe("locked");
    await page.getByLabel(/^Passphrase$/).fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByText("That passphrase does not open this vault.").waitFor();
    expect(await page.getByLabel(/^Passphrase$/).getAttribute("aria-invalid")).toBe("true");
    await unlock(page, PASSPHRASE);
    await expect.poll(() => cards().count()).toBe(4);
  });

  test("locks by itself when nobody touches it", async () => {
    const other = await openPage(browser, world);
    await other.getByRole("navigation").waitFor();
    await other.clock.install();
    await other.reload();
    await other.getByRole("navigation").waitFor();
    await other.clock.runFor("09:00");
    expect(world.served.phase).toBe("open");
    await other.keyboard.press("Shift");
    await other.clock.runFor("09:00");
    expect(world.served.phase).toBe("open");
    await other.clock.runFor("02:00");
    await until(() => world.served.phase === "locked");
    await other.context().close();
    await unlock(page);
  });

  test("does not lock while the person is busy in another tab", async () => {
    const first = await openPage(browser, world);
    await first.getByRole("navigation").waitFor();
    await first.clock.install();
    await first.reload();
    await first.getByRole("navigation").waitFor();
    const second = await first.context().newPage();
    await second.goto(world.app.makeLink());
    await second.getByRole("navigation").waitFor();
    const seen = first.evaluate(
      () =>
        new Promise((resolve) => new BroadcastChannel("latchkey-life").addEventListener("message", resolve)),
    );
    await first.clock.runFor("09:00");
    await second.keyboard.press("Shift");
    await seen;
    await first.clock.runFor("09:00");
    expect(world.served.phase).toBe("open");
    await first.context().close();
  });

  test("asked nobody but its own host for anything, and the browser complained of nothing", () => {
    expect(page.complaints).toEqual([]);
    expect(world.faults).toEqual([]);
  });
});

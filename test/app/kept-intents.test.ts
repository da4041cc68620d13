/** What is wanted while no mailbox can be reached, in the app: calmly said to wait, listed, and taken back (docs/protocol.md § 6). */
import type { Browser, Page } from "playwright-core";
import { deletePasskey } from "@latchkey/core/device/passkey-acts";
import { putRelay } from "@latchkey/core/device/relay-settings";
import { parseRelayAddress } from "@latchkey/core/relay-protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exchange, type LiveDevice } from "../scenario/live-device.ts";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { runAxe } from "./run-axe.ts";
import { fillWith, openPage, PASSPHRASE, type ServedApp, startApp, unlock } from "./served-app.ts";

/** Contact is looked for half a minute. */
const WAIT = { timeout: 90_000 };

describe.skipIf(HAS_NO_CHROMIUM)("without contact", { timeout: 180_000 }, () => {
  let browser: Browser;
  let desk: ServedApp;
  let laptop: LiveDevice;
  let page: Page & { readonly complaints: string[] };

  beforeAll(async () => {
    desk = await startApp(async (made, folder) => {
      await fillWith(["bank.example", "ana"])(made);
      laptop = await made.pair(`${folder}/laptop.latchkey`, "Laptop");
      await exchange(made, laptop);
      await deletePasskey(made.device, made.document.list()[0]!.id);
      // Nobody listens there.
      await made.device.act(() => [putRelay(parseRelayAddress("http://127.0.0.1:9"))]);
    });
    browser = await launchChromium();
    page = await openPage(browser, desk);
    await unlock(page);
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    await laptop?.close();
    await desk?.close();
  });

  const go = (name: string): Promise<void> =>
    page.getByRole("navigation").getByRole("link", { name }).click();
  const notice = () => page.getByRole("status").filter({ hasText: "Waiting for contact with a mailbox" });

  async function confirm(submit: string): Promise<void> {
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await dialog.getByRole("button", { name: submit }).click();
    await dialog.waitFor({ state: "detached", ...WAIT });
  }

  test("the removal of a device waits, without an alarm, and is taken back by keyboard", async () => {
    await go("Devices");
    expect(await notice().count()).toBe(0);
    await page.getByRole("button", { name: "I lost this device : Laptop" }).click();
    await confirm("Remove the device");
    await notice().getByText("Remove Laptop", { exact: true }).waitFor();
    await notice().getByText("This has not happened yet.").waitFor();
    expect(await page.getByText("LK-EPOCH-INTENDED").count()).toBe(0);
    expect(await page.getByRole("button", { name: "I lost this device : Laptop" }).count()).toBe(1);
    expect(await runAxe(page)).toEqual([]);
    await notice().getByRole("button", { name: "Take it back : Remove Laptop" }).press("Enter");
    await notice().waitFor({ state: "detached" });
  });

  test("a passkey that is erased for good waits in the trash, and says so there", async () => {
    await go("Trash");
    await page.getByRole("button", { name: /Erase for good/ }).click();
    await confirm("Erase for good");
    await notice().getByText("Erase the passkey of ana for bank.example", { exact: true }).waitFor();
    await page.getByRole("link", { name: "bank.example" }).waitFor();
    await notice()
      .getByRole("button", { name: /Take it back/ })
      .click();
    await notice().waitFor({ state: "detached" });
    expect(page.complaints).toEqual([]);
    expect(desk.faults).toEqual([]);
  });
});

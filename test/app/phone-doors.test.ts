/** A phone without a camera: words that the desktop shows, and a code that the phone shows. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditPage } from "./audit-page.ts";
import { HAS_NO_CHROMIUM, LAUNCH_MS } from "./chromium.ts";
import { PHONE_WORDS } from "@latchkey/mobile-pairing/words/phone-words";
import {
  addAuthenticator,
  admit,
  nameThePhone,
  type PhoneRig,
  readShownCode,
  showInvitation,
  startPhoneRig,
} from "./phone-rig.ts";
import { runAxe } from "./run-axe.ts";
import { fillWith, PASSPHRASE } from "./served-app.ts";

describe.skipIf(HAS_NO_CHROMIUM)("a phone without a camera", () => {
  let rig: PhoneRig;

  beforeAll(async () => {
    rig = await startPhoneRig(fillWith(["bank.example", "ana"]));
  }, LAUNCH_MS);
  afterAll(async () => {
    await rig?.close();
  });

  async function openOtherWays(name: string) {
    const phone = await rig.openPhone();
    await nameThePhone(phone, name);
    await phone.getByRole("button", { name: "Without a camera or a code" }).click();
    await phone.getByLabel("Address of the vault's mailbox").fill(rig.relay.origin);
    return phone;
  }
  async function beginOnDesk(way: RegExp): Promise<void> {
    await rig.deskPage.getByRole("navigation").getByRole("link", { name: "Devices" }).click();
    await rig.deskPage.getByRole("button", { name: "Add a device" }).click();
    await rig.deskPage.getByRole("button", { name: way }).click();
  }

  /** From the warning on the desktop to the end of the round. */
  async function admitGiven(name: string, phone: Page): Promise<void> {
    const { deskPage } = rig;
    await deskPage.getByRole("heading", { name: `You are giving all your passkeys to ${name}` }).waitFor();
    await phone.locator(".big-code").waitFor();
    await deskPage.getByLabel(/six digits/).fill(await phone.locator(".big-code").innerText());
    await deskPage.getByRole("button", { name: "Check the code" }).click();
    await deskPage.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await deskPage.getByRole("button", { name: "Give it the copy" }).click();
    await deskPage.getByRole("heading", { name: `${name} is one of your devices` }).waitFor();
  }

  test.each([
    ["en", { locale: "en-GB", colorScheme: "light" }],
    ["de", { locale: "de-DE", colorScheme: "dark", viewport: { width: 320, height: 640 } }],
  ] as const)("has screens in which axe finds nothing, in %s", async (language, options) => {
    const words = PHONE_WORDS[language];
    const phone = await rig.openPhone(options);
    // Of its own lock: no further session may be attached, so axe comes alone.
    await addAuthenticator(phone);
    const go = (name: string): Promise<void> => phone.getByRole("button", { name }).click();
    const found: string[] = [];
    const look = async (heading: string): Promise<void> => {
      await phone.getByRole("heading", { name: heading }).waitFor();
      found.push(...(await runAxe(phone)));
    };
    await look(words.start.title);
    await go(words.start.begin);
    await look(words.name.title);
    await go(words.name.next);
    await look(words.bring.title);
    await go(words.bring.other);
    await look(words.bring.otherTitle);
    await phone.context().close();
    expect(found).toEqual([]);
  });

  test("joins by a number and two words", async () => {
    const { deskPage } = rig;
    await beginOnDesk(/Tell it a number and two words/);
    await deskPage.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await deskPage.getByRole("button", { name: "Go on" }).click();
    const words = await deskPage.locator(".big-words").innerText();
    const phone = await openOtherWays("By words");
    expect(await auditPage(phone)).toEqual([]);
    await phone.getByLabel("Number and two words", { exact: true }).fill(words);
    await phone.getByRole("button", { name: "Join the vault" }).click();
    await admit(deskPage, phone, "By words");
    await phone.getByRole("link", { name: /bank.example/ }).waitFor();
    await phone.context().close();
  });

  test("shows its own code, which the desktop takes after it has asked", async () => {
    const { deskPage } = rig;
    const phone = await openOtherWays("By its code");
    await phone.getByLabel("Show a code here").check();
    await phone.getByRole("button", { name: "Join the vault" }).click();
    const text = await phone.getByLabel("The code as text").inputValue();
    expect(await auditPage(phone)).toEqual([]);
    await beginOnDesk(/The new device shows a code/);
    await deskPage.getByLabel("Paste the code's text").fill(text);
    await deskPage.getByRole("button", { name: "Use this code" }).click();
    await deskPage.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await deskPage.getByRole("button", { name: "Go on" }).click();
    await admitGiven("By its code", phone);
    await phone.getByRole("link", { name: /bank.example/ }).waitFor();
    expect(rig.desk.faults).toEqual([]);
    await phone.context().close();
  });

  test("holds its own code before the desktop's camera", async () => {
    const { deskPage } = rig;
    const phone = await openOtherWays("By the camera");
    await phone.getByLabel("Show a code here").check();
    await phone.getByRole("button", { name: "Join the vault" }).click();
    await phone.getByLabel("The code as text").waitFor();
    rig.setCamera(await readShownCode(phone));
    await beginOnDesk(/The new device shows a code/);
    await deskPage.getByRole("button", { name: "Use the camera" }).click();
    await deskPage.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await deskPage.getByRole("button", { name: "Go on" }).click();
    await admitGiven("By the camera", phone);
    await phone.getByRole("link", { name: /bank.example/ }).waitFor();
    expect(deskPage.complaints).toEqual([]);
    await phone.context().close();
  });

  test("shows the desktop's camera what is no code of a new device: refused, and nothing is opened", async () => {
    const { deskPage } = rig;
    await showInvitation(rig);
    rig.setCamera(await readShownCode(deskPage));
    await beginOnDesk(/The new device shows a code/);
    await deskPage.getByRole("button", { name: "Use the camera" }).click();
    await deskPage.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
    await deskPage.getByRole("button", { name: "Go on" }).click();
    await deskPage.getByRole("alert").filter({ hasText: "LK-PAIR-MALFORMED" }).waitFor();
  });

  test("is read in another way where the desktop's camera is stopped or not allowed", async () => {
    const { deskPage } = rig;
    rig.setCamera(null);
    const camera = deskPage.getByRole("button", { name: "Use the camera" });
    const stop = deskPage.getByRole("button", { name: "Stop the camera" });
    await beginOnDesk(/The new device shows a code/);
    await camera.press("Enter");
    await deskPage.getByText("Looking for the code").waitFor();
    expect(await runAxe(deskPage)).toEqual([]);
    expect(await stop.evaluate((button) => button === document.activeElement)).toBe(true);
    await deskPage.keyboard.press("Enter");
    await camera.waitFor();
    await deskPage.context().clearPermissions();
    await camera.click();
    await deskPage.getByRole("alert").filter({ hasText: "The camera was not allowed." }).waitFor();
    await deskPage.getByLabel("Paste the code's text").waitFor();
  });
});

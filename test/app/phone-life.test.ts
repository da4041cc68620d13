/** What a phone goes through after it was added: its own lock, the browser's cleaning, another version, another tab, a reload. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealBuild } from "@latchkey/mobile-pairing/seal-build";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditPage } from "./audit-page.ts";
import { HAS_NO_CHROMIUM, LAUNCH_MS } from "./chromium.ts";
import {
  addAuthenticator,
  addPhone,
  chooseOwnPassphrase,
  type PhoneRig,
  startPhoneRig,
} from "./phone-rig.ts";
import { fillWith } from "./served-app.ts";

describe.skipIf(HAS_NO_CHROMIUM)("a phone that was added", () => {
  let rig: PhoneRig;
  let phone: Page & { readonly complaints: string[] };
  let device: Awaited<ReturnType<typeof addAuthenticator>>;

  beforeAll(async () => {
    rig = await startPhoneRig(fillWith(["bank.example", "ana"]));
  }, LAUNCH_MS);
  afterAll(async () => {
    await rig?.close();
  });

  const list = async (): Promise<void> => {
    await phone.getByRole("navigation").getByRole("link", { name: "Passkeys" }).click();
    await phone.getByRole("link", { name: /bank.example/ }).waitFor();
  };
  const open = () => phone.getByRole("button", { name: "Open the vault" });

  test("is opened by its own lock, and again after a reload", async () => {
    phone = await rig.openPhone();
    device = await addAuthenticator(phone);
    await addPhone(rig, phone, "Ana's phone");
    await open().click();
    await list();
    await phone.getByRole("button", { name: "Lock now" }).click();
    await open().click();
    await list();
    await phone.reload();
    await open().click();
    await list();
  });

  test("verifies the person for an act that wants it, without a passphrase's field", async () => {
    await phone.getByRole("navigation").getByRole("link", { name: "Devices" }).click();
    await phone.getByRole("button", { name: "Add a device" }).click();
    await phone.getByRole("button", { name: /Tell it a number/ }).click();
    await phone.getByText("Your device will ask for your finger, face or PIN.").waitFor();
    expect(await phone.getByLabel(/^Passphrase$/).count()).toBe(0);
    await phone.getByRole("button", { name: "Go on" }).click();
    expect(await phone.locator(".big-words").innerText()).toMatch(/^\d+-[a-z]+-[a-z]+$/);
  });

  test("is not opened by an answer that does not say that the person was verified", async () => {
    const { session, authenticatorId } = device;
    await phone.getByRole("button", { name: "Lock now" }).click();
    await session.send("WebAuthn.setResponseOverrideBits", { authenticatorId, isBadUV: true });
    await open().click();
    await phone.getByRole("alert").filter({ hasText: "LK-AUTH-DENIED" }).waitFor();
    await session.send("WebAuthn.setResponseOverrideBits", { authenticatorId, isBadUV: false });
    await open().click();
    await list();
  });

  test("holds the vault in one tab at a time", async () => {
    const other = await phone.context().newPage();
    await other.goto(rig.site.address);
    await other.getByRole("heading", { name: "Latchkey is open in another tab" }).waitFor();
    expect(await auditPage(other)).toEqual([]);
    await other.close();
  });

  test("takes a new version over when the person says so, and not before", async () => {
    await phone.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    const newer = mkdtempSync(join(tmpdir(), "latchkey-newer-"));
    cpSync(rig.site.folder, newer, { recursive: true });
    const page = join(newer, "index.html");
    writeFileSync(
      page,
      readFileSync(page, "utf8").replace(
        "<title>Latchkey",
        '<meta name="edition" content="newer" /><title>Latchkey',
      ),
    );
    await sealBuild(newer);
    const older = rig.site.folder;
    rig.site.folder = newer;
    const edition = () => phone.locator('meta[name="edition"]').count();
    await phone.evaluate(async () => {
      await (await navigator.serviceWorker.getRegistration())?.update();
    });
    const take = phone.getByRole("button", { name: "Load it now" });
    await take.waitFor();
    await phone.reload();
    expect(await edition()).toBe(0);
    await take.click();
    await open().waitFor();
    await expect.poll(edition, { timeout: 10_000 }).toBe(1);
    rig.site.folder = older;
    rmSync(newer, { recursive: true, force: true });
  });

  test("says so when the browser cleared its copy, and is added anew", async () => {
    await open().click();
    await list();
    await device.session.send("Storage.clearDataForOrigin", {
      origin: new URL(rig.site.address).origin,
      storageTypes: "indexeddb",
    });
    await phone.getByRole("heading", { name: "This phone lost its copy" }).waitFor();
    await phone.getByText("Your vault is safe on 1 other device.").waitFor();
    // Ends the authenticator of the page, as every further CDP session does when it is detached.
    expect(await auditPage(phone)).toEqual([]);
    await phone.reload();
    device = await addAuthenticator(phone);
    await phone.getByRole("button", { name: "Add this phone again" }).click();
    await addPhone(rig, phone, "The phone again");
    await open().click();
    await list();
  });

  test("can be used before Automerge has arrived", async () => {
    const context = await rig.browser.newContext({ locale: "de-DE" });
    const asked: string[] = [];
    await context.route(/\.wasm$/, (route) => void asked.push(route.request().url()));
    const page = await context.newPage();
    await page.goto(rig.site.address);
    await expect.poll(() => asked.length).toBe(1);
    await page.getByRole("button", { name: "Dieses Handy hinzufügen" }).click();
    await page.getByLabel("Name dieses Handys").fill("Anas Handy");
    expect(await auditPage(page)).toEqual([]);
    await context.close();
  });

  test("with a lock that has no PRF is told so, and takes a passphrase", async () => {
    const other = await rig.openPhone();
    await addAuthenticator(other, false);
    await other.getByRole("button", { name: "Add this phone" }).click();
    await other.getByRole("button", { name: "Go on" }).click();
    await other.getByText("Choose a passphrase.").waitFor();
    await chooseOwnPassphrase(other);
    await other.getByRole("button", { name: "Go on" }).click();
    await other.getByRole("button", { name: "Scan the code" }).waitFor();
    await other.context().close();
  });
});

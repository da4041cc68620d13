/** What a phone is refused and told, and what stays of a pairing that was broken off: nothing. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { auditPage } from "./audit-page.ts";
import { HAS_NO_CHROMIUM, LAUNCH_MS } from "./chromium.ts";
import { addPhone, admit, nameThePhone, type PhoneRig, showInvitation, startPhoneRig } from "./phone-rig.ts";
import { fillWith } from "./served-app.ts";

describe.skipIf(HAS_NO_CHROMIUM)("a phone that wants to join", () => {
  let rig: PhoneRig;
  const phones: Page[] = [];

  beforeAll(async () => {
    rig = await startPhoneRig(fillWith(["bank.example", "ana"]));
  }, LAUNCH_MS);
  afterEach(async () => {
    for (const page of phones.splice(0)) await page.context().close();
  });
  afterAll(async () => {
    await rig?.close();
  });

  async function openPhone(options: Parameters<PhoneRig["openPhone"]>[0] = {}): Promise<Page> {
    const page = await rig.openPhone(options);
    phones.push(page);
    return page;
  }
  const invitation = (): Promise<string> => rig.deskPage.getByLabel("Invitation as text").inputValue();
  async function paste(page: Page, text: string): Promise<void> {
    await page.getByLabel("Or paste the invitation").fill(text);
    await page.getByRole("button", { name: "Join with this text" }).click();
  }
  const refused = (page: Page, code: string): Promise<void> =>
    page.getByRole("alert").filter({ hasText: code }).waitFor();
  const hasCopy = (page: Page): Promise<boolean> =>
    page.evaluate(async () => (await indexedDB.databases()).some(({ name }) => name === "latchkey-vault"));

  test("is shown what to do where there is no camera, and where it is not allowed", async () => {
    const page = await openPhone({ permissions: [] });
    expect(await auditPage(page)).toEqual([]);
    await nameThePhone(page, "Phone");
    await page.getByRole("button", { name: "Scan the code" }).click();
    await page.getByText("The camera was not allowed.").waitFor();
    expect(await auditPage(page)).toEqual([]);
  });

  test("joins by a picture of the code, and is told when a picture has none", async () => {
    const page = await openPhone();
    await nameThePhone(page, "By picture");
    const blank = Buffer.from(
      await page.evaluate(() => document.createElement("canvas").toDataURL("image/png").split(",")[1] ?? ""),
      "base64",
    );
    const field = page.getByLabel("Choose a picture of the code");
    await field.setInputFiles({ name: "blank.png", mimeType: "image/png", buffer: blank });
    await page.getByText("There is no code in this picture that can be read.").waitFor();
    await showInvitation(rig);
    const [download] = await Promise.all([
      rig.deskPage.waitForEvent("download"),
      rig.deskPage.getByRole("button", { name: "Save as a picture" }).click(),
    ]);
    await field.setInputFiles(await download.path());
    await admit(rig.deskPage, page, "By picture");
    await page.getByRole("link", { name: /bank.example/ }).waitFor();
  });

  test("is told by the page that the camera's own app opened to scan inside of the app; the invitation is not used up", async () => {
    await showInvitation(rig);
    const text = await invitation();
    const page = await openPhone();
    await page.goto(text);
    await page.getByRole("heading", { name: "This code is read inside of Latchkey" }).waitFor();
    expect(new URL(page.url()).hash).toBe("");
    await nameThePhone(page, "Phone");
    await paste(page, text);
    await page.locator(".big-code").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await refused(page, "LK-PAIR-CANCELLED");
    await refused(rig.deskPage, "LK-PAIR-CANCELLED");
  });

  test("whose code was typed wrong three times is not added, and both are told", async () => {
    const page = await openPhone();
    await nameThePhone(page, "Phone");
    await showInvitation(rig);
    await paste(page, await invitation());
    const shown = await page.locator(".big-code").innerText();
    const wrong = shown.startsWith("1") ? "200 000" : "100 000";
    for (const left of ["2 tries left", "1 try left", null]) {
      await rig.deskPage.getByLabel(/six digits/).fill(wrong);
      await rig.deskPage.getByRole("button", { name: "Check the code" }).click();
      if (left !== null) await rig.deskPage.getByText(left).waitFor();
    }
    await refused(rig.deskPage, "LK-PAIR-CODE-LIMIT");
    await refused(page, "LK-PAIR-CODE-LIMIT");
    expect(await auditPage(page)).toEqual([]);
    expect(await hasCopy(page)).toBe(false);
  });

  test("comes second to one that scanned the same code, and neither is added", async () => {
    const [first, second] = [await openPhone(), await openPhone()];
    await nameThePhone(first, "First");
    await nameThePhone(second, "Second");
    await showInvitation(rig);
    const text = await invitation();
    await paste(first, text);
    await first.locator(".big-code").waitFor();
    await paste(second, text);
    await refused(second, "LK-PAIR-CROWDED");
    await refused(rig.deskPage, "LK-PAIR-CROWDED");
    expect(await hasCopy(second)).toBe(false);
  });

  test("cannot use an invitation that was used, or that was given up", async () => {
    const first = await openPhone();
    await nameThePhone(first, "First");
    await showInvitation(rig);
    const used = await invitation();
    await paste(first, used);
    await admit(rig.deskPage, first, "First");
    const page = await openPhone();
    await nameThePhone(page, "Second");
    await paste(page, used);
    await refused(page, "LK-PAIR-EXPIRED");
    await page.getByRole("button", { name: "Try again" }).click();
    await showInvitation(rig);
    const old = await invitation();
    await rig.deskPage.getByRole("button", { name: "Choose another way" }).click();
    await expect.poll(() => rig.deskPage.getByLabel("Invitation as text").count()).toBe(0);
    await paste(page, old);
    await refused(page, "LK-PAIR-EXPIRED");
    await page.getByRole("button", { name: "Try again" }).click();
    await paste(page, "https://app.example/#nonsense");
    await refused(page, "LK-PAIR-MALFORMED");
  });

  test("that is loaded anew at any step begins again, and nothing is left of the round before", async () => {
    const page = await openPhone();
    await page.getByRole("button", { name: "Add this phone" }).click();
    await page.reload();
    await nameThePhone(page, "Phone");
    await page.getByRole("button", { name: "Scan the code" }).click();
    await page.getByText("Looking for the code …").waitFor();
    await page.reload();
    await nameThePhone(page, "Phone");
    await showInvitation(rig);
    await paste(page, await invitation());
    await page.locator(".big-code").waitFor();
    await page.reload();
    await refused(rig.deskPage, "LK-PAIR-CANCELLED");
    await page.getByRole("button", { name: "Add this phone" }).waitFor();
    expect(await hasCopy(page)).toBe(false);
    await addPhone(rig, page, "Phone");
    await page.getByRole("link", { name: /bank.example/ }).waitFor();
    await page.reload();
    await page.getByLabel(/^Passphrase$/).waitFor();
    expect(await auditPage(page)).toEqual([]);
    expect(rig.desk.faults).toEqual([]);
  });
});

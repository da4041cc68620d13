/** A phone joins a vault: the code on the desktop's page through the phone's camera, six digits back, and then both edit apart and meet. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "@latchkey/desktop/test/hosts";
import { HAS_NO_CHROMIUM, LAUNCH_MS } from "./chromium.ts";
import {
  admit,
  nameThePhone,
  PHONE_PASSPHRASE,
  type PhoneRig,
  readShownCode,
  showInvitation,
  startPhoneRig,
} from "./phone-rig.ts";
import { fillWith } from "./served-app.ts";

async function rename(page: Page, site: string, title: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name: "Passkeys" }).click();
  await page.getByRole("link", { name: new RegExp(site) }).click();
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByLabel("name", { exact: true }).fill(title);
  await page.getByRole("button", { name: "Save the name" }).click();
  await page.getByRole("heading", { name: title }).waitFor();
}

describe.skipIf(HAS_NO_CHROMIUM)("a phone", () => {
  let rig: PhoneRig;
  let phone: Page & { readonly complaints: string[] };
  const titles = async (): Promise<(string | null)[]> =>
    (await rig.desk.served.services.host.device()).state.document.list().map(({ title }) => title);

  beforeAll(async () => {
    rig = await startPhoneRig(fillWith(["bank.example", "ana"], ["mail.example", "ana"]));
  }, LAUNCH_MS);
  afterAll(async () => {
    await rig?.close();
  });

  test("reads the code that the desktop shows through its camera, and has the vault", async () => {
    const { deskPage } = rig;
    phone = await rig.openPhone();
    await nameThePhone(phone, "Ana's phone");
    await showInvitation(rig);
    rig.setCamera(await readShownCode(deskPage));
    await phone.getByRole("button", { name: "Scan the code" }).click();
    await phone.locator(".big-code").waitFor();
    expect(await phone.locator(".six-words").innerText()).toMatch(/^(?:[a-z]+ ){5}[a-z]+$/);
    await admit(deskPage, phone, "Ana's phone");
    await phone.getByRole("link", { name: /bank.example/ }).waitFor();
    expect(phone.complaints).toEqual([]);
  });

  test("cut off, it edits and the desktop edits: both have both when it is back", async () => {
    await phone.getByText(/Up to date|Waiting for Desk/).waitFor();
    await phone.context().setOffline(true);
    await rename(phone, "bank.example", "Our bank");
    await rename(rig.deskPage, "mail.example", "Our mail");
    expect(await titles()).not.toContain("Our bank");
    await phone.context().setOffline(false);
    await until(async () => (await titles()).includes("Our bank"));
    await phone.getByRole("navigation").getByRole("link", { name: "Passkeys" }).click();
    await phone.getByRole("link", { name: /Our mail/ }).waitFor();
    expect(rig.desk.faults).toEqual([]);
  });

  test("starts without a network, locked, and its passphrase opens it", async () => {
    await phone.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await rig.site.stop();
    await phone.context().setOffline(true);
    const again = await phone.context().newPage();
    await phone.close();
    await again.goto(rig.site.address);
    await again.getByLabel(/^Passphrase$/).fill(PHONE_PASSPHRASE);
    await again.keyboard.press("Enter");
    await again.getByRole("link", { name: /Our bank/ }).waitFor();
    await again.getByText("Working offline. Everything is saved on this phone.").first().waitFor();
    await again.context().setOffline(false);
    await rig.site.start();
    await again.close();
  });
});

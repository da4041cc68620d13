/** The checklist for Windows, as a person goes through it: the real host and page, and Windows in memory. */
import { NO_POLICY, readPolicyValues } from "@latchkey/core/policy/policy";
import { isEnrolled } from "@latchkey/desktop/host/enrolment";
import { listAppMethods } from "@latchkey/desktop/loopback/app-methods";
import { PROVIDER_PAGE_METHODS } from "@latchkey/desktop/loopback/provider-page-methods";
import type { Machine } from "@latchkey/desktop/loopback/served-vault";
import { createMemoryWindows, type MemoryWindows } from "@latchkey/windows-provider/test/memory-platform";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { runAxe } from "./run-axe.ts";
import { openPage, PASSPHRASE, type ServedApp, startApp, unlock } from "./served-app.ts";

const TITLE = "Have Windows offer these passkeys";

describe.skipIf(HAS_NO_CHROMIUM)("the checklist", () => {
  let browser: Browser;
  let world: ServedApp;
  let windows: MemoryWindows;
  beforeAll(async () => {
    browser = await launchChromium();
  }, LAUNCH_MS);
  afterEach(() => world.close());
  afterAll(() => browser?.close());

  /** `change`: of the machine, or of Windows, before the page is opened. */
  async function open(change: (machine: Machine) => Machine = (machine) => machine): Promise<Page> {
    world = await startApp(undefined, (path) => {
      windows = createMemoryWindows(path);
      windows.isServing = true;
      return change({ system: windows.system, policy: NO_POLICY });
    });
    const page = await openPage(browser, world);
    await unlock(page);
    return page;
  }

  const steps = (page: Page): Promise<string[]> => page.locator(".steps li > span").allInnerTexts();
  const marks = async (page: Page): Promise<boolean[]> =>
    (await page.locator(".steps .unseen").allTextContents()).map((text) => text === "(done)");

  test("leads from nothing to the switch, and goes away when it is turned", async () => {
    const page = await open();
    await page.getByRole("heading", { name: TITLE }).waitFor();
    expect(await marks(page)).toEqual([true, true, false, false, false]);
    expect((await steps(page))[2]).toContain("Latchkey does that when you set it up here.");
    expect(await runAxe(page)).toEqual([]);

    await page.getByRole("button", { name: "Set up with Windows" }).click();
    await page
      .getByRole("dialog")
      .getByLabel(/^Passphrase$/)
      .fill(PASSPHRASE);
    await page.keyboard.press("Enter");
    await page.getByText("4 of 5 steps are done.").waitFor();
    expect([windows.plugin.state, windows.hello.gestures > 0]).toEqual(["disabled", true]);
    expect(await isEnrolled(world.served.services.host.deps.store, windows.system)).toBe(true);
    expect(await marks(page)).toEqual([true, true, true, false, true]);

    expect(windows.opened).toEqual([]);
    await page.getByRole("button", { name: "Open Windows’ settings" }).click();
    await page.getByText("Waiting for the switch…").waitFor();
    expect(windows.opened).toEqual(["ms-settings:passkeys-advancedoptions"]);
    expect(await runAxe(page)).toEqual([]);
    windows.plugin.state = "enabled";
    windows.plugin.changed();
    await page.getByText(TITLE).waitFor({ state: "detached" });
    await page.context().close();
  });

  test("changes nothing with a wrong passphrase, and says so", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Set up with Windows" }).click();
    await page
      .getByRole("dialog")
      .getByLabel(/^Passphrase$/)
      .fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByText("LK-KEY-PASSPHRASE-WRONG").waitFor();
    expect(windows.hello.gestures).toBe(0);
    expect(await isEnrolled(world.served.services.host.deps.store, windows.system)).toBe(false);
    await page.context().close();
  });

  test("names what stands in the way, in the language of the page, in the place of a button", async () => {
    const page = await open((machine) => {
      windows.isRemote = true;
      return machine;
    });
    await page.getByText(/this is a remote session.*sign in at the machine itself/).waitFor();
    expect(await page.getByRole("button", { name: "Set up with Windows" }).count()).toBe(0);
    await page.evaluate(() => localStorage.setItem("latchkey-language", "de"));
    await page.reload();
    await page.getByRole("heading", { name: "Diese Passkeys von Windows anbieten lassen" }).waitFor();
    await page.getByText(/Remotesitzung.*sich am Gerät selbst anmelden/).waitFor();
    await page.context().close();
  });

  test("looks again when the person comes back from Windows' settings", async () => {
    const page = await open();
    await page.getByText("2 of 5 steps are done.").waitFor();
    windows.plugin.state = "enabled";
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await page.getByText("4 of 5 steps are done.").waitFor();
    await page.context().close();
  });

  test.for<[string, string, (machine: Machine) => Machine]>([
    ["the system has no passkey providers", "LK-WINDOWS-NONE", (machine) => ({ ...machine, system: null })],
    [
      "Windows would open another vault",
      "LK-WINDOWS-VAULT",
      (machine) => ({ ...machine, system: createMemoryWindows("other").system }),
    ],
    [
      "an organization does not want it",
      "LK-POLICY-FORBIDDEN",
      (machine) => ({ ...machine, policy: readPolicyValues({ DisableProvider: 1 }, "policy.json") }),
    ],
  ])("is not there where %s, and neither is what it does (%s)", async ([, code, change]) => {
    const page = await open(change);
    expect(listAppMethods(world.served).filter((name) => name.startsWith("provider."))).toEqual([]);
    const channel = { signal: AbortSignal.timeout(10_000), tell: () => {}, ask: async () => PASSPHRASE };
    for (const act of Object.values(PROVIDER_PAGE_METHODS))
      await expect(act({ served: world.served }, {}, channel)).rejects.toMatchObject({ code });
    expect(windows.plugin.state).toBeNull();
    expect(await page.getByText(TITLE).count()).toBe(0);
    await page.context().close();
  });

  test("is nothing that a locked vault has", async () => {
    const page = await open();
    await world.served.services.host.lock();
    await page.getByLabel(/^Passphrase$/).waitFor();
    const channel = { signal: AbortSignal.timeout(10_000), tell: () => {}, ask: async () => PASSPHRASE };
    for (const act of Object.values(PROVIDER_PAGE_METHODS))
      await expect(act({ served: world.served }, {}, channel)).rejects.toMatchObject({
        code: "LK-VAULT-LOCKED",
      });
    await page.context().close();
  });
});

/** Moving in and out in the app, in a real browser: a report before anything is written, undo, and files whose keys are the same. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readPolicyValues } from "@latchkey/core/policy/policy";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { runAxe } from "./run-axe.ts";
import { openPage, PASSPHRASE, type ServedApp, startApp, unlock } from "./served-app.ts";

const SAMPLES = new URL("../../packages/core/test/vectors/exchange/", import.meta.url);
const sample = (name: string): string => fileURLToPath(new URL(name, SAMPLES));

describe.skipIf(HAS_NO_CHROMIUM)("moving in and out", () => {
  let browser: Browser;
  let world: ServedApp;
  let folder: string;
  beforeAll(async () => {
    browser = await launchChromium();
    folder = mkdtempSync(join(tmpdir(), "latchkey-moving-"));
  }, LAUNCH_MS);
  afterEach(() => world.close());
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  async function open(policy: Readonly<Record<string, unknown>> = {}): Promise<Page> {
    world = await startApp(undefined, () => ({
      system: null,
      policy: readPolicyValues(policy, "policy.json"),
    }));
    const page = await openPage(browser, world);
    await unlock(page);
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("link", { name: "Move passkeys in or out" }).click();
    await page.getByRole("heading", { level: 1, name: "Moving in and out" }).waitFor();
    return page;
  }

  async function verify(page: Page): Promise<void> {
    await page.locator("dialog input").fill(PASSPHRASE);
    await page.keyboard.press("Enter");
  }

  const look = async (page: Page, name: string): Promise<void> => {
    await page.locator("input[type=file]").setInputFiles(sample(name));
    await page.getByRole("button", { name: "See what would come in" }).click();
  };

  async function countPasskeys(page: Page): Promise<number> {
    await page.getByRole("link", { name: "Passkeys" }).click();
    await page.getByRole("heading", { level: 1, name: "Passkeys" }).waitFor();
    return page.locator("a.card").count();
  }

  test("an import shows its report, waits for consent, and is undone as a whole", async () => {
    const page = await open();
    await look(page, "cxf.json");
    await page.getByRole("heading", { name: "4 passkeys in the file" }).waitFor();
    expect(await runAxe(page)).toEqual([]);
    const before = await countPasskeys(page);
    await page.goBack();
    await look(page, "cxf.json");
    await page.getByRole("button", { name: "Bring in 4 passkeys" }).click();
    await verify(page);
    await page.getByText("4 passkeys came in.").waitFor();
    expect(await countPasskeys(page)).toBe(before + 4);
    await page.goBack();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("What that import brought is in the trash.").waitFor();
    expect(await countPasskeys(page)).toBe(before);
    await page.context().close();
  });

  test("a wrong passphrase writes nothing, and can be typed again", async () => {
    const page = await open();
    await look(page, "bitwarden.json");
    await page.getByText("the site has counted sign-ins").waitFor();
    await page.getByRole("button", { name: "Bring in 2 passkeys" }).click();
    await page.locator("dialog input").fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByText("LK-KEY-PASSPHRASE-WRONG").waitFor();
    await verify(page);
    await page.getByText("2 passkeys came in.").waitFor();
    await page.context().close();
  });

  test("a file with a password asks for it, and says when it is another", async () => {
    const page = await open();
    await look(page, "bitwarden-encrypted-pbkdf2.json");
    const field = page.getByLabel("Password of the file");
    await field.fill("another");
    await page.getByRole("button", { name: "See what would come in" }).click();
    await page.getByText("LK-IMPORT-PASSWORD").waitFor();
    await field.fill("latchkey fixture pässword");
    await page.getByRole("button", { name: "See what would come in" }).click();
    await page.getByRole("heading", { name: "2 passkeys in the file" }).waitFor();
    await page.context().close();
  });

  test("an export says what is lost, wants the sentence, and writes the very keys", async () => {
    const page = await open();
    await look(page, "es256-64.passkey");
    await page.getByRole("button", { name: "Bring in 1 passkey" }).click();
    await verify(page);
    await page.getByText("1 passkey came in.").waitFor();

    await page.getByLabel("CXF, the standard of the FIDO Alliance").check();
    const path = join(folder, "out.json");
    await page.getByLabel("Where to").fill(path);
    await page.getByLabel("To go on, type:").fill("yes");
    await page.getByRole("button", { name: "Write the file" }).click();
    await verify(page);
    await page.getByText("LK-EXPORT-UNCONFIRMED").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByLabel("To go on, type:").fill("Anyone with this file can sign in as me");
    await page.getByRole("button", { name: "Write the file" }).click();
    await verify(page);
    await page.getByText("written.").waitFor();
    expect(await runAxe(page)).toEqual([]);
    const key = JSON.parse(readFileSync(sample("cxf.json"), "utf8")) as {
      accounts: [{ items: { credentials: [{ credentialId: string; key: string }] }[] }];
    };
    const [wanted] = key.accounts[0].items[1]!.credentials;
    const written = readFileSync(path, "utf8");
    expect(written).toContain(wanted.credentialId);
    expect(written).toContain(wanted.key);
    await page.context().close();
  });

  test("an organization can forbid it, and the app says so", async () => {
    const page = await open({ ForbidPlainExport: true });
    await page.getByText("Your organization does not allow files that are not sealed.").waitFor();
    expect(await page.getByLabel("CXF, the standard of the FIDO Alliance").count()).toBe(0);
    await page.context().close();
  });
});

/**
 * What the README tells a person to do, with real processes: start Latchkey, make a vault in the app, install, load the folder that is named,
 * open the practice site; a passkey is made and used there.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { EXTENSION_ORIGIN } from "@latchkey/browser-extension/identity";
import { makeFolder } from "@latchkey/desktop/test/hosts";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { auditPage } from "../app/audit-page.ts";
import { CHROMIUM, HAS_NO_CHROMIUM, LAUNCH_MS, QUIET } from "../app/chromium.ts";

const PROGRAM = join(import.meta.dirname, "../../packages/desktop/bin/latchkey.js");
const PASSPHRASE = "maple orbit lantern river copper violin";

describe.skipIf(HAS_NO_CHROMIUM)("from a fresh clone", () => {
  const folder = makeFolder();
  const vault = join(folder.path, "latchkey", "vault.latchkey");
  const children: ChildProcess[] = [];
  let context: BrowserContext | null = null;
  afterEach(async () => {
    await context?.close();
    for (const child of children) child.kill("SIGTERM");
    folder.remove();
  });

  function latchkey(...args: readonly string[]): ChildProcess & { readonly stdout: Readable } {
    const child = spawn(process.execPath, [PROGRAM, ...args, "--json", "--vault", vault], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env["PATH"], HOME: folder.path, XDG_RUNTIME_DIR: folder.path },
    });
    children.push(child);
    return child;
  }
  /** The first line with this member. */
  async function readLine(child: { readonly stdout: Readable }, member: string): Promise<string> {
    for await (const line of createInterface({ input: child.stdout })) {
      const value = (JSON.parse(line) as Readonly<Record<string, unknown>>)[member];
      if (typeof value === "string") return value;
    }
    throw new Error(`no line with ${member}`);
  }
  async function windowOf(pages: BrowserContext, app: string): Promise<Page> {
    const isWindow = (page: Page): boolean => page.url().startsWith(new URL(app).origin);
    await expect.poll(() => pages.pages().some(isWindow), { timeout: 20_000 }).toBe(true);
    return pages.pages().find(isWindow) as Page;
  }

  test(
    "a passkey is made and used at the practice site in the browser",
    { timeout: LAUNCH_MS * 3 },
    async () => {
      mkdirSync(join(folder.path, "latchkey"), { mode: 0o700 });
      const profile = join(folder.path, "profile");
      const address = await readLine(latchkey("up", "--open"), "address");
      const installed = JSON.parse(
        await text(latchkey("browser", "install", "--user-data-dir", profile).stdout),
      ) as { readonly extension: string };
      const practice = await readLine(latchkey("practice", "--port", "0"), "origin");

      context = await chromium.launchPersistentContext(profile, {
        channel: "chromium",
        ...CHROMIUM,
        timeout: LAUNCH_MS,
        locale: "en-GB",
        ignoreDefaultArgs: ["--disable-extensions"],
        args: [
          `--disable-extensions-except=${installed.extension}`,
          `--load-extension=${installed.extension}`,
          QUIET,
        ],
      });
      // The vault, in the app that `npm start` opens.
      const app = await context.newPage();
      await app.goto(address);
      await app.getByRole("button", { name: /Create a vault/ }).click();
      await app.getByLabel("Name of this PC").fill("Desk");
      await app.getByRole("button", { name: "Use a passphrase of my own" }).click();
      await app.getByLabel("Your passphrase").fill(PASSPHRASE);
      await app.getByLabel("I have the passphrase in a safe place").check();
      await app.getByRole("button", { name: "Create the vault" }).click();
      await app.getByRole("navigation").waitFor({ timeout: LAUNCH_MS });
      await app.close();

      // The extension saw no vault before: its window looks again, and is one that everybody can use.
      const popup = await context.newPage();
      await popup.goto(`${EXTENSION_ORIGIN}popup.html`);
      await popup.getByText("Latchkey answers websites that ask for a passkey.").waitFor();
      expect(await auditPage(popup)).toEqual([]);
      await popup.close();

      const site = await context.newPage();
      await site.goto(practice);
      await site.getByLabel("Account name at the practice site").fill("ana");
      await site.getByRole("button", { name: "Make the passkey" }).click();
      const making = await windowOf(context, address);
      await making.getByRole("heading", { name: "Make a passkey for localhost?" }).waitFor();
      expect(await auditPage(making)).toEqual([]);
      await making.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
      await making.getByRole("button", { name: "Make the passkey" }).click();
      await site
        .getByRole("heading", { name: "The site knows you as ana now." })
        .waitFor({ timeout: LAUNCH_MS });
      if (!making.isClosed()) await making.waitForEvent("close");

      await site.getByRole("button", { name: "Sign in", exact: true }).click();
      const signing = await windowOf(context, address);
      await signing.getByRole("heading", { name: "Sign in to localhost?" }).waitFor();
      await signing.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
      await signing.getByRole("button", { name: "Sign in", exact: true }).click();
      await site
        .getByRole("heading", { name: "Signed in. That was 1 time so far." })
        .waitFor({ timeout: LAUNCH_MS });

      const status = JSON.parse(
        await text(latchkey("browser", "status", "--user-data-dir", profile).stdout),
      ) as object;
      expect(status).toMatchObject({
        browsers: [{ browser: "folder", registration: "registered" }],
        extensions: ["answering"],
      });
    },
  );
});

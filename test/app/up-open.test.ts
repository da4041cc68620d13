/** `latchkey up --open` as a person starts it: a real process, the address that it prints, a second one that opens the same app again. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { foundHost, makeFolder } from "@latchkey/desktop/test/hosts";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { openPage, unlock } from "./served-app.ts";

const PROGRAM = join(import.meta.dirname, "../../packages/desktop/bin/latchkey.js");

describe.skipIf(HAS_NO_CHROMIUM)("latchkey up --open", () => {
  const folder = makeFolder();
  const vault = join(folder.path, "vault.latchkey");
  const children: ChildProcess[] = [];
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    for (const child of children) child.kill("SIGKILL");
    folder.remove();
  });

  /** The address that a process prints. */
  async function start(): Promise<{ readonly child: ChildProcess; readonly address: string }> {
    const child = spawn(process.execPath, [PROGRAM, "up", "--open", "--json", "--vault", vault], {
      stdio: ["ignore", "pipe", "ignore"],
      env: { PATH: process.env["PATH"], HOME: folder.path, XDG_RUNTIME_DIR: folder.path },
    });
    children.push(child);
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const event = JSON.parse(line) as { readonly event: string; readonly address?: string };
      if (event.event === "app") return { child, address: event.address as string };
    }
    throw new Error("process ended without an address");
  }
  const ended = (child: ChildProcess): Promise<number | null> =>
    new Promise((resolve) => (child.exitCode === null ? child.on("exit", resolve) : resolve(child.exitCode)));
  const show = (address: string) => openPage(browser, { app: { makeLink: () => address } });

  test("serves the app of a machine without a vault", async () => {
    const { child, address } = await start();
    const page = await show(address);
    await page.getByRole("button", { name: /Create a vault/ }).waitFor();
    child.kill("SIGTERM");
    await ended(child);
    await page.getByRole("heading", { name: "Latchkey has stopped on this PC" }).waitFor();
    await page.context().close();
  });

  test("serves a vault that is there, locked; called again it opens the same app, and ends", async () => {
    await (await foundHost(vault, "Desk", [])).close();
    const host = await start();
    const page = await show(host.address);
    await unlock(page);
    const again = await start();
    expect(await ended(again.child)).toBe(0);
    const second = await show(again.address);
    // The vault is open, and the person who can use the control socket is its owner.
    await second.getByRole("navigation").waitFor();
    host.child.kill("SIGTERM");
    await ended(host.child);
    expect(page.complaints.filter((text) => !text.includes("ERR_CONNECTION_REFUSED"))).toEqual([]);
  });
});

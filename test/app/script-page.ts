/** A page of nothing but one script of the tests, bundled for the browser, on a secure origin: for what needs real Chromium and no app. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { rolldown } from "rolldown";
import { launchChromium } from "./chromium.ts";

export interface ScriptPage {
  readonly page: Page;
  close(): Promise<void>;
}

/** `script`: what puts its names on `window`. */
export async function openScriptPage(script: URL): Promise<ScriptPage> {
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "text/html").end("<!doctype html>");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "localhost", resolve);
  });
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  const bundle = await rolldown({ input: fileURLToPath(script), platform: "browser" });
  const { output } = await bundle.generate({ format: "iife" });
  await page.addScriptTag({ content: output[0].code });
  return {
    page,
    async close() {
      await browser.close();
      server.close();
    },
  };
}

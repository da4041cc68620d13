/**
 * A phone and a desktop for tests, each with everything real: the built phone app on a static host over https, a relay over wss, both with a
 * certificate of a test authority; a desktop host with its page; Chromium for both, the phone's with a camera that plays a file.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { buildPhone } from "@latchkey/mobile-pairing/build";
import { type NodeRelay, startRelay } from "@latchkey/sync-relay/hosts/node";
import type { Browser, BrowserContextOptions, CDPSession, Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { openPage, PASSPHRASE, type ServedApp, startApp, unlock } from "./served-app.ts";
import { type PhoneSite, servePhone } from "./phone-site.ts";
import { LOCALHOST, spkiOf, TEST_AUTHORITY } from "./test-certificates.ts";
import type { LiveDevice } from "../scenario/live-device.ts";

const CAMERA = { width: 640, height: 480 };
export const PHONE_PASSPHRASE = "a dozen letters or more";

export interface PhoneRig {
  readonly browser: Browser;
  readonly site: PhoneSite;
  readonly relay: NodeRelay;
  readonly desk: ServedApp;
  readonly deskPage: Page & { readonly complaints: string[] };
  /** What the camera shows from now on: dark modules of rows of `1`, or nothing. */
  setCamera(modules: readonly string[] | null): void;
  /** A new phone: a browser profile of its own. */
  openPhone(options?: BrowserContextOptions): Promise<Page & { readonly complaints: string[] }>;
  close(): Promise<void>;
}

/** `fill`: what the desktop's vault holds. */
export async function startPhoneRig(fill: (desk: LiveDevice) => Promise<void>): Promise<PhoneRig> {
  setDefaultCACertificates([...getCACertificates("default"), TEST_AUTHORITY]);
  const folder = mkdtempSync(join(tmpdir(), "latchkey-phone-"));
  const [cert, key, video] = ["cert.pem", "key.pem", "camera.y4m"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(cert, LOCALHOST.cert);
  writeFileSync(key, LOCALHOST.key);
  const relay = await startRelay({
    admission: { mode: "open" },
    file: join(folder, "relay.db"),
    host: "localhost",
    tls: { cert, key },
    log: () => {},
  });
  function setCamera(modules: readonly string[] | null): void {
    // The file is opened at each getUserMedia, so one that is renamed over it counts from the next.
    writeFileSync(`${video}.next`, drawFrame(modules));
    renameSync(`${video}.next`, video);
  }
  setCamera(null);
  const [site, desk, browser] = await Promise.all([
    buildPhone().then(servePhone),
    startApp(async (device) => {
      await fill(device);
      const { parseRelayAddress } = await import("@latchkey/core/relay-protocol");
      const { putRelay } = await import("@latchkey/core/device/relay-settings");
      await device.device.act(() => [putRelay(parseRelayAddress(relay.origin))]);
    }),
    launchChromium(
      `--ignore-certificate-errors-spki-list=${spkiOf(LOCALHOST.cert)}`,
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${video}`,
    ),
  ]);
  const deskPage = await openPage(browser, desk, { permissions: ["camera"] });
  await unlock(deskPage);
  return {
    browser,
    site,
    relay,
    desk,
    deskPage,
    setCamera,
    async openPhone(options = {}) {
      const context = await browser.newContext({
        locale: "en-GB",
        viewport: { width: 412, height: 915 },
        permissions: ["camera"],
        ...options,
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(site.address);
      return Object.assign(page, { complaints });
    },
    async close() {
      await browser.close();
      await desk.close();
      await relay.close();
      await site.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One frame in Y4M: header, then luma, then neutral colour. */
function drawFrame(modules: readonly string[] | null): Buffer {
  const { width, height } = CAMERA;
  const luma = Buffer.alloc(width * height, 255);
  if (modules !== null) {
    const scale = Math.floor(Math.min(width, height) / modules.length);
    const [left, top] = [(width - modules.length * scale) >> 1, (height - modules.length * scale) >> 1];
    for (let y = 0; y < modules.length * scale; y++)
      for (let x = 0; x < modules.length * scale; x++)
        if (modules[Math.floor(y / scale)]?.[Math.floor(x / scale)] === "1")
          luma[(top + y) * width + left + x] = 0;
  }
  const colour = Buffer.alloc((width * height) / 2, 128);
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\nFRAME\n`),
    luma,
    colour,
  ]);
}

/** The code as a page drew it, read back from its pixels: rows of modules. */
export async function readShownCode(page: Page): Promise<string[]> {
  return page.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
    // Eight pixels a module (web-ui/parts/qr-picture.tsx); the middle of each counts.
    const isDark = (x: number, y: number): boolean => data[(y * width + x) * 4]! < 128;
    return Array.from({ length: height / 8 }, (_, row) =>
      Array.from({ length: width / 8 }, (_unused, column) =>
        isDark(column * 8 + 4, row * 8 + 4) ? "1" : "0",
      ).join(""),
    );
  });
}

/** On the desktop: until the code is on the screen. */
export async function showInvitation({ deskPage, site }: PhoneRig): Promise<void> {
  await deskPage.getByRole("navigation").getByRole("link", { name: "Devices" }).click();
  await deskPage.getByRole("button", { name: "Add a device" }).click();
  await deskPage.getByRole("button", { name: /Add a phone/ }).click();
  await deskPage.getByLabel("Address of the phone app").fill(site.address);
  await deskPage.getByRole("button", { name: "Show the code for the phone" }).click();
  await deskPage.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
  await deskPage.getByRole("button", { name: "Show the code" }).click();
  await deskPage.getByLabel("Invitation as text").waitFor();
}

export async function chooseOwnPassphrase(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Use a passphrase of my own" }).click();
  await page.getByLabel("Your passphrase").fill(PHONE_PASSPHRASE);
  await page.getByLabel("I have the passphrase in a safe place").check();
}

/** On the phone: until the code can be brought over. By its own lock where it says that it has one, else by a passphrase. */
export async function nameThePhone(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Add this phone" }).click();
  await page.getByLabel("Name of this phone").fill(name);
  if (!(await page.evaluate(() => PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable()))) {
    await chooseOwnPassphrase(page);
  }
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("button", { name: "Scan the code" }).waitFor();
}

/** The whole of it, with the invitation as text. */
export async function addPhone(rig: PhoneRig, page: Page, name: string): Promise<void> {
  const { deskPage } = rig;
  await nameThePhone(page, name);
  await showInvitation(rig);
  await page
    .getByLabel("Or paste the invitation")
    .fill(await deskPage.getByLabel("Invitation as text").inputValue());
  await page.getByRole("button", { name: "Join with this text" }).click();
  await admit(deskPage, page, name);
}

/** From the digits on the phone to the vault on it. */
export async function admit(deskPage: Page, page: Page, name: string): Promise<void> {
  await page.locator(".big-code").waitFor();
  await deskPage.getByRole("heading", { name: `${name} wants to join` }).waitFor();
  await deskPage.getByLabel(/six digits/).fill(await page.locator(".big-code").innerText());
  await deskPage.getByRole("button", { name: "Check the code" }).click();
  await deskPage.getByLabel(/^Passphrase$/).fill(PASSPHRASE);
  await deskPage.getByRole("button", { name: "Give it the copy" }).click();
  await deskPage.getByRole("heading", { name: `${name} is one of your devices` }).waitFor();
}

/** A phone's own authenticator, of this page alone. */
export async function addAuthenticator(
  page: Page,
  hasPrf = true,
): Promise<{ readonly session: CDPSession; readonly authenticatorId: string }> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      hasPrf,
      automaticPresenceSimulation: true,
      isUserVerified: true,
    },
  });
  return { session, authenticatorId };
}

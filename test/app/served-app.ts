/** The app as `latchkey up --open` serves it, in the test's process: a real vault file, a real host, the built page, a real port. */
import { join } from "node:path";
import { COMMAND } from "@latchkey/core/authenticator/ctap-request";
import { NO_POLICY } from "@latchkey/core/policy/policy";
import { type CborValue, encodeCbor } from "@latchkey/core/cbor/codec";
import { systemRandom } from "@latchkey/desktop/host/vault-host";
import { readPageFiles } from "@latchkey/desktop/loopback/page-files";
import { type AppServer, serveApp } from "@latchkey/desktop/loopback/serve-app";
import { type Machine, ServedVault } from "@latchkey/desktop/loopback/served-vault";
import { makeFolder } from "@latchkey/desktop/test/hosts";
import { buildApp } from "@latchkey/web-ui/build";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { Transact } from "../demo/ctap-pipe.ts";
import { LiveDevice } from "../scenario/live-device.ts";

/** Of `foundHost`. */
export const PASSPHRASE = "correct horse";

export interface ServedApp {
  readonly app: AppServer;
  readonly served: ServedVault;
  /** Where the vault file is. */
  readonly path: string;
  readonly faults: unknown[];
  close(): Promise<void>;
}

export const fillWith =
  (...passkeys: readonly (readonly [site: string, user: string])[]) =>
  (desk: LiveDevice): Promise<void> =>
    addPasskeys(desk.transact, passkeys);

/** `fill`: what the vault holds before the app sees it; `null`: a machine without a vault. `findMachine`: what the machine is, for a vault at this path; left out: nothing special. */
export async function startApp(
  fill: ((desk: LiveDevice, folder: string) => Promise<void>) | null = async () => {},
  findMachine: (path: string) => Machine = () => ({ system: null, policy: NO_POLICY }),
): Promise<ServedApp> {
  const folder = makeFolder();
  const path = join(folder.path, "vault.latchkey");
  if (fill !== null) {
    const desk = await LiveDevice.found(path, "Desk", []);
    await fill(desk, folder.path);
    await desk.close();
  }
  const faults: unknown[] = [];
  const served = new ServedVault(path, fill === null, (fault) => faults.push(fault), findMachine(path));
  const app = await serveApp(served, readPageFiles(await buildApp()), 0);
  return {
    app,
    served,
    path,
    faults,
    async close() {
      await app.close();
      await served.close();
      folder.remove();
    },
  };
}

/** Makes passkeys as a site does, over the real authenticator. */
export async function addPasskeys(
  transact: Transact,
  passkeys: readonly (readonly [site: string, user: string])[],
): Promise<void> {
  for (const [site, user] of passkeys) {
    const request = new Map<number, CborValue>([
      [1, systemRandom(32)],
      [2, new Map([["id", site]])],
      [
        3,
        new Map<string, CborValue>([
          ["id", systemRandom(16)],
          ["name", user],
        ]),
      ],
      [
        4,
        [
          new Map<string, CborValue>([
            ["alg", -7],
            ["type", "public-key"],
          ]),
        ],
      ],
      [7, new Map([["rk", true]])],
    ]);
    const [status] = await transact(Uint8Array.of(COMMAND.makeCredential, ...encodeCbor(request)));
    if (status !== 0) throw new Error(`no passkey for ${site}: status ${status}`);
  }
}

/** A page of a context of its own, at an address that lets in. Console errors and requests to elsewhere are collected. */
export async function openPage(
  browser: Browser,
  { app }: { readonly app: Pick<AppServer, "makeLink"> },
  options: BrowserContextOptions = {},
): Promise<Page & { readonly complaints: string[] }> {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol !== "blob:" && hostname !== "localhost") complaints.push(`request to ${hostname}`);
  });
  await page.goto(app.makeLink());
  return Object.assign(page, { complaints });
}

/** Types the passphrase at the locked door and waits for the list. */
export async function unlock(page: Page, passphrase = PASSPHRASE): Promise<void> {
  await page.getByLabel(/^Passphrase$/).fill(passphrase);
  await page.keyboard.press("Enter");
  await page.getByRole("navigation").waitFor();
}

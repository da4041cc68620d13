/**
 * A person's computer for tests of the browser extension, with everything real: a vault file and its host with control socket and app, the
 * native messaging host as the browser starts it, the built extension loaded into the system's Chromium with a profile of its own, and
 * websites over https.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildExtension } from "@latchkey/browser-extension/build";
import { EXTENSION_ID, EXTENSION_ORIGIN } from "@latchkey/browser-extension/identity";
import { deriveControlPath } from "@latchkey/desktop/control/place";
import { filesFolderOf, launcherIn } from "@latchkey/desktop/browser/host-files";
import { writeOwnFiles } from "@latchkey/desktop/browser/install";
import { listRegisters } from "@latchkey/desktop/browser/registration";
import { type ServedHost, serveHost } from "@latchkey/desktop/loopback/serve-host";
import { type Machine, ServedVault } from "@latchkey/desktop/loopback/served-vault";
import { makeFolder } from "@latchkey/desktop/test/hosts";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { type BrowserContext, chromium, type Frame, type Page, type Worker } from "playwright-core";
import { CHROMIUM, LAUNCH_MS } from "../app/chromium.ts";
import { PASSPHRASE } from "../app/served-app.ts";
import { LiveDevice } from "../scenario/live-device.ts";
import { serveTestSites, type TestSites } from "./test-sites.ts";
import { CREATE, GET } from "./virtual-authenticator.ts";

export interface ExtensionRig {
  readonly context: BrowserContext;
  readonly sites: TestSites;
  readonly vault: string;
  readonly faults: unknown[];
  /** The host that runs now; `null` when none does. */
  host: RunningHost | null;
  /** `requestMs`: how long websites wait for the person. */
  startHost(options?: { readonly machine?: Machine; readonly requestMs?: number }): Promise<RunningHost>;
  /** The extension's worker, started if need be. */
  worker(): Promise<Worker>;
  /** What the extension says of itself after it looked again. */
  look(wish?: "look" | "on" | "off" | "aside"): Promise<string>;
  open(address: string): Promise<Page>;
  close(): Promise<void>;
}

export interface RunningHost {
  readonly served: ServedVault;
  stop(): Promise<void>;
}

export interface RigOptions {
  readonly fill?: (desk: LiveDevice) => Promise<void>;
  /** Makes the vault; left out: a new one that `fill` fills. */
  readonly found?: (vault: string) => Promise<void>;
  /** Left out: the host is not registered with the browser. */
  readonly isInstalled?: boolean;
  /** Further extensions to load before ours. */
  readonly others?: readonly string[];
}

export async function startRig(options: RigOptions = {}): Promise<ExtensionRig> {
  const { fill = async () => {}, isInstalled = true, others = [] } = options;
  const folder = makeFolder();
  const vault = join(folder.path, "vault.latchkey");
  const profile = join(folder.path, "profile");
  mkdirSync(profile);
  const makeVault = async (path: string): Promise<void> => {
    const desk = await LiveDevice.found(path, "Desk", []);
    await fill(desk);
    await desk.close();
  };
  await (options.found ?? makeVault)(vault);
  await writeOwnFiles(vault);
  if (isInstalled)
    for (const register of listRegisters(filesFolderOf(vault), {}, profile))
      register.write(launcherIn(filesFolderOf(vault)));
  const [sites, extension] = await Promise.all([serveTestSites(), buildExtension()]);
  const faults: unknown[] = [];
  let running: RunningHost | null = null;

  const startHost: ExtensionRig["startHost"] = async ({ machine, requestMs } = {}) => {
    const served = new ServedVault(vault, false, (fault) => faults.push(fault), machine);
    const serving: ServedHost = await serveHost(served, deriveControlPath(vault, {}), undefined, requestMs);
    running = {
      served,
      async stop() {
        running = null;
        await serving.close();
        await served.close();
      },
    };
    return running;
  };

  await startHost();
  const folders = [...others, extension].join(",");
  const context = await chromium.launchPersistentContext(profile, {
    channel: "chromium",
    ...CHROMIUM,
    timeout: LAUNCH_MS,
    locale: "en-GB",
    ignoreDefaultArgs: ["--disable-extensions"],
    args: [`--disable-extensions-except=${folders}`, `--load-extension=${folders}`, ...sites.flags],
  });

  const isOurs = (worker: Worker): boolean => worker.url().endsWith(`${EXTENSION_ID}/service-worker.js`);
  const worker = async (): Promise<Worker> =>
    context.serviceWorkers().find(isOurs) ?? (await context.waitForEvent("serviceworker", isOurs));
  await worker();

  return {
    context,
    sites,
    vault,
    faults,
    get host() {
      return running;
    },
    startHost,
    worker,
    async look(wish = "look") {
      const page = await context.newPage();
      try {
        await page.goto(`${EXTENSION_ORIGIN}popup.html`);
        return await page.evaluate<string>(`chrome.runtime.sendMessage({ wish: ${JSON.stringify(wish)} })`);
      } finally {
        await page.close();
      }
    },
    async open(address) {
      const page = await context.newPage();
      await page.goto(address);
      return page;
    },
    async close() {
      await context.close();
      await running?.stop();
      await sites.close();
      folder.remove();
    },
  };
}

/** Windows that were answered: they may be closing still. */
const seen = new WeakSet<Page>();

/** Latchkey's window for the next request; `null` when `until` is settled and none has come. */
async function findWindow({ context }: ExtensionRig, until: Promise<unknown> | null): Promise<Page | null> {
  let isOver = false;
  const end = (): void => void (isOver = true);
  until?.then(end, end);
  for (;;) {
    const window = context
      .pages()
      .find((page) => page.url().startsWith("http://localhost:") && !seen.has(page));
    if (window !== undefined) {
      seen.add(window);
      await window.getByRole("heading", { level: 1 }).waitFor();
      return window;
    }
    if (isOver) return null;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const nextWindow = async (rig: ExtensionRig): Promise<Page> => (await findWindow(rig, null)) as Page;

/** Types the passphrase and agrees, as a person does. */
export async function agree(window: Page, passphrase = PASSPHRASE): Promise<void> {
  await window.getByLabel(/^Passphrase$/).fill(passphrase);
  await window.keyboard.press("Enter");
}

/** Starts a call of a page and lets the person agree in Latchkey's window. */
export async function withConsent<T>(rig: ExtensionRig, call: Promise<T>): Promise<T> {
  const window = await findWindow(rig, call);
  if (window === null) return call;
  await agree(window);
  return call;
}

/** A page as a visitor of a relying party whose person always agrees. */
export const visitorOf = (rig: ExtensionRig, page: Page | Frame) => ({
  create: (options: object) => withConsent(rig, create(page, options)),
  get: (options: object) => withConsent(rig, get(page, options)),
});

export const create = (page: Page | Frame, options: object): Promise<RegistrationResponseJSON> =>
  watched(page.evaluate(`(${CREATE})(${JSON.stringify(options)})`));
export const get = (page: Page | Frame, options: object): Promise<AuthenticationResponseJSON> =>
  watched(page.evaluate(`(${GET})(${JSON.stringify(options)})`));

/** The test looks at the end of a call only after the person has acted. */
export function watched<T>(call: Promise<T>): Promise<T> {
  call.catch(() => {});
  return call;
}

/** The name of the DOMException that a call ends with; throws when it does not. */
export async function failureOf(call: Promise<unknown>): Promise<string> {
  const answer = await call.then(
    () => null,
    (failure: unknown) => String(failure),
  );
  if (answer === null) throw new Error("call was answered");
  const error: string = answer;
  return /(\w+Error): /.exec(error.replace(/^.*?evaluate: /, ""))?.[1] ?? error;
}

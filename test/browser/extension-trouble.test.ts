/** What goes wrong between a website and the vault, in real Chromium: each time the page hears of it, and the next request is answered. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXTENSION_ID, EXTENSION_ORIGIN } from "@latchkey/browser-extension/identity";
import { NO_POLICY } from "@latchkey/core/policy/policy";
import { filesFolderOf, launcherIn } from "@latchkey/desktop/browser/host-files";
import { listRegisters } from "@latchkey/desktop/browser/registration";
import type { SystemProvider } from "@latchkey/desktop/host/system-provider";
import { withPassphrase } from "@latchkey/desktop/test/hosts";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS } from "../app/chromium.ts";
import { fillWith } from "../app/served-app.ts";
import { type ExtensionRig, failureOf, get, nextWindow, startRig, withConsent } from "./extension-rig.ts";
import { EVIL, SHOP } from "./test-sites.ts";

const REQUEST = { challenge: "AAAAAAAAAAAAAAAAAAAAAA" };

/** Process ids of the native messaging hosts of this rig. */
const hostsOf = ({ vault }: ExtensionRig): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      try {
        const line = readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0");
        return line.includes(`--vault=${vault}`) && !line.includes("/bin/sh");
      } catch {
        return false;
      }
    })
    .map(Number);

describe.skipIf(HAS_NO_CHROMIUM)("a website in Chromium", () => {
  let rig: ExtensionRig;
  const folders: string[] = [];
  async function begin(options: Parameters<typeof startRig>[0] = {}): Promise<Page> {
    rig = await startRig({ fill: fillWith([SHOP, "ana"]), ...options });
    return rig.open(rig.sites.origin(SHOP));
  }
  /** An extension of somebody else. */
  function writeExtension(permissions: readonly string[], script: string): string {
    const folder = mkdtempSync(join(tmpdir(), "latchkey-other-"));
    folders.push(folder);
    const background = { service_worker: "worker.js" };
    writeFileSync(
      join(folder, "manifest.json"),
      JSON.stringify({ manifest_version: 3, name: "Other", version: "1", permissions, background }),
    );
    writeFileSync(join(folder, "worker.js"), script);
    return folder;
  }
  const signsIn = async (page: Page): Promise<void> => {
    expect((await withConsent(rig, get(page, REQUEST))).type).toBe("public-key");
  };

  afterEach(async () => {
    await rig?.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  test(
    "is left to the browser while the host is not installed, and answered once it is",
    { timeout: LAUNCH_MS },
    async () => {
      const page = await begin({ isInstalled: false });
      expect(await rig.look()).toBe("missing");
      expect(await page.evaluate("PublicKeyCredential.getClientCapabilities()")).toMatchObject({
        conditionalGet: true,
      });
      const folder = filesFolderOf(rig.vault);
      for (const register of listRegisters(folder, {}, join(rig.vault, "../profile")))
        register.write(launcherIn(folder));
      expect(await rig.look()).toBe("answering");
      await signsIn(page);
    },
  );

  test(
    "hears when the host is killed, the vault's host ended or the extension reloaded in the middle; the next request is answered",
    { timeout: LAUNCH_MS },
    async () => {
      const page = await begin();
      expect(await rig.look()).toBe("answering");

      const killed = get(page, REQUEST);
      await nextWindow(rig);
      for (const id of hostsOf(rig)) process.kill(id, "SIGKILL");
      expect(await failureOf(killed)).toBe("NotAllowedError");
      await expect.poll(() => rig.host?.served.requests.view, { timeout: 10_000 }).toBe(null);
      await signsIn(page);

      // The vault's host itself ends, too: its successor is asked.
      const orphaned = get(page, REQUEST);
      await nextWindow(rig);
      await rig.host?.stop();
      expect(await failureOf(orphaned)).toBe("NotAllowedError");
      await rig.startHost();
      await rig.host?.served.services.host.unlock(withPassphrase());
      await signsIn(page);

      // As a person does who loaded a folder: without it the browser switches such an extension off at a reload.
      const extensions = await rig.open("chrome://extensions");
      await extensions.evaluate(
        "chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true })",
      );
      await extensions.close();
      const reloaded = get(page, REQUEST);
      await nextWindow(rig);
      const worker = await rig.worker();
      await worker.evaluate("chrome.runtime.reload()").catch(() => {});
      // So the browser calls it.
      expect(await failureOf(reloaded)).toBe("AbortError");
      await expect.poll(() => rig.host?.served.requests.view, { timeout: 10_000 }).toBe(null);
      await expect.poll(() => rig.look().catch(() => "gone"), { timeout: 20_000 }).toBe("answering");
      await signsIn(page);
    },
  );

  test("is answered by a worker that the browser had ended meanwhile", { timeout: LAUNCH_MS }, async () => {
    const page = await begin();
    expect(await rig.look()).toBe("answering");
    await rig.host?.served.services.host.unlock(withPassphrase());
    const popup = await rig.open(`${EXTENSION_ORIGIN}popup.html`);
    const devTools = await rig.context.newCDPSession(popup);
    await devTools.send("ServiceWorker.enable");
    const before = hostsOf(rig);
    await devTools.send("ServiceWorker.stopAllWorkers");
    await expect.poll(() => hostsOf(rig), { timeout: 10_000 }).toEqual([]);
    await popup.close();
    await signsIn(page);
    expect(hostsOf(rig)).toHaveLength(1);
    expect(hostsOf(rig)).not.toEqual(before);
  });

  test(
    "is answered by the extension that came before, which ours says; and by ours when that is gone",
    { timeout: LAUNCH_MS },
    async () => {
      const other = writeExtension(
        ["webAuthenticationProxy"],
        `chrome.webAuthenticationProxy.attach();
         chrome.webAuthenticationProxy.onGetRequest.addListener(({ requestId }) =>
           chrome.webAuthenticationProxy.completeGetRequest({ requestId, error: { name: "DataError", message: "other" } }));`,
      );
      const page = await begin({ others: [other] });
      const theirs = rig.context.serviceWorkers().find((worker) => worker.url().endsWith("/worker.js"));
      const standing = await rig.look();
      // Which of the two comes first is the browser's affair: then the other one is made to be.
      if (standing === "answering") {
        await rig.look("off");
        await theirs?.evaluate("chrome.webAuthenticationProxy.attach()");
        expect(await rig.look("on")).toBe("other-extension");
      } else expect(standing).toBe("other-extension");
      expect(await failureOf(get(page, REQUEST))).toBe("DataError");
      await theirs?.evaluate("chrome.webAuthenticationProxy.detach()");
      expect(await rig.look()).toBe("answering");
      await signsIn(page);
    },
  );

  test("finds no way through somebody else's extension", { timeout: LAUNCH_MS }, async () => {
    const script = `globalThis.ended = new Promise((resolve) => {
        const port = chrome.runtime.connectNative("org.latchkey.host");
        port.onMessage.addListener((message) => resolve("answered " + JSON.stringify(message)));
        port.onDisconnect.addListener(() => resolve(chrome.runtime.lastError.message));
        port.postMessage({ type: "hello", version: 1 });
      });
      globalThis.asked = () => chrome.runtime.sendMessage("EXTENSION", { wish: "off" }).then(String, String);`;
    await begin({ others: [writeExtension(["nativeMessaging"], script.replace("EXTENSION", EXTENSION_ID))] });
    const theirs = rig.context.serviceWorkers().find((worker) => worker.url().endsWith("/worker.js"));
    expect(await theirs?.evaluate("globalThis.ended")).toMatch(/forbidden/);
    expect(await theirs?.evaluate("globalThis.asked()")).toMatch(/Could not establish connection/);
    expect(await rig.look()).toBe("answering");
  });

  test("is left to the browser when the host speaks nonsense", { timeout: LAUNCH_MS }, async () => {
    const page = await begin();
    expect(await rig.look()).toBe("answering");
    const launcher = launcherIn(filesFolderOf(rig.vault));
    const proper = readFileSync(launcher, "utf8");
    for (const nonsense of [
      "printf 'nonsense, and much of it'",
      String.raw`printf '\002\000\000\000[]'; cat >/dev/null`,
      "exit 3",
    ]) {
      writeFileSync(launcher, `#!/bin/sh\n${nonsense}\n`);
      for (const id of hostsOf(rig)) process.kill(id, "SIGKILL");
      await expect.poll(() => rig.look(), { timeout: 20_000 }).toBe("failed");
      expect(await page.evaluate("PublicKeyCredential.getClientCapabilities()")).toMatchObject({
        conditionalGet: true,
      });
    }
    writeFileSync(launcher, proper);
    await expect.poll(() => rig.look(), { timeout: 20_000 }).toBe("answering");
    await signsIn(page);
  });

  test(
    "gets one window for many requests at once, and the browser's own ways on a system that offers the passkeys",
    { timeout: LAUNCH_MS },
    async () => {
      const page = await begin();
      expect(await rig.look()).toBe("answering");
      await rig.host?.served.services.host.unlock(withPassphrase());
      const tabs = await Promise.all(Array.from({ length: 5 }, () => rig.open(rig.sites.origin(EVIL))));
      const calls = tabs.map((tab) => failureOf(get(tab, REQUEST)));
      const window = await nextWindow(rig);
      await window.getByRole("heading", { name: `No passkey for ${EVIL} here` }).waitFor();
      expect(rig.context.pages().filter((each) => each.url().startsWith("http://localhost"))).toHaveLength(1);
      await window.getByRole("button", { name: "Close" }).click();
      expect(new Set(await Promise.all(calls))).toEqual(new Set(["NotAllowedError"]));
      for (const tab of tabs) await tab.close();
      await signsIn(page);

      const system = {
        vault: rig.vault,
        ways: { metadata: "test", signing: "test" },
        registration: { read: () => "enabled" },
        serve: async () => async () => {},
      } as unknown as SystemProvider;
      await rig.host?.stop();
      await rig.startHost({ machine: { system, policy: NO_POLICY } });
      expect(await rig.look()).toBe("system-provider");
      expect(await page.evaluate("PublicKeyCredential.getClientCapabilities()")).toMatchObject({
        conditionalGet: true,
      });
    },
  );
});

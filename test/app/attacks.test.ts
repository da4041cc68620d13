/**
 * Foreign pages against the loopback app, in a real browser: another origin on this machine (which the browser itself does not hinder), and a
 * name that was rebound to loopback. Judged by what the app gives out, for a page cannot tell refusals apart.
 */
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createFront } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withPassphrase } from "@latchkey/desktop/test/hosts";
import { HAS_NO_CHROMIUM, LAUNCH_MS, launchChromium } from "./chromium.ts";
import { enter } from "./raw-request.ts";
import { fillWith, openPage, type ServedApp, startApp } from "./served-app.ts";

describe.skipIf(HAS_NO_CHROMIUM)("a foreign page", () => {
  let browser: Browser;
  let world: ServedApp;
  let attacker: Server;
  let foreign: Page;
  let own: string;
  const listening = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

  beforeAll(async () => {
    world = await startApp(fillWith(["bank.example", "ana"]));
    await world.served.services.host.unlock(withPassphrase());
    own = `http://localhost:${world.app.port}`;
    attacker = createServer((_, response) => {
      // The next request comes over a new connection, which the front leads elsewhere.
      response.setHeader("Connection", "close");
      response.setHeader("Content-Type", "text/html");
      response.end("<!doctype html><title>attacker</title><body>");
    });
    await new Promise<void>((resolve) => attacker.listen(0, "127.0.0.1", resolve));
    browser = await launchChromium();
    foreign = await (await browser.newContext()).newPage();
    await foreign.goto(`http://attacker.test:${listening(attacker)}/`);
  }, LAUNCH_MS);
  afterAll(async () => {
    await browser?.close();
    attacker?.closeAllConnections();
    attacker?.close();
    await world?.close();
  });

  /** What a fetch from the foreign page comes to. */
  const fetched = (path: string, init: object): Promise<string> =>
    foreign.evaluate(
      async ([address, options]) => {
        try {
          const response = await fetch(address, options);
          return `${response.type} ${response.status} ${await response.text()}`;
        } catch (error) {
          return String(error);
        }
      },
      [own + path, init] as const,
    );

  test("reads neither the page nor its files", async () => {
    expect(await fetched("/", {})).toContain("Failed to fetch");
    expect(await fetched("/assets/app.js", {})).toContain("Failed to fetch");
    expect(await fetched("/assets/app.js", { mode: "no-cors" })).not.toContain("signal");
  });

  test("cannot use up the launch token that it has seen", async () => {
    const link = world.app.makeLink();
    const body = link.split("=")[1];
    await fetched("/api/enter", { method: "POST", mode: "no-cors", body });
    expect(await enter(world.app.port, link)).toMatch(/^[\w-]{22}$/);
  });

  test("opens no socket, not even with a ticket", async () => {
    const page = await openPage(browser, world);
    await page.getByRole("navigation").waitFor();
    const token = await enter(world.app.port, world.app.makeLink());
    const ticket = await page.evaluate(
      async (given) =>
        (
          (await (
            await fetch("/api/ticket", { method: "POST", headers: { "Latchkey-Page": given } })
          ).json()) as { readonly ticket: string }
        ).ticket,
      token,
    );
    const opened = await foreign.evaluate(
      (address) =>
        new Promise((resolve) => {
          const socket = new WebSocket(address);
          socket.addEventListener("open", () => resolve("open"));
          socket.addEventListener("close", ({ code }) => resolve(code));
        }),
      `ws://localhost:${world.app.port}/api/socket?ticket=${ticket}`,
    );
    expect(opened).toBe(1006);
    await page.context().close();
  });

  test.each(["open", "locked"])("gets neither a ticket nor a socket while the vault is %s", async (state) => {
    const { host } = world.served.services;
    if (state === "locked") await host.lock();
    try {
      // With a header of its own the browser asks first, and nobody says yes.
      const asked = await fetched("/api/ticket", {
        method: "POST",
        headers: { "Latchkey-Page": "A".repeat(22) },
      });
      expect(asked).toContain("Failed to fetch");
      for (const path of ["/api/socket", `/api/socket?ticket=${"A".repeat(22)}`, "/"]) {
        const ended = await foreign.evaluate(
          (address) =>
            new Promise((resolve) => {
              const socket = new WebSocket(address);
              socket.addEventListener("open", () => resolve("open"));
              socket.addEventListener("close", ({ code }) => resolve(code));
            }),
          `ws://localhost:${world.app.port}${path}`,
        );
        expect(ended).toBe(1006);
      }
    } finally {
      await host.unlock(withPassphrase());
    }
  });

  test("has no frame with the app in it", async () => {
    await foreign.evaluate((address) => {
      const frame = document.createElement("iframe");
      frame.src = address;
      document.body.append(frame);
      return new Promise((resolve) => frame.addEventListener("load", resolve));
    }, own);
    const inside = await Promise.all(foreign.frames().map((frame) => frame.locator("#app").count()));
    expect(inside.every((count) => count === 0)).toBe(true);
  });

  test("cannot run its script, nor use it as a picture", async () => {
    const loaded = await foreign.evaluate(
      (address) =>
        Promise.all(
          ["script", "img"].map(
            (kind) =>
              new Promise((resolve) => {
                const element = document.createElement(kind) as HTMLScriptElement;
                element.src = address + (kind === "script" ? "/assets/app.js" : "/assets/latchkey.svg");
                element.addEventListener("load", () => resolve("loaded"));
                element.addEventListener("error", () => resolve("refused"));
                document.body.append(element);
              }),
          ),
        ),
      own,
    );
    expect(loaded).toEqual(["refused", "refused"]);
  });

  test("that opened the app in a window has no handle on it", async () => {
    const [opened] = await Promise.all([
      foreign.context().waitForEvent("page"),
      foreign.evaluate((address) => void window.open(address), own),
    ]);
    await opened.getByRole("heading", { level: 1 }).waitFor();
    expect(await opened.evaluate(() => window.opener)).toBeNull();
    // Followed like a link, the app is there and shows nothing: it was not let in.
    expect(await opened.locator("body").innerText()).not.toContain("bank.example");
    await opened.close();
  });

  test("that got text into the app would find no way to run it or to send anything off", async () => {
    const page = await openPage(browser, world);
    await page.getByRole("navigation").waitFor();
    const outcomes = await page.evaluate(
      async (address) => {
        const attempt = async (act: () => unknown): Promise<string> => {
          try {
            await act();
            return "done";
          } catch (error) {
            return (error as Error).name;
          }
        };
        const pictureLoads = (): Promise<void> =>
          new Promise((resolve, reject) => {
            const picture = new Image();
            picture.addEventListener("load", () => resolve());
            picture.addEventListener("error", () => reject(new Error("refused")));
            picture.src = `${address}/picture`;
          });
        return [
          await attempt(() => (document.body.innerHTML += "<b>text</b>")),
          await attempt(() => document.createElement("script").setAttribute("src", "/x.js")),
          await attempt(() => fetch(address)),
          await attempt(pictureLoads),
        ];
      },
      `http://attacker.test:${listening(attacker)}`,
    );
    expect(outcomes).toEqual(["TypeError", "TypeError", "TypeError", "Error"]);
    await page.context().close();
  });

  test("under a name that was rebound to the app's port gets nothing", async () => {
    let target = listening(attacker);
    const front = createFront((socket) => {
      const behind = connect(target, "127.0.0.1");
      socket.pipe(behind).pipe(socket);
      for (const each of [socket, behind]) each.on("error", () => {});
    });
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://rebind.test:${listening(front)}/`);
    target = world.app.port;
    const statuses = await page.evaluate(async () => {
      const read = async (path: string, init?: RequestInit) => {
        const response = await fetch(path, { ...init, cache: "no-store" });
        return response.status;
      };
      return [await read("/"), await read("/api/enter", { method: "POST", body: "x" })];
    });
    expect(statuses).toEqual([421, 421]);
    await page.context().close();
    front.close();
  });
});

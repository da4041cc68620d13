/** `latchkey browser …` and `doctor browser`: real files in a home of its own, and the real program that a browser would start. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXTENSION_ORIGIN } from "@latchkey/browser-extension/identity";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { renderLauncher } from "../../src/browser/host-files.ts";
import { Home, jsonOf } from "./program.ts";

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

const chromium = (): string => join(home.path, ".config", "chromium");
const manifestIn = (folder: string): string => join(folder, "NativeMessagingHosts", "org.latchkey.host.json");
const run = async (...args: readonly string[]) => {
  const ended = await home.run([...args, "--json"]);
  return { exit: ended.exit, ...jsonOf(ended) } as Readonly<Record<string, unknown>>;
};

describe.skipIf(process.platform !== "linux")("latchkey browser", () => {
  test("install registers with the browsers that are there, writes the extension, and again; remove takes all of it back", async () => {
    mkdirSync(chromium(), { recursive: true });
    for (let times = 0; times < 2; times++) {
      const installed = await run("browser", "install");
      expect(installed).toMatchObject({
        exit: 0,
        registered: [{ browser: "chromium", place: manifestIn(chromium()) }],
        systemProvider: false,
      });
      const extension = installed["extension"] as string;
      expect(existsSync(join(extension, "manifest.json"))).toBe(true);
      const manifest = JSON.parse(readFileSync(manifestIn(chromium()), "utf8")) as { readonly path: string };
      expect(manifest).toEqual({
        name: "org.latchkey.host",
        description: expect.any(String),
        path: join(dirname(extension), "latchkey-browser-host"),
        type: "stdio",
        allowed_origins: [EXTENSION_ORIGIN],
      });
      expect(existsSync(manifest.path)).toBe(true);
    }
    expect(await run("browser", "status")).toMatchObject({
      browsers: expect.arrayContaining([
        { browser: "chromium", found: true, registration: "registered" },
        { browser: "edge", found: false, registration: "missing" },
      ]),
      extensions: [],
    });

    expect(await run("browser", "remove")).toMatchObject({ removed: [{ browser: "chromium" }] });
    expect(existsSync(manifestIn(chromium()))).toBe(false);
    expect(existsSync(join(dirname(home.vault), "browser"))).toBe(false);
    expect(await run("browser", "remove")).toMatchObject({ exit: 0, removed: [] });
  });

  test("install takes a browser by its name, and a folder of data", async () => {
    expect(await run("browser", "install", "brave")).toMatchObject({ registered: [{ browser: "brave" }] });
    const folder = join(home.path, "own");
    expect(await run("browser", "install", "--user-data-dir", folder)).toMatchObject({
      registered: [{ browser: "folder", place: manifestIn(folder) }],
    });
    const { stdout } = await home.run(["browser", "install"]);
    expect(stdout).toContain("Load unpacked");
  });

  test("status tells a copy of another Latchkey, and what is broken", async () => {
    await run("browser", "install", "chromium");
    const place = manifestIn(chromium());
    const manifest = JSON.parse(readFileSync(place, "utf8")) as object;
    const registrations = async (): Promise<unknown> =>
      ((await run("browser", "status"))["browsers"] as readonly { readonly registration: string }[])[0]
        ?.registration;
    writeFileSync(place, JSON.stringify({ ...manifest, path: process.execPath }));
    expect(await registrations()).toBe("other");
    writeFileSync(place, JSON.stringify({ ...manifest, path: join(home.path, "gone") }));
    expect(await registrations()).toBe("broken");
    writeFileSync(place, "{");
    expect(await registrations()).toBe("broken");
  });

  test("install says which file it cannot write", async () => {
    writeFileSync(join(home.path, ".config"), "");
    const ended = await run("browser", "install", "chromium");
    expect(ended).toMatchObject({ exit: 1, code: "LK-BROWSER-FILES" });
    expect(ended["message"]).toContain(manifestIn(chromium()));
  });

  test("doctor browser finds what is missing, and really starts the program", async () => {
    const checks = async () => {
      const { exit, checks: found } = await run("doctor", "browser");
      const list = found as readonly { readonly id: string; readonly ok: boolean | null }[];
      return { exit, ...Object.fromEntries(list.map(({ id, ok }) => [id, ok])) };
    };
    mkdirSync(chromium(), { recursive: true });
    expect(await checks()).toMatchObject({ exit: 8, "browser-registered": false, "browser-host": false });
    await run("browser", "install");
    // No vault yet.
    expect(await checks()).toEqual({
      exit: 8,
      "browser-registered": true,
      "browser-host": false,
      "browser-extension": null,
      "browser-autofill": null,
    });
    await home.found();
    const host = home.start(["up", "--locked", "--json"], "silence");
    try {
      expect(await checks()).toMatchObject({ exit: 0, "browser-host": true });
    } finally {
      host.kill("SIGTERM");
    }
  });
});

test("a launcher names its parts whatever is in them", () => {
  const parts = { node: "/opt/it's/node", program: "/a b/host.js", vault: '/v$(x)`y`"' };
  expect(renderLauncher("linux", parts)).toBe(
    `#!/bin/sh\nexec '/opt/it'\\''s/node' '/a b/host.js' '--vault=/v$(x)\`y\`"' "$@"\n`,
  );
  const windows = { node: String.raw`C:\100%\node.exe`, program: "host.js", vault: "v" };
  expect(renderLauncher("win32", windows)).toBe(
    '@echo off\r\n"C:\\100%%\\node.exe" "host.js" "--vault=v" %*\r\n',
  );
  expect(() => renderLauncher("win32", { ...windows, vault: 'a"b' })).toThrow("no batch file");
});

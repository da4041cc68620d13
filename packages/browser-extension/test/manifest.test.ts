/** What the extension may do, pinned; its id; and the archive for the stores. */
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { buildExtension } from "../build/build-extension.ts";
import { MANIFEST } from "../build/manifest.ts";
import { packExtension } from "../build/pack-extension.ts";
import { EXTENSION_ID, EXTENSION_KEY } from "../src/identity.ts";

test("the extension has two permissions, no page of a website within reach, and nothing that is not pinned here", async () => {
  const expected = {
    manifest_version: 3,
    name: "__MSG_name__",
    description: "__MSG_description__",
    version: "0.1.0",
    default_locale: "en",
    minimum_chrome_version: "120",
    key: EXTENSION_KEY,
    permissions: ["nativeMessaging", "webAuthenticationProxy"],
    background: { service_worker: "service-worker.js", type: "module" },
    action: { default_popup: "popup.html" },
    options_ui: { page: "popup.html" },
    content_security_policy: {
      extension_pages:
        "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    },
  };
  expect(MANIFEST).toEqual(expected);
  const built = readFileSync(join(await buildExtension(), "manifest.json"), "utf8");
  expect(JSON.parse(built)).toEqual(expected);
});

test("its id follows from its key", () => {
  const digest = createHash("sha256").update(Buffer.from(EXTENSION_KEY, "base64")).digest("hex");
  const id = Array.from(digest.slice(0, 32), (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
  expect(EXTENSION_ID).toBe(id.join(""));
});

test("no code of it comes from elsewhere or is made while it runs", async () => {
  const folder = await buildExtension();
  for (const name of ["service-worker.js", "popup.js", "popup.html", "popup.css"]) {
    const text = readFileSync(join(folder, name), "utf8");
    expect(text).not.toMatch(/https?:\/\/(?!localhost)|\beval\b|new Function|innerHTML|importScripts/);
  }
});

test("the archive is the same each time, has all files and only those, and a name of a store's own key", async () => {
  const [archive, again] = await Promise.all([packExtension(), packExtension()]);
  expect(again.equals(archive)).toBe(true);
  const folder = mkdtempSync(join(tmpdir(), "latchkey-zip-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "extension.zip");
  writeFileSync(file, archive);
  // Python's reader, for nobody of this project wrote it; it checks every sum.
  const list = `import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps({"names": z.namelist(), "manifest": json.loads(z.read("manifest.json"))}))`;
  const read = JSON.parse(execFileSync("python3", ["-c", list, file], { encoding: "utf8" })) as {
    readonly names: readonly string[];
    readonly manifest: Readonly<Record<string, unknown>>;
  };
  expect(read.names.filter((name) => !name.startsWith("_locales/"))).toEqual(
    expect.arrayContaining(["manifest.json", "popup.css", "popup.html", "popup.js", "service-worker.js"]),
  );
  expect(read.names.filter((name) => name.startsWith("_locales/"))).toEqual([
    "_locales/de/messages.json",
    "_locales/en/messages.json",
  ]);
  const { key: _unused, ...manifest } = MANIFEST;
  expect(read.manifest).toEqual(manifest);
});

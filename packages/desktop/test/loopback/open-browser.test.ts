/** How a browser is opened at an address that lets in: nothing of it on a command line, nothing for other users, nothing left behind. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../../src/loopback/open-browser.ts";
import { makeFolder, until } from "../host/hosts.ts";

const ADDRESS = "http://localhost:4488/#launch=AAAAAAAAAAAAAAAAAAAAAA";

describe.skipIf(process.platform !== "linux")("opening the browser", () => {
  const folder = makeFolder();
  const said = join(folder.path, "said");
  const path = process.env["PATH"];

  beforeAll(() => {
    // Stands where the system's opener is, and writes down what it is called with.
    const bin = join(folder.path, "bin");
    mkdirSync(bin);
    writeFileSync(
      join(bin, "xdg-open"),
      `#!/bin/sh\nprintf '%s' "$*" > "${said}.part" && mv "${said}.part" "${said}"\n`,
    );
    chmodSync(join(bin, "xdg-open"), 0o755);
    process.env["PATH"] = `${bin}${delimiter}${path}`;
  });
  afterAll(() => {
    process.env["PATH"] = path;
    folder.remove();
  });

  test("gives it a file of the owner's alone, which leads on", async () => {
    expect(openBrowser(ADDRESS, folder.path, { DISPLAY: ":0" })).toBe(true);
    await until(() => existsSync(said));
    const told = readFileSync(said, "utf8");
    expect(told).not.toContain("launch");
    const file = fileURLToPath(told);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    expect(readFileSync(file, "utf8")).toContain(`url=${ADDRESS}`);
  });

  test("does nothing where there is no screen", () => {
    const before = readdirSync(folder.path);
    expect(openBrowser(ADDRESS, folder.path, {})).toBe(false);
    expect(readdirSync(folder.path)).toEqual(before);
  });
});

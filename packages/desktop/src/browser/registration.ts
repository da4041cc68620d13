/** Puts the native messaging host into a browser's register of this user, takes it out, and reads what is there. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { HOST_NAME } from "@latchkey/browser-extension/identity";
import { VaultError } from "@latchkey/core/errors";
import { type BrowserName, BROWSERS, dataFolderOf, HOSTS_FOLDER, registryKeyOf } from "./browsers.ts";
import { type HostManifest, makeHostManifest, MANIFEST_FILE, readHostManifest } from "./host-files.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** One browser of this user, or one folder of data that was named. */
export interface Register {
  /** `folder`: a folder of data that was named. */
  readonly browser: BrowserName | "folder";
  /** Where it is registered: the manifest's path, or on Windows the registry's key. */
  readonly place: string;
  /** Whether the browser itself is there. */
  isThere(): boolean;
  /** Throws `LK-BROWSER-FILES`. */
  write(launcher: string): void;
  /** It is no failure when nothing is there. Throws `LK-BROWSER-FILES`. */
  remove(): void;
  /** `null`: nothing; `"broken"`: something that no browser understands. */
  read(): HostManifest | null | "broken";
}

/** `folder`: where our own files are, on Windows the manifest, too. `dataFolder`: of one browser, in the place of all. */
export function listRegisters(folder: string, env: Environment, dataFolder?: string): readonly Register[] {
  if (dataFolder !== undefined) return [inFolder("folder", dataFolder)];
  if (process.platform === "win32") return BROWSERS.map((browser) => inRegistry(browser, folder));
  const home = env["HOME"] || homedir();
  return BROWSERS.map((browser) => inFolder(browser, dataFolderOf(browser, process.platform, env, home)));
}

function inFolder(browser: BrowserName | "folder", dataFolder: string): Register {
  const place = join(dataFolder, HOSTS_FOLDER, MANIFEST_FILE);
  return {
    browser,
    place,
    isThere: () => browser === "folder" || existsSync(dataFolder),
    write: (launcher) => writeManifest(place, launcher),
    remove: () => change(place, () => rmSync(place, { force: true })),
    read: () => readManifest(place),
  };
}

/** The key's value is the path of a manifest, which lies among our own files. */
function inRegistry(browser: BrowserName, folder: string): Register {
  const own = registryKeyOf(browser);
  const key = `${own}\\${HOSTS_FOLDER}\\${HOST_NAME}`;
  const manifest = join(folder, MANIFEST_FILE);
  return {
    browser,
    place: key,
    isThere: () => reg("query", own) !== null,
    write(launcher) {
      writeManifest(manifest, launcher);
      if (reg("add", key, "/ve", "/t", "REG_SZ", "/d", manifest, "/f") === null) throw refuse(key);
    },
    remove() {
      if (reg("query", key) !== null && reg("delete", key, "/f") === null) throw refuse(key);
    },
    read() {
      const value = /REG_SZ\s+(.+?)\s*$/m.exec(reg("query", key, "/ve") ?? "")?.[1];
      return value === undefined ? null : readManifest(value);
    },
  };
}

/** What `reg.exe` says; `null` when it refuses. */
function reg(...args: readonly string[]): string | null {
  const { status, stdout } = spawnSync("reg.exe", args, { encoding: "utf8", windowsHide: true });
  return status === 0 ? stdout : null;
}

function writeManifest(place: string, launcher: string): void {
  change(place, () => {
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, `${JSON.stringify(makeHostManifest(launcher), null, 2)}\n`);
  });
}

function readManifest(place: string): HostManifest | null | "broken" {
  if (!existsSync(place)) return null;
  try {
    return readHostManifest(readFileSync(place, "utf8")) ?? "broken";
  } catch {
    return "broken";
  }
}

function change(place: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw new VaultError("LK-BROWSER-FILES", `${place}: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    });
  }
}

const refuse = (key: string): VaultError =>
  new VaultError("LK-BROWSER-FILES", `registry refused a change of ${key}`);

/**
 * Wine with a Windows that Node accepts, the fake webauthn.dll in its System32 and the proxy registered. One prefix for all; the suite has
 * one test file, for registry and System32 are shared.
 */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { buildNativePrograms, type NativePrograms } from "./native-build.ts";
import { startComClient } from "./com-client.ts";
import { cached, hashOf } from "./cache.ts";
import { run } from "./run.ts";
import { TOOLS, WINE_FOLDER } from "./tools.ts";
import { installWindowsNode, type WindowsNode } from "./windows-node.ts";

const PREFIX_RECIPE = "1";
const IID = "{d26bcf6f-b54c-43ff-9f06-d5bf148625f7}";
const CURRENT_VERSION = "HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion";
/** The first decides; Node refuses the Windows 7 that a fresh prefix says it is. */
const VERSION_VALUES = [
  ["CurrentVersion", "REG_SZ", "10.0"],
  ["CurrentBuild", "REG_SZ", "26200"],
  ["CurrentBuildNumber", "REG_SZ", "26200"],
  ["CurrentMajorVersionNumber", "REG_DWORD", "10"],
] as const;

/** `Z:\tmp\x` for `/tmp/x`. */
export const toWindowsPath = (path: string): string => `Z:${path.replaceAll("/", "\\")}`;

export interface Wine {
  readonly node: WindowsNode;
  readonly native: NativePrograms;
  readonly env: NodeJS.ProcessEnv;
  /** Declares what COM starts for a class. HKCU would not do: Wine looks at the machine's classes only. */
  registerClass(clsid: string, commandLine: string): Promise<void>;
  /** Runs Node for Windows to its end and gives what it wrote. */
  runNode(parameters: readonly string[]): Promise<string>;
  /** Ends a process at once, by Windows' number for it. */
  terminate(pid: number): Promise<void>;
  close(): Promise<void>;
}

/** Names no class: for a client that activates nothing. */
const NO_CLASS = "00000000-0000-0000-0000-000000000000";

export async function startWine(): Promise<Wine> {
  const [native, node] = await Promise.all([buildNativePrograms(), installWindowsNode()]);
  const prefix = await cached("prefix", hashOf(PREFIX_RECIPE, JSON.stringify(VERSION_VALUES)), makePrefix);
  const env = environmentOf(prefix);
  let imports = 0;
  const scratch = mkdtempSync(join(tmpdir(), "latchkey-wine-"));
  // As long as one process lives, Wine does not start and end its services around every other.
  const keeper = startComClient({ native, env }, NO_CLASS);
  const wine = (...parameters: string[]) => run(TOOLS.wine, parameters, { env });

  copyFileSync(native.webauthn, join(prefix, "drive_c", "windows", "system32", "webauthn.dll"));
  const proxy = toWindowsPath(native.proxy);
  await importKeys({
    [`Interface\\${IID}`]: { "": "IPluginAuthenticator" },
    [`Interface\\${IID}\\ProxyStubClsid32`]: { "": IID },
    [`CLSID\\${IID}\\InprocServer32`]: { "": proxy, ThreadingModel: "Both" },
  });

  async function importKeys(keys: Readonly<Record<string, Readonly<Record<string, string>>>>): Promise<void> {
    const lines = Object.entries(keys).flatMap(([key, values]) => [
      `[HKEY_CLASSES_ROOT\\${key}]`,
      ...Object.entries(values).map(([name, value]) => `${name === "" ? "@" : quote(name)}=${quote(value)}`),
      "",
    ]);
    const file = join(scratch, `keys-${imports++}.reg`);
    writeFileSync(file, ["REGEDIT4", "", ...lines].join("\r\n"));
    await wine("regedit", "/S", toWindowsPath(file));
  }

  return {
    node,
    native,
    env,
    registerClass: (clsid, commandLine) =>
      importKeys({
        [`CLSID\\{${clsid}}`]: { "": "Latchkey" },
        [`CLSID\\{${clsid}}\\LocalServer32`]: { "": commandLine },
      }),
    runNode: (parameters) => wine(node.node, ...parameters),
    async terminate(pid) {
      await keeper.terminate(pid);
    },
    async close() {
      await keeper.kill();
      await run(TOOLS.wineServer, ["-k"], { env }).catch(() => {});
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

const quote = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

function environmentOf(prefix: string): NodeJS.ProcessEnv {
  const { DISPLAY: _, WAYLAND_DISPLAY: __, NODE_OPTIONS: ___, ...rest } = process.env;
  return {
    ...rest,
    PATH: `${WINE_FOLDER}${delimiter}${rest["PATH"] ?? ""}`,
    WINEPREFIX: prefix,
    WINEARCH: "win64",
    WINEDEBUG: "-all",
    // Neither .NET nor a browser nor menus; and no debugger that prints a page when a test's client is made to crash.
    WINEDLLOVERRIDES: "mscoree=;mshtml=;winemenubuilder.exe=;winedbg.exe=d",
  };
}

async function makePrefix(folder: string): Promise<void> {
  const env = environmentOf(folder);
  const wait = () => run(TOOLS.wineServer, ["-w"], { env });
  await run(TOOLS.wine, ["wineboot", "-i"], { env });
  await wait();
  for (const [name, type, value] of VERSION_VALUES) {
    await run(TOOLS.wine, ["reg", "add", CURRENT_VERSION, "/v", name, "/t", type, "/d", value, "/f"], {
      env,
    });
  }
  await wait();
}

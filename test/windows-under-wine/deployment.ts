/**
 * A program laid down for Windows: its bundle, koffi's binary beside it, the folder of the fake webauthn.dll, and a class of its own that COM starts
 * it for. Each test has its own, so that nothing of another one can be in the way.
 */
import { randomUUID } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BundleEntries, KOFFI_BINARY, writeBundle } from "@latchkey/windows-provider/package/bundle";
import { type ComClient, startComClient } from "./com-client.ts";
import { waitUntil } from "./wait-until.ts";
import { toWindowsPath, type Wine } from "./wine.ts";

export interface Deployment {
  readonly folder: string;
  readonly clsid: string;
  /** Lays down a file in the folder. */
  put(name: string, content: string | Uint8Array): void;
  remove(name: string): void;
  /** Takes files over from another deployment. */
  adopt(other: Deployment, names: readonly string[]): void;
  /** Lines of a file in the folder, none while it is not there. */
  lines(name: string): readonly string[];
  /** Waits for a line that fits, and gives its groups. */
  waitForLine(name: string, pattern: RegExp): Promise<RegExpExecArray>;
  /** A client for the class; killed with the deployment. */
  connect(): ComClient;
  /** Ends what COM has started for it. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

const bundles = new Map<string, Promise<string>>();

/** Bundled once in a run. */
function bundleOnce(entries: BundleEntries): Promise<string> {
  const key = JSON.stringify(entries);
  let made = bundles.get(key);
  if (made === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "latchkey-bundle-"));
    made = writeBundle(entries, folder).then(() => folder);
    bundles.set(key, made);
  }
  return made;
}

export async function removeBundles(): Promise<void> {
  for (const folder of await Promise.all(bundles.values())) rmSync(folder, { recursive: true, force: true });
  bundles.clear();
}

/** `entries` has one named `main`, which COM starts with the CLSID as its parameter. */
export async function deploy(
  wine: Wine,
  entries: BundleEntries,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-windows-"));
  cpSync(await bundleOnce(entries), folder, { recursive: true });
  cpSync(wine.node.koffi, join(folder, KOFFI_BINARY));
  mkdirSync(join(folder, "fake", "cache"), { recursive: true });
  const clsid = randomUUID();
  const clients = new Set<ComClient>();

  const deployment: Deployment = {
    folder,
    clsid,
    put: (name, content) => writeFileSync(join(folder, name), content),
    remove: (name) => rmSync(join(folder, name), { force: true }),
    adopt(other, names) {
      for (const name of names) cpSync(join(other.folder, name), join(folder, name));
    },
    lines(name) {
      const path = join(folder, name);
      return existsSync(path) ? readFileSync(path, "utf8").split(/\r?\n/).filter(Boolean) : [];
    },
    waitForLine: (name, pattern) =>
      waitUntil(`${pattern} in ${name}`, () => {
        for (const line of deployment.lines(name)) {
          const found = pattern.exec(line);
          if (found !== null) return found;
        }
        return null;
      }),
    connect() {
      const client = startComClient(wine, clsid);
      clients.add(client);
      return client;
    },
    async stop() {
      for (const pid of startedProcesses(deployment)) {
        await wine.terminate(pid);
        // Its number may be another's soon.
        appendFileSync(join(folder, "server.log"), `${pid} ended by the test\n`);
      }
    },
    async close() {
      await deployment.stop();
      await Promise.all([...clients].map((client) => client.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (const [name, content] of Object.entries(files)) deployment.put(name, content);
  appendFileSync(join(folder, "server.log"), "");
  const main = toWindowsPath(join(folder, "main.mjs"));
  const nodeProgram = toWindowsPath(wine.node.node);
  await wine.registerClass(clsid, `"${nodeProgram}" "${main}" ${clsid} -PluginActivated`);
  return deployment;
}

/** Servers that said in `server.log` that they started, and not that they ended. */
function startedProcesses(deployment: Deployment): Set<number> {
  const running = new Set<number>();
  for (const line of deployment.lines("server.log")) {
    const [pid = "", what] = line.split(" ");
    if (what === "started") running.add(Number(pid));
    if (what === "ended") running.delete(Number(pid));
  }
  return running;
}

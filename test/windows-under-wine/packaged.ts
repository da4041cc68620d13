/**
 * A package as it lies on a machine after its installation, run under Wine. Wine knows no packages: what the manifest declares is registered
 * by hand, and Node in the program is patched as everywhere in this suite, in a copy beside it (`windows-node.ts`).
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Channel } from "@latchkey/windows-provider/channel";
import { COM_PARAMETER, PROGRAM } from "@latchkey/windows-provider/package/manifest";
import { type ComClient, startComClient } from "./com-client.ts";
import { run } from "./run.ts";
import { waitUntil } from "./wait-until.ts";
import { withoutVirtualAlloc2 } from "./windows-node.ts";
import { toWindowsPath, type Wine } from "./wine.ts";

/** The patched copy of the program. */
const RUN = "latchkey-under-wine.exe";

export interface Installed {
  readonly folder: string;
  put(name: string, content: string | Uint8Array): void;
  lines(name: string): readonly string[];
  /** Runs the command to its end; rejects unless it ends with 0. `input` is given as a file. */
  latchkey(parameters: readonly string[], input?: string): Promise<string>;
  /** A client for the class of the manifest. */
  connect(): ComClient;
  /** Ends the processes that COM has started, in order, and waits for it. */
  stopServers(): Promise<void>;
  uninstall(): Promise<void>;
}

/** `files`: by path, as a package has them. `channel`: whose class COM shall find. */
export async function install(
  wine: Wine,
  files: ReadonlyMap<string, Uint8Array>,
  channel: Channel,
): Promise<Installed> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-installed-"));
  const place = (name: string): string => join(folder, name);
  const put = (name: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(place(name)), { recursive: true });
    writeFileSync(place(name), content);
  };
  for (const [name, data] of files) put(name, data);
  put(RUN, withoutVirtualAlloc2(readFileSync(place(PROGRAM))));
  mkdirSync(join(folder, "fake", "cache"), { recursive: true });
  const program = toWindowsPath(place(RUN));
  await wine.registerClass(channel.clsidText, `"${program}" ${COM_PARAMETER}`);
  const clients = new Set<ComClient>();

  const lines = (name: string): readonly string[] =>
    existsSync(place(name)) ? readFileSync(place(name), "utf8").split(/\r?\n/).filter(Boolean) : [];
  const running = (): readonly string[] => {
    const ended = new Set(
      lines("program.log").flatMap((line) => (line.endsWith("ended") ? line.split(" ")[0] : [])),
    );
    return lines("program.log").flatMap((line) => {
      const [pid = "", what] = line.split(" ");
      return what === "started" && !ended.has(pid) ? pid : [];
    });
  };

  const installed: Installed = {
    folder,
    put,
    lines,
    latchkey: (parameters, input) =>
      run("wine64", [place(RUN), ...parameters], { env: wine.env, cwd: folder }, input),
    connect() {
      const client = startComClient(wine, channel.clsidText);
      clients.add(client);
      return client;
    },
    async stopServers() {
      put("stop", "");
      await waitUntil("the end of the servers", () => (running().length === 0 ? true : null));
      rmSync(place("stop"));
    },
    async uninstall() {
      await installed.stopServers();
      await Promise.all([...clients].map((client) => client.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return installed;
}

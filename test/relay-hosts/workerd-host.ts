/**
 * The relay on Cloudflare's runtime, bare and self-hosted: the bundle that a deployment would upload, workerd with a configuration that
 * names its objects, their SQLite files in a folder beside the given file. No account and no network.
 */
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { basename, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { spawn } from "node:child_process";
import { rolldown } from "rolldown";
import type { HostProcess } from "./host-process.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ENTRY = join(ROOT, "packages/sync-relay/src/hosts/cloudflare.ts");
const WORKERD = join(ROOT, "node_modules/@cloudflare/workerd-linux-64/bin/workerd");

/** One module, as it would be uploaded. */
export async function bundleWorker(): Promise<string> {
  const bundle = await rolldown({
    input: ENTRY,
    platform: "browser",
    external: [/^node:/, /^cloudflare:/],
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  return output[0].code;
}

const LEAVE_MS = 500;

let bundled: Promise<string> | null = null;

const configOf = (port: number, settings: NodeJS.ProcessEnv, objects: string): string => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "relay", worker = .relay),
    (name = "objects", disk = (path = "${objects}", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "relay")],
);
const relay :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-04-01",
  compatibilityFlags = ["nodejs_compat"],
  durableObjectNamespaces = [
    (className = "RelayRoom", uniqueKey = "relay-room", enableSql = true),
    (className = "RelayMailbox", uniqueKey = "relay-mailbox", enableSql = true),
    (className = "RelayNameplates", uniqueKey = "relay-nameplates", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "objects"),
  bindings = [
    (name = "ROOMS", durableObjectNamespace = "RelayRoom"),
    (name = "MAILBOXES", durableObjectNamespace = "RelayMailbox"),
    (name = "NAMEPLATES", durableObjectNamespace = "RelayNameplates"),
${Object.entries(settings)
  .map(([name, value]) => `    (name = "${name}", text = ${JSON.stringify(value)}),`)
  .join("\n")}
  ],
);
`;

async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** The folder of the objects' SQLite files. */
export const objectsOf = (file: string): string => `${file}.objects`;

export async function startWorkerd(file: string, settings: NodeJS.ProcessEnv): Promise<HostProcess> {
  const code = await (bundled ??= bundleWorker());
  const port = await findPort();
  const address = `http://127.0.0.1:${port}`;
  const folder = `${file}.worker-${port}`;
  mkdirSync(folder);
  mkdirSync(objectsOf(file), { recursive: true });
  writeFileSync(join(folder, "worker.js"), code);
  const bindings = { LATCHKEY_RELAY_ADMISSION: "open", LATCHKEY_RELAY_ORIGINS: address, ...settings };
  writeFileSync(join(folder, "config.capnp"), configOf(port, bindings, objectsOf(file)));
  const child = spawn(WORKERD, ["serve", "--experimental", join(folder, basename("config.capnp"))], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (data: Buffer) => (said = (said + data.toString()).slice(-4000)));
  const exit = once(child, "exit") as Promise<[number | null]>;
  const isUp = (): Promise<boolean> =>
    fetch(`${address}/livez`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isUp())) {
    if (child.exitCode !== null) throw new Error(`workerd ended: ${said}`);
    await wait(50);
  }
  return {
    address,
    child,
    async stop(signal = "SIGKILL") {
      child.kill(signal);
      // It waits for its clients to leave; here they do not.
      const impatient = setTimeout(() => child.kill("SIGKILL"), LEAVE_MS);
      const [status] = await exit;
      clearTimeout(impatient);
      rmSync(folder, { recursive: true, force: true });
      return status;
    },
  };
}

/**
 * The relay on every host that it runs on, each a real process on the loopback, started as an operator would (relay.md § 6 and § 17).
 *
 * | host    | started by                               | store                                   |
 * | ------- | ---------------------------------------- | --------------------------------------- |
 * | Node    | the Node that runs the tests             | `node:sqlite`, one file                 |
 * | Bun     | the binary of its platform package       | `node:sqlite` as Bun has it, same file  |
 * | Deno    | its binary, offline, with no cache       | `node:sqlite` as Deno has it, same file |
 * | workerd | bare, with the bundle of a deployment    | the SQLite of Durable Objects, one each |
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { variableOf } from "@latchkey/sync-relay/config";
import type { LimitName } from "@latchkey/sync-relay/limits";
import { objectsOf, startWorkerd } from "./workerd-host.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HOSTS = join(ROOT, "packages/sync-relay/src/hosts");
const MODULES = join(ROOT, "node_modules");

export interface HostProcess {
  /** `http://127.0.0.1:port`. */
  readonly address: string;
  readonly child: ChildProcess;
  /** Ends it and waits until it has ended; gives the exit code, or `null` after a kill. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<number | null>;
}

export type Limits = Partial<Record<LimitName, number>>;

export interface RelayHost {
  readonly name: string;
  /** Whether it takes leave of its clients on SIGTERM, and keeps one file that any other could take over. */
  readonly isOneProcess: boolean;
  /** The SQLite files of a relay on this file, when it has ended. */
  databases(file: string): readonly string[];
  /** Starts it on this file, with anybody let in, and these limits. */
  start(file: string, limits?: Limits, env?: NodeJS.ProcessEnv): Promise<HostProcess>;
}

/** Tests open many sockets and rooms from one address. */
const GENEROUS: Limits = {
  upgradeBurst: 10_000,
  roomsCreatedPerIpGroupPerDay: 10_000,
  socketsPerIpGroup: 1000,
  mailboxesPerIpGroupPerHour: 1000,
  nameplateClaimsPerIpGroupPerHour: 1000,
  roomPutBurstFrames: 100_000,
  diskFloorBytes: 0,
};

function settingsOf(limits: Limits): NodeJS.ProcessEnv {
  const all = Object.entries({ ...GENEROUS, ...limits });
  return Object.fromEntries(all.map(([name, value]) => [variableOf(name as LimitName), String(value)]));
}

/** Starts a program that says on its first line where it listens. */
export async function startProcess(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<HostProcess> {
  if (!existsSync(program)) throw new Error(`${program} is not installed`);
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const exit = once(child, "exit") as Promise<[number | null]>;
  let said = "";
  child.stderr.on("data", (data: Buffer) => (said = (said + data.toString()).slice(-4000)));
  const line = once(createInterface(child.stdout), "line") as Promise<[string]>;
  const first = await Promise.race([line, exit]);
  if (typeof first[0] !== "string") throw new Error(`${program} ended: ${said}`);
  return {
    address: first[0],
    child,
    async stop(signal = "SIGKILL") {
      child.kill(signal);
      return (await exit)[0];
    },
  };
}

const host = (name: string, program: string, entry: string, before: readonly string[]): RelayHost => ({
  name,
  isOneProcess: true,
  databases: (file) => [file],
  start: (file, limits = {}, env = {}) =>
    startProcess(program, [...before, join(HOSTS, entry), file, "127.0.0.1:0"], {
      LATCHKEY_RELAY_ADMISSION: "open",
      ...settingsOf(limits),
      // Deno keeps what it compiles beside the store, so that it goes with the test's folder.
      DENO_DIR: `${file}.deno`,
      DENO_NO_UPDATE_CHECK: "1",
      ...env,
    }),
});

const DENO = ["run", "-A", "--node-modules-dir=manual", "--cached-only", "--no-lock", "--no-check"];

export const NODE = host("Node", process.execPath, "node.ts", []);
export const RELAY_HOSTS: readonly RelayHost[] = [
  NODE,
  host("Bun", join(MODULES, "@oven/bun-linux-x64/bin/bun"), "bun.ts", []),
  host("Deno", join(MODULES, "@deno/linux-x64-glibc/deno"), "deno.ts", DENO),
  {
    name: "workerd",
    isOneProcess: false,
    databases: (file) => globSync(`${objectsOf(file)}/**/*.sqlite`),
    start: (file, limits = {}) => startWorkerd(file, settingsOf(limits)),
  },
];

/** The demo's two servers, each a process of its own: the relay (our program) and the relying party (built on a library that is not ours). */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { fileURLToPath } from "node:url";
import type { Json } from "./device.ts";

const PROGRAM = fileURLToPath(new URL("../../packages/desktop/bin/latchkey.js", import.meta.url));
const RELYING_PARTY = fileURLToPath(new URL("relying-party.ts", import.meta.url));

export interface Server {
  /** What it said of itself when it was ready. */
  readonly about: Json;
  /** Everything that it has written to standard error so far. */
  log(): string;
  kill(): Promise<void>;
}

async function startServer(
  args: readonly string[],
  onStart: (child: ChildProcess) => void,
  settings: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const env = { ...process.env, ...settings };
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env });
  onStart(child);
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value, done } = await lines.next();
  if (done === true) throw new Error(`${args.join(" ")} ended at once: ${log}`);
  return {
    about: JSON.parse(value) as Json,
    log: () => log,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** The relay over a file in `folder`. `port` 0 takes a free one. */
export function startRelay(
  folder: string,
  port: number,
  onStart: (child: ChildProcess) => void,
): Promise<Server> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "relay.sqlite");
  const args = ["relay", "serve", "--listen", `127.0.0.1:${port}`, "--file", file, "--json"];
  // Open, because it comes back empty: an invitation would be lost with the rest.
  return startServer([PROGRAM, ...args], onStart, { LATCHKEY_RELAY_ADMISSION: "open" });
}

export function startRelyingParty(rpId: string, onStart: (child: ChildProcess) => void): Promise<Server> {
  return startServer([RELYING_PARTY, rpId], onStart);
}

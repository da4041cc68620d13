/**
 * A relay as a process, on whichever host: `node node.ts`, `bun bun.ts` or `deno run deno.ts`, with `relay.db 127.0.0.1:4480` behind.
 * Everything else comes from the environment (`config.ts`). Says where it listens, drains on SIGTERM, reads its files again on SIGHUP.
 */
import process from "node:process";
import { readConfig, readListener } from "../config.ts";
import { stopOnSignals } from "./node-signals.ts";
import type { RelayOptions, RunningRelay } from "./serve-relay.ts";

const DEFAULT_FILE = "relay.db";
const DEFAULT_LISTEN = "127.0.0.1:4480";

/** Runs until it is stopped. Throws `LK-RELAY-CONFIG`. */
export async function runProcess(start: (options: RelayOptions) => Promise<RunningRelay>): Promise<void> {
  const [file = DEFAULT_FILE, listen = DEFAULT_LISTEN] = process.argv.slice(2);
  const config = readConfig(process.env);
  const relay = await start({ ...config, ...readListener(listen), file });
  stopOnSignals(relay, config.limits.drainHardSeconds);
  process.on("SIGHUP", () => relay.reload());
  process.stdout.write(`${relay.address}\n`);
}

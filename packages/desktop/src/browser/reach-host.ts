/** The vault's host for the browser: the one that runs, else `latchkey up --locked`, started for it, which goes on when the browser ends. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { VaultError } from "@latchkey/core/errors";
import { connectControl, type ControlClient } from "../control/connect-control.ts";
import { deriveControlPath } from "../control/place.ts";

const PROGRAM = join(import.meta.dirname, "../../bin/latchkey.js");
/** A busy machine takes its time to start one. */
const START_MS = 20_000;
const LOOK_MS = 50;

/** Throws `LK-VAULT-MISSING`, and `LK-CLI-HOST` when none can be reached or started. */
export async function reachHost(vault: string): Promise<ControlClient> {
  const path = deriveControlPath(vault, process.env);
  const running = await connectControl(path);
  if (running !== null) return running;
  if (!existsSync(vault)) throw new VaultError("LK-VAULT-MISSING", `${vault} is not there`);
  const child = spawn(process.execPath, [PROGRAM, "up", "--locked", "--vault", vault], {
    cwd: dirname(vault),
    stdio: "ignore",
    detached: true,
    windowsHide: true,
  });
  let ended = false;
  child.on("error", () => (ended = true));
  child.on("exit", () => (ended = true));
  child.unref();
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    const started = await connectControl(path);
    if (started !== null) return started;
    // Somebody else's may be on its way up: then it holds the vault, and will answer.
    if (ended) await wait(LOOK_MS * 10);
    await wait(LOOK_MS);
  }
  throw new VaultError("LK-CLI-HOST", `no host of ${vault} answers within ${START_MS} ms`);
}

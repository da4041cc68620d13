/**
 * What the package's one program does, by how it was started:
 *
 *   COM             `-PluginActivated`, and `-Embedding` from COM itself: the class, until nobody has called for a while
 *   Start menu      nothing: `latchkey up --open`, which shows the app, of a host that runs already or of this one
 *   sign-in         `up --no-input`, from the manifest: the host, with the class, until the person signs out
 *   a terminal      the command line
 *
 * The command line is not loaded for COM: the person at the site waits.
 */
import { setTimeout } from "node:timers/promises";
import { isVaultError } from "@latchkey/core/errors";
import { broken, type PolicyReading, readPolicyValues } from "@latchkey/core/policy/policy";
import { readMachineValues } from "../native/policy-registry.ts";
import type { Product } from "../package/product.ts";
import { POLICY_KEY } from "../policy-key.ts";
import type { WindowsPlatform } from "../system.ts";
import { openWindowsSystem, type WindowsProgram } from "../windows-platform.ts";
import { findChannelVault } from "./find-channel-vault.ts";
import { forbidProvider } from "./forbid-provider.ts";

/** As COM and the manifest write them; COM's own with a slash too, in any case. */
const STARTED_BY_COM = /^[-/](?:PluginActivated|Embedding)$/i;
/** What the manifest starts at sign-in. */
const RESIDENT = "up --no-input";
/** Milliseconds between looks whether a process that COM has started still has the vault. */
const RETRY_MS = 5_000;

/** Never returns. `changes`: what a test has in place of Windows, for Wine has no Windows Hello. */
export async function startProgram(
  { channel }: Product,
  changes: Partial<WindowsPlatform> = {},
): Promise<never> {
  const { argv, env } = process;
  const vault = findChannelVault(channel, env);
  const policy = readPolicy();
  const program: WindowsProgram = {
    channel,
    vault,
    env,
    policy,
    workerScript: new URL("worker.mjs", import.meta.url),
    // A process that COM has started has nobody to tell; what failed for Windows stands in the file that the doctor reads.
    reportFault: () => {},
  };
  const system = openWindowsSystem(program, changes);
  if (argv.slice(2).some((parameter) => STARTED_BY_COM.test(parameter))) {
    const { runActivated } = await import("../activated.ts");
    await runActivated(program, system);
    process.exit(0);
  }
  env["LATCHKEY_VAULT"] ||= vault;
  if (argv.length === 2) argv.push("up", "--open");
  if (argv.slice(2).join(" ") === RESIDENT) await waitUntilFree(vault);
  const { startProcess } = await import("@latchkey/desktop/cli/process");
  return startProcess(policy.policy.disableProvider ? forbidProvider(system) : system, policy);
}

/** What the organization has set. A registry that refuses stops nothing, and is told of. */
function readPolicy(): PolicyReading {
  const source = `HKLM\\${POLICY_KEY}`;
  try {
    return readPolicyValues(readMachineValues(POLICY_KEY), source);
  } catch (error) {
    return broken(`${source} cannot be read (${String(error)}); nothing of it counts`);
  }
}

/** At sign-in somebody may be at a site already: the process that COM has started then ends by itself, and this one takes over. */
async function waitUntilFree(vault: string): Promise<void> {
  const { takeVaultLock } = await import("@latchkey/desktop/vault-file/lock");
  for (;;) {
    try {
      return takeVaultLock(vault).release();
    } catch (error) {
      if (!isVaultError(error, "LK-VAULT-IN-USE")) return;
      await setTimeout(RETRY_MS);
    }
  }
}

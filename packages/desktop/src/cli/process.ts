/** What a process has but once, tied to `main`: arguments, streams, signals, and the exit. */
import { VaultError } from "@latchkey/core/errors";
import type { PolicyReading } from "@latchkey/core/policy/policy";
import { readMachinePolicy } from "../policy/read-policy.ts";
import type { SystemProvider } from "../host/system-provider.ts";
import { EXIT } from "../terminal/exit-code.ts";
import { main } from "./main.ts";

/**
 * Runs the command line of this process and ends it. The program of the Windows package gives `system`, the passkey providers of Windows, and
 * the `policy` of its registry.
 */
export async function startProcess(
  system: SystemProvider | null = null,
  policy: PolicyReading = readMachinePolicy(),
): Promise<never> {
  const { argv, env, stdout, stderr } = process;
  const interruption = new AbortController();
  const interrupt = (): void => {
    // A second signal does not wait for anything.
    if (interruption.signal.aborted) process.exit(EXIT.interrupted);
    interruption.abort(new VaultError("LK-CLI-CANCELLED", "interrupted"));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  // Whoever reads our output may stop reading, as `head` does: that is no failure.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.done);
    throw error;
  });
  const args = argv.slice(2);
  const code = await main({ args, env, stdout, stderr, interruption: interruption.signal, system, policy });
  // Ends here whatever handle a command has left; what was written is out before.
  await Promise.all([stdout, stderr].map((stream) => new Promise((resolve) => stream.write("", resolve))));
  return process.exit(code);
}

/**
 * The process that a browser starts: `--vault=<path>` comes from the launcher that `latchkey browser install` wrote, the rest from the browser.
 * It names the extension that asks; any other than our own is turned away before a byte is read.
 */
import { EXTENSION_ORIGIN } from "@latchkey/browser-extension/identity";
import { VaultError } from "@latchkey/core/errors";
import { filesFolderOf } from "./host-files.ts";
import { EXIT } from "../terminal/exit-code.ts";
import { serveNativeHost } from "./native-host.ts";
import { reachHost } from "./reach-host.ts";
import { noteStanding } from "./running-extensions.ts";

const VAULT = "--vault=";

/** Ends the process. */
export async function runNativeHost(process: NodeJS.Process): Promise<never> {
  const { argv, stdin, stdout, stderr } = process;
  // The browser keeps what is written there in its own log: codes, and never a site or a user.
  const reportFault = (fault: unknown): void => {
    const code = fault instanceof VaultError ? fault.code : "LK-UI-BUG";
    stderr.write(`latchkey: ${code}\n`);
  };
  try {
    const args = argv.slice(2);
    const vault = args.find((arg) => arg.startsWith(VAULT))?.slice(VAULT.length) ?? "";
    const callers = args.filter((arg) => arg.includes("://"));
    if (callers.length !== 1 || callers[0] !== EXTENSION_ORIGIN)
      throw new VaultError("LK-BROWSER-CALLER", `called by ${callers.join(", ") || "nobody"}`);
    if (vault === "") throw new VaultError("LK-CLI-USAGE", "launcher names no vault");
    const { note, end } = noteStanding(filesFolderOf(vault));
    process.on("exit", end);
    await serveNativeHost({
      input: stdin,
      output: stdout,
      connect: () => reachHost(vault),
      onStanding: note,
      reportFault,
    });
    return process.exit(EXIT.done);
  } catch (error) {
    reportFault(error);
    return process.exit(EXIT.failed);
  }
}

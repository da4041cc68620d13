/**
 * The program of the package: what COM starts, what runs for the person, and the command line. COM appends `-Embedding` to the parameter of
 * the manifest; what it starts loads nothing of the command line before the first answer.
 */
import { PRODUCT_FILE, readProduct } from "../package/product.ts";
import { findChannelVault } from "./find-channel-vault.ts";

const { argv, env } = process;
const isActivated = argv.slice(2).some((arg) => /^[-/](?:PluginActivated|Embedding)$/i.test(arg));
const { channel } = readProduct(new URL(PRODUCT_FILE, import.meta.url));
const vault = findChannelVault(channel, env);
const program = {
  channel,
  vault,
  env,
  workerScript: new URL("worker.mjs", import.meta.url),
  // A process that COM has started has nobody to tell; what failed for Windows stands in the file that the doctor reads.
  reportFault: () => {},
};
if (isActivated) {
  const { runActivated } = await import("../activated.ts");
  await runActivated(program);
  process.exit(0);
} else {
  env["LATCHKEY_VAULT"] ||= vault;
  // Started from the Start menu: the app.
  if (argv.length === 2) argv.push("up", "--open");
  const [{ startProcess }, { openWindowsSystem }] = await Promise.all([
    import("@latchkey/desktop/cli/process"),
    import("../windows-platform.ts"),
  ]);
  await startProcess(openWindowsSystem(program));
}

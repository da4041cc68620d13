/**
 * The program that COM starts, over a vault whose tiers Windows keeps: the metadata tier under Wine's real DPAPI, the signing tier under a
 * Windows Hello that is stood in for (Wine has none) and counts its gestures. The vault is founded with a passphrase at the first start and
 * entrusted to Windows as `latchkey provider enable` does. Parameters: the CLSID. It writes lines into `server.log` beside the program.
 */
import { createHmac } from "node:crypto";
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { VaultError } from "@latchkey/core/errors";
import { NO_POLICY } from "@latchkey/core/policy/policy";
import { runActivated } from "@latchkey/windows-provider/activated";
import { CHANNELS } from "@latchkey/windows-provider/channel";
import { parseGuid } from "@latchkey/windows-provider/native/guid";
import type { HelloKey } from "@latchkey/windows-provider/native/hello";
import { openWindowsSystem } from "@latchkey/windows-provider/windows-platform";

const folder = import.meta.dirname;
const clsidText = process.argv[2] ?? "";
const log = (text: string): void => appendFileSync(join(folder, "server.log"), `${process.pid} ${text}\n`);
const reportFault = (fault: unknown): void => log(`fault ${String(fault)}`);
const vault = join(folder, "vault.latchkey");

const hello: HelloKey = {
  async sign(data) {
    log("gesture");
    if (existsSync(join(folder, "refuse"))) throw new VaultError("LK-AUTH-DENIED", "refused by the test");
    if (existsSync(join(folder, "reset")))
      throw new VaultError("LK-KEY-HELLO-GONE", "set up anew by the test");
    return new Uint8Array(createHmac("sha512", "the key in the container").update(data).digest());
  },
};

log("started");
const program = {
  channel: { ...CHANNELS.stable, clsidText, clsid: parseGuid(clsidText) },
  workerScript: new URL("worker.mjs", import.meta.url),
  vault,
  env: { LOCALAPPDATA: folder },
  policy: NO_POLICY,
  reportFault,
};
const system = openWindowsSystem(program, { hello: () => hello });
if (existsSync(join(folder, "found")) && !existsSync(vault)) {
  // Nothing of this is loaded by a cold start, which is measured.
  const [{ enrol }, { foundHost, makeProtector }] = await Promise.all([
    import("@latchkey/desktop/host/enrolment"),
    import("@latchkey/desktop/test/hosts"),
  ]);
  const host = await foundHost(vault, "windows", []);
  await enrol(host.deps.store, makeProtector(), system);
  await host.close();
}
await runActivated(program, system);
log("ended");
process.exit(0);

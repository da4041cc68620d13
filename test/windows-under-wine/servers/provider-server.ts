/**
 * The provider over a real vault in a file, as a process that COM starts. The vault is founded at the first start. Its keys are kept open
 * after a passphrase, so that every ceremony has its gesture by PerformUserVerification, for Wine has no Windows Hello.
 * Parameters: the CLSID. It writes lines into `server.log`, and reads relays from `relays.json`, beside the program.
 */
import "./wine-sockets.ts";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AAGUID } from "@latchkey/core/authenticator/aaguid";
import { openSigningTier, wipeTier } from "@latchkey/core/device/tiers";
import { MAX_STAY_OPEN_MINUTES, writeStayOpen } from "@latchkey/desktop/host/stay-open";
import { startRelayService } from "@latchkey/device-host/relay-service";
import { foundHost, makeProtector, openHost } from "@latchkey/desktop/test/hosts";
import { createFailureLog } from "@latchkey/windows-provider/doctor/failure-log";
import { parseGuid } from "@latchkey/windows-provider/native/guid";
import { openWebAuthnPlugin } from "@latchkey/windows-provider/native/webauthn-dll";
import { startProvider } from "@latchkey/windows-provider/provider";

const LONG_MS = 600_000;
const folder = import.meta.dirname;
const log = (text: string): void => appendFileSync(join(folder, "server.log"), `${process.pid} ${text}\n`);
const reportFault = (fault: unknown): void =>
  log(`fault ${fault instanceof Error ? (fault.stack ?? "").replaceAll(/\s+/g, " ") : String(fault)}`);

log("started");
const path = join(folder, "vault.latchkey");
const relays = JSON.parse(readFileSync(join(folder, "relays.json"), "utf8")) as string[];
const host = existsSync(path) ? openHost(path) : await foundHost(path, "windows", relays);
const plugin = openWebAuthnPlugin(reportFault);
const { server, keys } = await startProvider({
  clsid: parseGuid(process.argv[2] ?? ""),
  host,
  plugin,
  protectorFor: () => makeProtector(),
  canOpenSigning: () => false,
  aaguid: AAGUID,
  failures: createFailureLog(join(folder, "refused-requests.json")),
  workerScript: new URL("worker.mjs", import.meta.url),
  idleMs: LONG_MS,
  reportFault,
});
const protector = keys.keep(makeProtector());
await host.unlock(async () => protector);
await writeStayOpen(host, MAX_STAY_OPEN_MINUTES);
wipeTier(await openSigningTier(host.deps.store, protector));
startRelayService(host, reportFault);
log("ready");
log(`ended ${await server.ended}`);
await host.close();
process.exit(0);

/**
 * The provider over a vault whose tiers are kept by Windows: the metadata tier by the real DPAPI, the signing tier by a Windows Hello that is
 * stood in for, since Wine has none. It signs the same way each time and writes a line for each gesture. The tier is closed after each
 * ceremony, as it comes. Parameters: the CLSID. It writes lines into `server.log` beside the program.
 */
import { createHmac } from "node:crypto";
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { foundVault } from "@latchkey/core/device/found-vault";
import { VaultError } from "@latchkey/core/errors";
import { createNativeCredentialCrypto } from "@latchkey/desktop/credential-crypto";
import { makeVaultFile } from "@latchkey/desktop/host/new-vault-file";
import { systemClock, systemRandom } from "@latchkey/desktop/host/vault-host";
import { openHost } from "@latchkey/desktop/test/hosts";
import { IDLE_MS } from "@latchkey/windows-provider/com/server";
import { openAccountSecrets } from "@latchkey/windows-provider/native/dpapi";
import { parseGuid } from "@latchkey/windows-provider/native/guid";
import type { HelloKey } from "@latchkey/windows-provider/native/hello";
import { openWebAuthnPlugin } from "@latchkey/windows-provider/native/webauthn-dll";
import { createWindowsProtector } from "@latchkey/windows-provider/plugin/windows-protector";
import { startProvider } from "@latchkey/windows-provider/provider";

const folder = import.meta.dirname;
const log = (text: string): void => appendFileSync(join(folder, "server.log"), `${process.pid} ${text}\n`);
const reportFault = (fault: unknown): void => log(`fault ${String(fault)}`);

const hello: HelloKey = {
  async sign(data) {
    log("gesture");
    if (existsSync(join(folder, "refuse"))) throw new VaultError("LK-AUTH-DENIED", "refused by the test");
    return new Uint8Array(createHmac("sha512", "the key in the container").update(data).digest());
  },
};

log("started");
const path = join(folder, "vault.latchkey");
const secrets = openAccountSecrets();
const makeProtector = () => createWindowsProtector({ secrets, hello, random: systemRandom });
if (!existsSync(path)) {
  const deps = { random: systemRandom, clock: systemClock, crypto: createNativeCredentialCrypto() };
  const plan = { name: "windows", platform: "test", relays: [] };
  await makeVaultFile(path, (store) => foundVault({ store, ...deps }, makeProtector(), plan));
}
const host = openHost(path);
const { server } = await startProvider({
  clsid: parseGuid(process.argv[2] ?? ""),
  host,
  plugin: openWebAuthnPlugin(reportFault),
  protectorFor: (_, __, cancellation) =>
    createWindowsProtector({ secrets, hello, random: systemRandom, cancellation }),
  canOpenSigning: () => true,
  keepMs: 0,
  workerScript: new URL("worker.mjs", import.meta.url),
  idleMs: IDLE_MS,
  reportFault,
});
await host.unlock(async () => makeProtector());
log("ready");
log(`ended ${await server.ended}`);
await host.close();
process.exit(0);

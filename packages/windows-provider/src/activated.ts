/**
 * The process that COM starts for a ceremony (`-PluginActivated`, `-Embedding`). The way to the first answer comes first: the vault's file,
 * the metadata tier by the Windows account, the class. Relays, and the control socket over which commands and app find the vault that is open here,
 * start when nobody waits. It ends when nobody has called for a while.
 */
import { isVaultError } from "@latchkey/core/errors";
import { VaultHost } from "@latchkey/desktop/host/vault-host";
import { openVaultFile } from "@latchkey/desktop/vault-file/vault-file";
import { type ComServer, IDLE_MS } from "./com/server.ts";
import { makeForbidden } from "./program/forbid-provider.ts";
import { startEmptyProvider } from "./provider.ts";
import { openFailureLog, openWindowsSystem, type WindowsProgram } from "./windows-platform.ts";
import { ARRIVAL_MS, type WindowsSystem } from "./system.ts";

/** Resolves when the class was revoked and the last answers have left: the process may exit then, and it should. */
export async function runActivated(
  program: WindowsProgram,
  system: WindowsSystem = openWindowsSystem(program),
): Promise<void> {
  const { channel, vault: path, workerScript, policy, reportFault } = program;
  let host: VaultHost;
  try {
    if (policy.policy.disableProvider) throw makeForbidden();
    host = new VaultHost(path, openVaultFile(path));
  } catch (error) {
    // Whoever does not register keeps Windows waiting for two minutes.
    if (!isVaultError(error)) throw error;
    const server = await startEmptyProvider({
      clsid: channel.clsid,
      failures: openFailureLog(program),
      workerScript,
      idleMs: IDLE_MS,
      reportFault,
      why: error,
    });
    await server.ended;
    return;
  }
  const { server } = await system.start(host, IDLE_MS, reportFault);
  const rest = startRest(program, host, system, server);
  await server.ended;
  await rest.stop();
  await host.close();
}

function startRest(
  { env, policy, reportFault }: WindowsProgram,
  host: VaultHost,
  system: WindowsSystem,
  server: ComServer,
): { stop(): Promise<void> } {
  let stop = async (): Promise<void> => {};
  let timer: NodeJS.Timeout | undefined;

  async function begin(): Promise<void> {
    const [{ ServedVault }, { serveHost }, { deriveControlPath }] = await Promise.all([
      import("@latchkey/desktop/loopback/served-vault"),
      import("@latchkey/desktop/loopback/serve-host"),
      import("@latchkey/desktop/control/place"),
    ]);
    const served = new ServedVault(host.path, false, reportFault, { system, policy }, host);
    stop = () => served.close();
    const serving = await serveHost(served, deriveControlPath(host.path, env), {
      onCall: () => server.noteUse(),
      onApp: () => server.stay(),
    });
    stop = async () => {
      await serving.close();
      await served.close();
    };
  }

  function schedule(): void {
    timer = setTimeout(() => {
      if (server.isBusy) return schedule();
      begin().catch(reportFault);
    }, ARRIVAL_MS);
  }
  schedule();
  return {
    async stop() {
      clearTimeout(timer);
      await stop().catch(reportFault);
    },
  };
}

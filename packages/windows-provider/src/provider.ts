/**
 * The provider: the class for Windows over one vault, and Windows' list of passkeys beside it. The host that runs for a person starts it,
 * and a process that COM has started does the same; whoever has the vault open answers, the other one says "busy".
 */
import type { VaultHost } from "@latchkey/desktop/host/vault-host";
import { type ComServer, startComServer } from "./com/server.ts";
import { formatGuid } from "./native/guid.ts";
import { openProcessMutex } from "./native/kernel32.ts";
import { createComRuntime } from "./native/ole32.ts";
import type { ReportFault } from "./native/slots.ts";
import type { WebAuthnPlugin } from "./native/webauthn-plugin.ts";
import { startCacheService } from "./plugin/cache-service.ts";
import { type CeremonyKeys, createCeremonyKeys, type ProtectorForCeremony } from "./plugin/ceremony-keys.ts";
import { createOperation } from "./plugin/operation.ts";
import { createRequestVerifier } from "./plugin/request-signature.ts";
import { createUserVerification } from "./plugin/user-verification.ts";

export interface ProviderDeps {
  readonly clsid: Uint8Array;
  readonly host: VaultHost;
  readonly plugin: WebAuthnPlugin;
  readonly protectorFor: ProtectorForCeremony;
  /** Whether `protectorFor` can open the signing tier with a gesture: then an open metadata tier counts as unlocked. From memory. */
  readonly canOpenSigning: () => boolean;
  /** Milliseconds that the signing tier stays open after a ceremony; 0 is how it comes. */
  readonly keepMs: number;
  readonly workerScript: URL;
  /** `null` for a host that stays. */
  readonly idleMs: number | null;
  readonly reportFault: ReportFault;
}

export interface Provider {
  readonly server: ComServer;
  readonly keys: CeremonyKeys;
}

/** Resolves when Windows may call. The caller keeps the host, and closes it after the server has ended. */
export async function startProvider(deps: ProviderDeps): Promise<Provider> {
  const { clsid, host, plugin, reportFault } = deps;
  const name = formatGuid(clsid);
  const keys = createCeremonyKeys({
    protectorFor: deps.protectorFor,
    verifyUser: createUserVerification(plugin, clsid),
    keepMs: deps.keepMs,
  });
  host.onLock(() => keys.forget());
  const server = await startComServer({
    com: createComRuntime(),
    clsid,
    answer: createOperation({
      openHost: () => host,
      verifyRequest: createRequestVerifier(plugin, clsid),
      keys,
      reportFault,
    }),
    isUnlocked: () => host.isOpen && (keys.isOpen || deps.canOpenSigning()),
    mutex: openProcessMutex(`Latchkey-ceremony-${name}`),
    workerScript: deps.workerScript,
    idleMs: deps.idleMs,
    reportFault,
  });
  startCacheService({
    host,
    plugin,
    clsid,
    mutex: openProcessMutex(`Latchkey-cache-${name}`),
    isBusy: () => server.isBusy,
    reportFault,
  });
  return { server, keys };
}

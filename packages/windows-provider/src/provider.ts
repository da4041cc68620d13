/**
 * The provider: the class for Windows over one vault, and Windows' list of passkeys beside it. The host that runs for a person starts it,
 * and a process that COM has started does the same; whoever has the vault open answers, the other one says "busy".
 */
import type { VaultError } from "@latchkey/core/errors";
import { readStayOpen } from "@latchkey/desktop/host/stay-open";
import type { DeviceHost } from "@latchkey/device-host/device-host";
import { type ComServer, startComServer } from "./com/server.ts";
import type { FailureLog } from "./doctor/failure-log.ts";
import { formatGuid } from "./native/guid.ts";
import { openProcessMutex } from "./native/kernel32.ts";
import { createComRuntime } from "./native/ole32.ts";
import type { ReportFault } from "./native/slots.ts";
import type { WebAuthnPlugin } from "./native/webauthn-plugin.ts";
import { startCacheService } from "./plugin/cache-service.ts";
import { type CeremonyKeys, createCeremonyKeys, type ProtectorForCeremony } from "./plugin/ceremony-keys.ts";
import { toHresultError } from "./plugin/ctap-failure.ts";
import { createOperation } from "./plugin/operation.ts";
import { createReplyTracker } from "./plugin/reply-tracker.ts";
import { createRequestVerifier } from "./plugin/request-signature.ts";
import { createUserVerification } from "./plugin/user-verification.ts";
import { watchState } from "./plugin/watch-state.ts";

const MINUTE_MS = 60_000;
/** Milliseconds between looks at the registration; Windows calls back in between, where it can. */
const WATCH_MS = 5_000;

export interface ProviderDeps {
  readonly clsid: Uint8Array;
  readonly aaguid: Uint8Array;
  readonly host: DeviceHost;
  readonly plugin: WebAuthnPlugin;
  readonly protectorFor: ProtectorForCeremony;
  /** Whether `protectorFor` can open the signing tier with a gesture: then an open metadata tier counts as unlocked. From memory. */
  readonly canOpenSigning: () => boolean;
  readonly failures: Pick<FailureLog, "note">;
  readonly workerScript: URL;
  /** `null` for a host that stays. */
  readonly idleMs: number | null;
  /** Milliseconds until Windows' list is looked at, where the vault opens before the ceremony comes. */
  readonly quietMs?: number;
  readonly reportFault: ReportFault;
}

export interface Provider {
  readonly server: ComServer;
  readonly keys: CeremonyKeys;
}

/** Resolves when Windows may call. The caller keeps the host, and closes it after the server has ended. */
export async function startProvider(deps: ProviderDeps): Promise<Provider> {
  const { clsid, host, plugin, failures, reportFault } = deps;
  const name = formatGuid(clsid);
  const replies = createReplyTracker(host, reportFault);
  const keys = createCeremonyKeys({
    protectorFor: deps.protectorFor,
    verifyUser: createUserVerification(plugin, clsid),
    keepMs: async () => (host.isOpen ? (await readStayOpen(host)) * MINUTE_MS : 0),
  });
  host.onLock(() => keys.forget());
  const server = await startComServer({
    com: createComRuntime(),
    clsid,
    answer: createOperation({
      host,
      verifyRequest: createRequestVerifier(plugin, clsid),
      keys,
      aaguid: deps.aaguid,
      replies,
      reportFault,
    }),
    isUnlocked: () => host.isOpen && (keys.isOpen || deps.canOpenSigning()),
    mutex: openProcessMutex(`Latchkey-ceremony-${name}`),
    workerScript: deps.workerScript,
    idleMs: deps.idleMs,
    reportFault,
    onAnswer({ kind, request }, { hresult }, isTaken) {
      replies.replied(request.transactionId, isTaken);
      cache.hasten();
      if (hresult !== 0) failures.note({ at: Date.now(), kind, hresult });
    },
    onLateCancel: (transactionId) => replies.cancelled(transactionId),
  });
  const cache = startCacheService({
    host,
    plugin,
    clsid,
    mutex: openProcessMutex(`Latchkey-cache-${name}`),
    isBusy: () => server.isBusy,
    quietMs: deps.quietMs,
    reportFault,
  });
  // Windows keeps no list for who is not registered: what was refused before is put there now.
  let stopWatching = (): void => {};
  const watching = setTimeout(() => {
    stopWatching = watchState(plugin, clsid, () => cache.refresh(), WATCH_MS);
  }, deps.quietMs ?? 0).unref();
  void server.ended.then(() => {
    clearTimeout(watching);
    stopWatching();
  });
  return { server, keys };
}

/** The class without a vault behind it, for there is none, or another program holds it: Windows is told so, cleanly. */
export async function startEmptyProvider(
  deps: Pick<ProviderDeps, "clsid" | "failures" | "workerScript" | "idleMs" | "reportFault"> & {
    readonly why: VaultError;
  },
): Promise<ComServer> {
  const { clsid, why, failures, workerScript, idleMs, reportFault } = deps;
  return startComServer({
    com: createComRuntime(),
    clsid,
    answer: () => Promise.reject(toHresultError(why)),
    isUnlocked: () => false,
    mutex: openProcessMutex(`Latchkey-ceremony-${formatGuid(clsid)}`),
    workerScript,
    idleMs,
    reportFault,
    onAnswer: ({ kind }, { hresult }) => failures.note({ at: Date.now(), kind, hresult }),
  });
}

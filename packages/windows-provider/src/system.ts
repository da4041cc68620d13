/**
 * Windows as the host's port (`desktop/host/system-provider.ts`): what the program of the package gives the command line, so that
 * `latchkey provider`, `latchkey doctor windows` and `latchkey up` know Windows. Nothing of Windows is loaded before something asks for it.
 */
import type { Cancellation } from "@latchkey/core/authenticator/cancellation";
import { encodeHex } from "@latchkey/core/bytes/text";
import { isVaultError } from "@latchkey/core/errors";
import type { KeyProtector, Random } from "@latchkey/core/ports";
import { isEnrolled } from "@latchkey/desktop/host/enrolment";
import type { SystemProvider } from "@latchkey/desktop/host/system-provider";
import type { DeviceHost } from "@latchkey/device-host/device-host";
import type { Channel } from "./channel.ts";
import { examineSetUp, examineWindows, type Language } from "./doctor/examine.ts";
import type { FailureLog } from "./doctor/failure-log.ts";
import type { SetUpFacts, WindowsFacts } from "./doctor/facts.ts";
import { explainRefusal } from "./explain-refusal.ts";
import type { AccountSecrets } from "./native/dpapi.ts";
import type { HelloKey } from "./native/hello.ts";
import type { ReportFault } from "./native/slots.ts";
import type { WebAuthnPlugin } from "./native/webauthn-plugin.ts";
import { describeAuthenticator } from "./plugin/authenticator-details.ts";
import { listPasskeys } from "./plugin/cache-service.ts";
import { toCachedCredential } from "./plugin/credential-cache.ts";
import { readState, register, unregister } from "./plugin/registration.ts";
import { waitForChange } from "./plugin/watch-state.ts";
import { createWindowsProtector, WINDOWS_WAYS } from "./plugin/windows-protector.ts";
import type { Provider, ProviderDeps } from "./provider.ts";

/** Milliseconds that the ceremony for which COM started a process may take to get here; nothing else has this thread till then. */
export const ARRIVAL_MS = 5_000;
const SETTINGS = "ms-settings:passkeys-advancedoptions";

/** Windows itself; opened when something of it is needed. */
export interface WindowsPlatform {
  readonly plugin: () => WebAuthnPlugin;
  readonly hello: () => HelloKey;
  readonly secrets: () => AccountSecrets;
  readonly isRemote: () => boolean;
  readonly openAddress: (address: string) => void;
  readonly gatherFacts: () => Promise<WindowsFacts>;
  /** As `gatherFacts`, up to the switch; asks nothing of our own class. */
  readonly gatherSetUpFacts: () => Promise<SetUpFacts>;
  readonly startProvider: (deps: ProviderDeps) => Promise<Provider>;
}

export interface WindowsSystemDeps {
  readonly channel: Channel;
  readonly vault: string;
  readonly platform: WindowsPlatform;
  readonly random: Random;
  readonly failures: FailureLog;
  readonly workerScript: URL;
  readonly language: Language;
}

export interface WindowsSystem extends SystemProvider {
  /** As `serve`, for whoever has to know when it ends. `idleMs`: `null` for a host that stays. */
  start(host: DeviceHost, idleMs: number | null, reportFault: ReportFault): Promise<Provider>;
}

export function createWindowsSystem(deps: WindowsSystemDeps): WindowsSystem {
  const { channel, platform, random, failures } = deps;
  const { clsid, aaguid } = channel;
  /** Whether a gesture opens the signing tier, as far as is known: for the lock status, which must not look it up. */
  let canOpen = false;

  const explained = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explainRefusal(error, platform);
    }
  };
  const explainedAtOnce = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw explainRefusal(error, platform);
    }
  };

  /** Windows' own codes come through: a ceremony gives them back to Windows. */
  function makeRawProtector(cancellation?: Cancellation): KeyProtector {
    const secrets = platform.secrets();
    const hello: HelloKey = { sign: (data, options) => platform.hello().sign(data, options) };
    const protector = createWindowsProtector({
      secrets,
      hello,
      random,
      ...(cancellation === undefined ? {} : { cancellation }),
    });
    return {
      async protect(tier, key) {
        const record = await protector.protect(tier, key);
        if (tier === "signing") canOpen = true;
        return record;
      },
      async release(tier, record) {
        try {
          return await protector.release(tier, record);
        } catch (error) {
          if (isVaultError(error, "LK-KEY-HELLO-GONE")) canOpen = false;
          throw error;
        }
      },
    };
  }

  function makeProtector(cancellation?: Cancellation): KeyProtector {
    const protector = makeRawProtector(cancellation);
    return {
      protect: (tier, key) => explained(() => protector.protect(tier, key)),
      release: (tier, record) => explained(() => protector.release(tier, record)),
    };
  }

  async function start(host: DeviceHost, idleMs: number | null, reportFault: ReportFault): Promise<Provider> {
    canOpen = await isEnrolled(host.deps.store, { ways: WINDOWS_WAYS });
    // Before Windows may ask for the lock status: the account alone opens what is seen.
    if (canOpen) await host.unlock(async () => makeRawProtector()).catch(reportFault);
    return platform.startProvider({
      clsid,
      aaguid,
      host,
      plugin: platform.plugin(),
      protectorFor: (_, __, cancellation) => makeRawProtector(cancellation),
      canOpenSigning: () => canOpen,
      failures,
      workerScript: deps.workerScript,
      idleMs,
      ...(idleMs === null ? {} : { quietMs: ARRIVAL_MS }),
      reportFault,
    });
  }

  return {
    vault: deps.vault,
    ways: WINDOWS_WAYS,
    makeProtector,
    start,
    async serve(host, reportFault) {
      const { server } = await explained(() => start(host, null, reportFault));
      return async () => {
        server.stop();
        await server.ended;
      };
    },
    registration: {
      read: () => explainedAtOnce(() => readState(platform.plugin(), clsid)),
      register: (wishes = {}) =>
        explained(() => register(platform.plugin(), describeAuthenticator(channel, wishes))),
      remove: () => explainedAtOnce(() => unregister(platform.plugin(), clsid)),
      openSettings: () => platform.openAddress(SETTINGS),
      waitForChange: (known, signal) =>
        explained(() => waitForChange(platform.plugin(), clsid, known, signal)),
    },
    listPasskeys: (device) =>
      listPasskeys(device).flatMap((passkey) =>
        toCachedCredential(passkey) === null ? [] : [encodeHex(passkey.credentialId)],
      ),
    async examine(listable) {
      return examineWindows(await platform.gatherFacts(), listable, deps.language);
    },
    async examineSetUp(language = deps.language) {
      return examineSetUp(await platform.gatherSetUpFacts(), language);
    },
  };
}

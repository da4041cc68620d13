/** Windows as it really is: the functions behind `WindowsPlatform`, each DLL opened when it is first needed. For the program of the package. */
import { dirname, join } from "node:path";
import type { PolicyReading } from "@latchkey/core/policy/policy";
import { systemRandom } from "@latchkey/desktop/host/vault-host";
import type { Channel } from "./channel.ts";
import { createFailureLog } from "./doctor/failure-log.ts";
import { HRESULT, HresultError } from "./native/hresult.ts";
import type { ReportFault } from "./native/slots.ts";
import { type AccountSecrets, openAccountSecrets } from "./native/dpapi.ts";
import { type HelloKey, openHelloKey } from "./native/hello.ts";
import { isRemoteSession } from "./native/kernel32.ts";
import { openAddress } from "./native/shell.ts";
import { openWebAuthnPlugin } from "./native/webauthn-dll.ts";
import { openWinRt } from "./native/winrt.ts";
import { startProvider } from "./provider.ts";
import { createWindowsSystem, type WindowsPlatform, type WindowsSystem } from "./system.ts";

/** The key in the container of Windows Hello; one for each channel, for each has a vault of its own in its package's folder. */
const HELLO_KEY = (channel: Channel): string => `${channel.name} vault`;

export interface WindowsProgram {
  readonly channel: Channel;
  /** The vault of this person: Windows starts the class without any option, so there is one. */
  readonly vault: string;
  /** The script of the ceremony workers, beside the program's own. */
  readonly workerScript: URL;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What an organization has set on this machine. */
  readonly policy: PolicyReading;
  readonly reportFault: ReportFault;
}

export const openFailureLog = ({ vault }: Pick<WindowsProgram, "vault">) =>
  createFailureLog(join(dirname(vault), "refused-requests.json"));

/** For `startProcess` and for the process that COM starts. `changes`: what a test has instead, for Wine has no Windows Hello. */
export function openWindowsSystem(
  program: WindowsProgram,
  changes: Partial<WindowsPlatform> = {},
): WindowsSystem {
  const { channel, vault, workerScript, env, reportFault } = program;
  const once = <T>(open: () => T): (() => T) => {
    let opened: { readonly value: T } | null = null;
    return () => (opened ??= { value: open() }).value;
  };
  const failures = openFailureLog(program);
  return createWindowsSystem({
    channel,
    vault,
    workerScript,
    failures,
    random: systemRandom,
    language: Intl.DateTimeFormat().resolvedOptions().locale.startsWith("de") ? "de" : "en",
    platform: {
      plugin: once(() => openWebAuthnPlugin(reportFault)),
      hello: once<HelloKey>(() => {
        const winRt = openWinRt();
        if (winRt === null) throw new HresultError(HRESULT.notImplemented, "no WinRT");
        return openHelloKey(winRt, HELLO_KEY(channel));
      }),
      secrets: once<AccountSecrets>(openAccountSecrets),
      isRemote: isRemoteSession,
      openAddress,
      startProvider,
      async gatherSetUpFacts() {
        const { gatherSetUpFacts } = await import("./doctor/facts.ts");
        return requireWindows(await gatherSetUpFacts(channel.clsid));
      },
      async gatherFacts() {
        const { gatherFacts } = await import("./doctor/facts.ts");
        const localAppData = env["LOCALAPPDATA"] ?? "";
        return requireWindows(await gatherFacts({ clsid: channel.clsid, failures, localAppData }));
      },
      ...changes,
    },
  });
}

function requireWindows<T>(facts: T | null): T {
  if (facts === null) throw new TypeError("this is not Windows");
  return facts;
}

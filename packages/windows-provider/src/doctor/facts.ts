/**
 * What the doctor looks at, gathered from Windows: facts alone, without a judgement. A question that Windows refuses is a fact too, its
 * HRESULT.
 */
import { encodeHex } from "@latchkey/core/bytes/text";
import { HresultError } from "../native/hresult.ts";
import { isHelloSetUp } from "../native/hello.ts";
import { isRemoteSession, readPackageFullName } from "../native/kernel32.ts";
import { askOwnClass } from "../native/own-class.ts";
import { readMachineNumber, readMachineText } from "../native/registry.ts";
import { readTpmVersion } from "../native/tpm.ts";
import { findMissingExports, openWebAuthnPlugin } from "../native/webauthn-dll.ts";
import { openWinRt } from "../native/winrt.ts";
import { nameKeyKind } from "../plugin/public-key.ts";
import { findCompetingExtensions } from "./competing-extensions.ts";
import type { Failure, FailureLog } from "./failure-log.ts";

const CURRENT_VERSION = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";

/** An answer, or the HRESULT instead of one. */
export type Answer<T> = { readonly value: T } | { readonly hresult: number };

/** Up to the switch in Settings. */
export interface SetUpFacts {
  /** `26100.6725`; `null` where the registry does not say. */
  readonly build: string | null;
  /** `Professional`, `Core`. */
  readonly edition: string | null;
  readonly missingExports: readonly string[];
  /** `null`: this process has no package identity. */
  readonly packageName: string | null;
  readonly isRemote: boolean;
  /** Whether Windows Hello is set up. */
  readonly hello: Answer<boolean>;
  /** "2.0", "none"; `null`: not known. */
  readonly tpm: string | null;
  readonly state: Answer<"disabled" | "enabled" | null>;
}

export interface WindowsFacts extends SetUpFacts {
  /** The kind of Windows' key for requests; `null` for a blob of another kind. */
  readonly operationKey: Answer<string | null>;
  /** User verifications so far. */
  readonly verifications: Answer<number>;
  /** The lock status that our own class gives when COM activates it. */
  readonly ownClass: Answer<"locked" | "unlocked">;
  /** Ids of the passkeys in Windows' list, in hexadecimal. */
  readonly listed: Answer<readonly string[]>;
  readonly extensions: readonly string[];
  readonly failures: readonly Failure[];
}

export interface FactSources {
  readonly clsid: Uint8Array;
  readonly failures: Pick<FailureLog, "read">;
  /** %LOCALAPPDATA% of the person. */
  readonly localAppData: string;
}

/** Waits for no other process, so the one that serves the class may ask as well. `null` where this is not Windows. */
export async function gatherSetUpFacts(clsid: Uint8Array): Promise<SetUpFacts | null> {
  if (process.platform !== "win32") return null;
  const plugin = openWebAuthnPlugin(() => {});
  return {
    build: readBuild(),
    edition: readMachineText(CURRENT_VERSION, "EditionID"),
    missingExports: findMissingExports(),
    packageName: readPackageFullName(),
    isRemote: isRemoteSession(),
    hello: await ask(async () => {
      const winRt = openWinRt();
      return winRt !== null && (await isHelloSetUp(winRt));
    }),
    tpm: readTpmVersion(),
    state: await ask(() => plugin.getState(clsid)),
  };
}

/** Activates the class: not for the process that serves it. `null` where this is not Windows. */
export async function gatherFacts({
  clsid,
  failures,
  localAppData,
}: FactSources): Promise<WindowsFacts | null> {
  const setUp = await gatherSetUpFacts(clsid);
  if (setUp === null) return null;
  const plugin = openWebAuthnPlugin(() => {});
  return {
    ...setUp,
    operationKey: await ask(() => nameKeyKind(plugin.getOperationKey(clsid))),
    verifications: await ask(() => plugin.countVerifications(clsid)),
    ownClass: await ask(() => askOwnClass(clsid)),
    listed: await ask(() => plugin.listCredentials(clsid).map(({ credentialId }) => encodeHex(credentialId))),
    extensions: findCompetingExtensions(localAppData),
    failures: failures.read(),
  };
}

function readBuild(): string | null {
  const build = readMachineText(CURRENT_VERSION, "CurrentBuildNumber");
  if (build === null) return null;
  const revision = readMachineNumber(CURRENT_VERSION, "UBR");
  return revision === null ? build : `${build}.${revision}`;
}

async function ask<T>(question: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await question() };
  } catch (error) {
    if (error instanceof HresultError) return { hresult: error.hresult };
    throw error;
  }
}

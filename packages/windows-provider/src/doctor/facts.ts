/**
 * What the doctor looks at, gathered from Windows: facts alone, without a judgement. A question that Windows refuses is a fact too, its
 * HRESULT.
 */
import { HresultError } from "../native/hresult.ts";
import { isRemoteSession, readPackageFullName } from "../native/kernel32.ts";
import { askOwnClass } from "../native/own-class.ts";
import { findMissingExports, openWebAuthnPlugin } from "../native/webauthn-dll.ts";

/** An answer, or the HRESULT instead of one. */
export type Answer<T> = { readonly value: T } | { readonly hresult: number };

export interface WindowsFacts {
  readonly missingExports: readonly string[];
  /** `null`: this process has no package identity. */
  readonly packageName: string | null;
  readonly isRemote: boolean;
  readonly state: Answer<"disabled" | "enabled" | null>;
  /** The lock status that our own class gives when COM activates it. */
  readonly ownClass: Answer<"locked" | "unlocked">;
  /** Passkeys in Windows' list. */
  readonly listed: Answer<number>;
}

/** `null` where this is not Windows. */
export function gatherFacts(clsid: Uint8Array): WindowsFacts | null {
  if (process.platform !== "win32") return null;
  const plugin = openWebAuthnPlugin(() => {});
  return {
    missingExports: findMissingExports(),
    packageName: readPackageFullName(),
    isRemote: isRemoteSession(),
    state: ask(() => plugin.getState(clsid)),
    ownClass: ask(() => askOwnClass(clsid)),
    listed: ask(() => plugin.listCredentials(clsid).length),
  };
}

function ask<T>(question: () => T): Answer<T> {
  try {
    return { value: question() };
  } catch (error) {
    if (error instanceof HresultError) return { hresult: error.hresult };
    throw error;
  }
}

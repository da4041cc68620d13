/**
 * The last ceremonies that Windows was told had failed, for the doctor: when, which kind, with which HRESULT. Nothing of the request is
 * kept, neither site nor account. A small file beside the vault; what cannot be written or read costs nobody a sign-in.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { CeremonyKind } from "../com/ceremony.ts";

/** As many as help to see a pattern. */
const KEPT = 20;

export interface Failure {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: CeremonyKind;
  readonly hresult: number;
}

export interface FailureLog {
  note(failure: Failure): void;
  /** The latest last. */
  read(): readonly Failure[];
}

export function createFailureLog(path: string): FailureLog {
  function read(): readonly Failure[] {
    try {
      const entries: unknown = JSON.parse(readFileSync(path, "utf8"));
      return Array.isArray(entries) ? entries.filter(isFailure).slice(-KEPT) : [];
    } catch {
      return [];
    }
  }
  return {
    read,
    note(failure) {
      try {
        writeFileSync(path, JSON.stringify([...read(), failure].slice(-KEPT)), { mode: 0o600 });
      } catch {
        // A full disk is no reason to fail a ceremony a second time.
      }
    },
  };
}

function isFailure(value: unknown): value is Failure {
  const { at, kind, hresult } = (value ?? {}) as Partial<Record<keyof Failure, unknown>>;
  const isKind = kind === "make-credential" || kind === "get-assertion";
  return Number.isSafeInteger(at) && isKind && Number.isSafeInteger(hresult);
}

/** How a command ends, for scripts: the exit codes (experience.md § 9) and which error ends with which. Numbers never change. */
import { type ErrorCode, isVaultError } from "@latchkey/core/errors";

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Not found, or ambiguous. */
  notFound: 3,
  /** Locked, or not authorised. */
  locked: 4,
  /** Cancelled by the person. */
  cancelled: 5,
  /** A conflict: a decision is needed. */
  conflict: 6,
  /** Network or relay unreachable: never for local work. */
  unreachable: 7,
  /** A check found problems. */
  problems: 8,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Every code that is not here ends with `failed`. */
const EXIT_CODES: Readonly<Partial<Record<ErrorCode, ExitCode>>> = {
  "LK-CLI-USAGE": EXIT.usage,
  "LK-CLI-NO-INPUT": EXIT.usage,
  "LK-CLI-SECRET-EXPOSED": EXIT.usage,
  "LK-VAULT-MISSING": EXIT.notFound,
  "LK-VAULT-NOT-FOUND": EXIT.notFound,
  "LK-VAULT-AMBIGUOUS": EXIT.notFound,
  "LK-AUTH-NO-CREDENTIALS": EXIT.notFound,
  "LK-VAULT-LOCKED": EXIT.locked,
  "LK-KEY-PASSPHRASE-WRONG": EXIT.locked,
  "LK-KEY-WAIT": EXIT.locked,
  "LK-EPOCH-PROBATION": EXIT.locked,
  "LK-EPOCH-SECOND-DEVICE": EXIT.locked,
  "LK-AUTH-DENIED": EXIT.locked,
  "LK-CLI-CANCELLED": EXIT.cancelled,
  "LK-PAIR-CANCELLED": EXIT.cancelled,
  "LK-RELAY-EVIDENCE": EXIT.problems,
  "LK-EXPORT-DAMAGED": EXIT.problems,
  "LK-RECOVERY-OTHER": EXIT.problems,
  "LK-RECOVERY-DEAD": EXIT.problems,
  "LK-RECOVERY-BACKUP": EXIT.problems,
  "LK-RELAY-UNREACHABLE": EXIT.unreachable,
  "LK-RELAY-HANDSHAKE-TIMEOUT": EXIT.unreachable,
  "LK-RELAY-RESTART": EXIT.unreachable,
};

/** The exit code for what a command threw. */
export function deriveExitCode(error: unknown): ExitCode {
  return isVaultError(error) ? (EXIT_CODES[error.code] ?? EXIT.failed) : EXIT.failed;
}

/**
 * Every failure that Latchkey reports, under one stable code.
 *
 * A code has the form `LK-<AREA>-<WHAT>`; it is never renamed and never reused. `message` is for developers: it names the
 * thing and the bound, lower case, no full stop (`entry is 70000 bytes, limit 65536`). The text for a person stands under the
 * same code in `words/`. At the edge of a cipher there is one code and no detail: no oracle.
 */

/** All codes, grouped by area. Adding one makes the catalogues in `words/` and `docs/errors.md` incomplete until they have it. */
export const ERROR_CODES = [
  // Ground
  "LK-CBOR-INVALID",
  // Keys and tiers
  "LK-KEY-PASSPHRASE-WRONG",
  "LK-KEY-WAIT",
  "LK-KEY-DAMAGED",
  "LK-KEY-SECRET-REFUSED",
  "LK-KEY-HELLO-GONE",
  "LK-KEY-HELLO-UNFIT",
  // The vault and its file
  "LK-VAULT-LOCKED",
  "LK-VAULT-IN-USE",
  "LK-VAULT-NOT-A-VAULT",
  "LK-VAULT-MISSING",
  "LK-VAULT-EXISTS",
  "LK-VAULT-NEWER",
  "LK-VAULT-DISK-FULL",
  "LK-VAULT-FILE",
  "LK-VAULT-DAMAGED",
  "LK-VAULT-NOT-FOUND",
  "LK-VAULT-AMBIGUOUS",
  "LK-VAULT-LIMIT",
  // Log entries
  "LK-ENTRY-TOO-LARGE",
  "LK-ENTRY-MALFORMED",
  "LK-ENTRY-SIGNATURE",
  "LK-ENTRY-SEAL",
  "LK-ENTRY-EPOCH",
  "LK-ENTRY-CHANGE",
  "LK-ENTRY-FORBIDDEN",
  // Epochs and members
  "LK-EPOCH-MALFORMED",
  "LK-EPOCH-SIGNATURE",
  "LK-EPOCH-SEAL",
  "LK-EPOCH-SNAPSHOT",
  "LK-EPOCH-STATE",
  "LK-EPOCH-CONTACT",
  "LK-EPOCH-INTENDED",
  "LK-EPOCH-REMOVED",
  "LK-EPOCH-PROBATION",
  "LK-EPOCH-SECOND-DEVICE",
  // Sync and the relay
  "LK-SYNC-NO-RELAY",
  "LK-RELAY-UNREACHABLE",
  "LK-RELAY-REFUSED",
  "LK-RELAY-VERSION",
  "LK-RELAY-PROTOCOL",
  "LK-RELAY-ORIGIN",
  "LK-RELAY-AUTH",
  "LK-RELAY-ADMISSION",
  "LK-RELAY-QUOTA",
  "LK-RELAY-RATE",
  "LK-RELAY-FRAME",
  "LK-RELAY-HANDSHAKE-TIMEOUT",
  "LK-RELAY-STORE",
  "LK-RELAY-RESTART",
  "LK-RELAY-SLOW",
  "LK-RELAY-CONFIG",
  "LK-RELAY-GONE",
  "LK-RELAY-EVIDENCE",
  // Exports and backups
  "LK-EXPORT-DAMAGED",
  "LK-EXPORT-KEY",
  "LK-EXPORT-FILE",
  "LK-EXPORT-UNCONFIRMED",
  // Files of other managers
  "LK-IMPORT-FILE",
  "LK-IMPORT-FORMAT",
  "LK-IMPORT-BOUND",
  "LK-IMPORT-VERSION",
  "LK-IMPORT-PASSWORD",
  "LK-IMPORT-KDF",
  "LK-IMPORT-DAMAGED",
  "LK-IMPORT-TOO-LARGE",
  "LK-IMPORT-BATCH",
  "LK-IMPORT-STOPPED",
  // The recovery page
  "LK-RECOVERY-MALFORMED",
  "LK-RECOVERY-TYPO",
  "LK-RECOVERY-SHARES",
  "LK-RECOVERY-OTHER",
  "LK-RECOVERY-DEAD",
  "LK-RECOVERY-NOTHING",
  "LK-RECOVERY-BACKUP",
  // Pairing
  "LK-PAIR-MALFORMED",
  "LK-PAIR-EXPIRED",
  "LK-PAIR-REPLAYED",
  "LK-PAIR-CROWDED",
  "LK-PAIR-WORDS-WRONG",
  "LK-PAIR-NO-WORDS",
  "LK-PAIR-ELSEWHERE",
  "LK-PAIR-CODE-WRONG",
  "LK-PAIR-CODE-LIMIT",
  "LK-PAIR-CHANGED",
  "LK-PAIR-HAS-VAULT",
  "LK-PAIR-VERSION",
  "LK-PAIR-CANCELLED",
  // Authenticator
  "LK-AUTH-DENIED",
  "LK-AUTH-TIMEOUT",
  "LK-AUTH-CANCELLED",
  "LK-AUTH-NO-CREDENTIALS",
  // Windows' own passkey providers
  "LK-WINDOWS-NONE",
  "LK-WINDOWS-OLD",
  "LK-WINDOWS-PACKAGE",
  "LK-WINDOWS-REMOTE",
  "LK-WINDOWS-REFUSED",
  "LK-WINDOWS-VAULT",
  // Websites, by way of the browser extension
  "LK-BROWSER-BUSY",
  "LK-BROWSER-CALLER",
  "LK-BROWSER-MESSAGE",
  "LK-BROWSER-FILES",
  // What an organization has set
  "LK-POLICY-FORBIDDEN",
  // Command line
  "LK-CLI-USAGE",
  "LK-CLI-NO-INPUT",
  "LK-CLI-SECRET-EXPOSED",
  "LK-CLI-CANCELLED",
  "LK-CLI-TIMEOUT",
  "LK-CLI-HOST",
  // A fault of ours
  "LK-UI-BUG",
] as const;

/** One of the stable codes above. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** An expected failure. Callers switch on `code`; everything else thrown is a bug. */
export class VaultError extends Error {
  override readonly name = "VaultError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Whether `error` is an expected failure, optionally one with this code. */
export function isVaultError(error: unknown, code?: ErrorCode): error is VaultError {
  return error instanceof VaultError && (code === undefined || error.code === code);
}

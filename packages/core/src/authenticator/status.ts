/**
 * CTAP status bytes (CTAP 2.2 § 8.2), and the one place where failures become them. What a request does wrong in itself is a
 * `CtapError`; what the person, the vault or its keys say comes as `VaultError` and is mapped by the table below.
 */
import { type ErrorCode, VaultError } from "../errors.ts";

export const STATUS = {
  success: 0x00,
  invalidCommand: 0x01,
  invalidParameter: 0x02,
  invalidLength: 0x03,
  cborUnexpectedType: 0x11,
  invalidCbor: 0x12,
  missingParameter: 0x14,
  limitExceeded: 0x15,
  credentialExcluded: 0x19,
  unsupportedAlgorithm: 0x26,
  operationDenied: 0x27,
  keyStoreFull: 0x28,
  unsupportedOption: 0x2b,
  invalidOption: 0x2c,
  keepaliveCancel: 0x2d,
  noCredentials: 0x2e,
  userActionTimeout: 0x2f,
  notAllowed: 0x30,
  pinAuthInvalid: 0x33,
  pinNotSet: 0x35,
  puatRequired: 0x36,
  requestTooLarge: 0x39,
  uvBlocked: 0x3c,
  invalidSubcommand: 0x3e,
  other: 0x7f,
} as const;

export type Status = (typeof STATUS)[keyof typeof STATUS];

/** A request is refused with this status. The message is for developers and never leaves the machine. */
export class CtapError extends Error {
  override readonly name = "CtapError";
  readonly status: Status;

  constructor(status: Status, message: string) {
    super(message);
    this.status = status;
  }
}

/** Codes that a person or a full disk may cause; every other code is a broken vault or a bug: 0x7F. */
const STATUS_OF_CODE: Partial<Record<ErrorCode, Status>> = {
  "LK-AUTH-DENIED": STATUS.operationDenied,
  "LK-AUTH-TIMEOUT": STATUS.userActionTimeout,
  "LK-AUTH-CANCELLED": STATUS.keepaliveCancel,
  "LK-AUTH-NO-CREDENTIALS": STATUS.noCredentials,
  "LK-KEY-PASSPHRASE-WRONG": STATUS.operationDenied,
  "LK-KEY-WAIT": STATUS.uvBlocked,
  "LK-KEY-HELLO-GONE": STATUS.uvBlocked,
  "LK-VAULT-LOCKED": STATUS.operationDenied,
  "LK-EPOCH-PROBATION": STATUS.operationDenied,
  "LK-VAULT-LIMIT": STATUS.keyStoreFull,
  "LK-VAULT-DISK-FULL": STATUS.keyStoreFull,
};

export function statusOf(error: unknown): Status {
  if (error instanceof CtapError) return error.status;
  if (error instanceof VaultError) return STATUS_OF_CODE[error.code] ?? STATUS.other;
  return STATUS.other;
}

/** Why an operation of a member is not done: thrown where it is decided, answered with `error` in one place (`room-operations.ts`). */
import type { ErrorCode } from "@latchkey/core/errors";

/** After a failed commit: the disk may have space again. */
export const STORE_RETRY_MS = 5000;
/** While the relay catches its breath, or goes away. */
export const BUSY_RETRY_MS = 1000;

export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | null;

  constructor(code: ErrorCode, retryAfterMs: number | null) {
    super(code);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export function refuse(code: ErrorCode, retryAfterMs: number | null = null): never {
  throw new Refusal(code, retryAfterMs);
}

/** Nothing to wait for lets it pass. */
export function refuseUntil(waitMs: number): void {
  if (waitMs > 0) refuse("LK-RELAY-RATE", waitMs);
}

/**
 * A client's word that it no longer wants the answer (the pipe ended, the platform called its cancel function). Whoever waits for a
 * person waits for this too, and then throws `LK-AUTH-CANCELLED`.
 */

export interface Cancellation {
  readonly cancelled: boolean;
  /** Resolves when the client cancels; stays pending otherwise. */
  readonly whenCancelled: Promise<void>;
}

export interface CancellationSource extends Cancellation {
  cancel(): void;
}

export function createCancellation(): CancellationSource {
  const { promise, resolve } = Promise.withResolvers<void>();
  let cancelled = false;
  return {
    get cancelled() {
      return cancelled;
    },
    whenCancelled: promise,
    cancel() {
      cancelled = true;
      resolve();
    },
  };
}

/** For callers whose clients cannot cancel. */
export const NEVER_CANCELLED: Cancellation = createCancellation();

/**
 * IndexedDB as promises, and what it reports in the words of Latchkey, mapped once, here (https://w3c.github.io/IndexedDB/). A transaction
 * goes on only while its requests follow one another without another wait between them.
 */
import { type ErrorCode, VaultError } from "@latchkey/core/errors";

export function whenDone<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error as DOMException));
  });
}

/** Resolves when the transaction is on the disk. */
export function whenCommitted(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () =>
      reject(transaction.error ?? new DOMException("", "AbortError")),
    );
  });
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  QuotaExceededError: "LK-VAULT-DISK-FULL",
  // The database went away under the page: cleared by the browser, or by the person in its settings.
  InvalidStateError: "LK-VAULT-MISSING",
  NotFoundError: "LK-VAULT-DAMAGED",
  VersionError: "LK-VAULT-NEWER",
};

/** Runs `act`, so that what IndexedDB reports is a `VaultError`. */
export async function withDatabaseErrors<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new VaultError(CODES[error.name] ?? "LK-VAULT-FILE", `browser's storage: ${error.name}`, {
      cause: error,
    });
  }
}

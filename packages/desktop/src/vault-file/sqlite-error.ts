/**
 * What SQLite reports, in the words of Latchkey: mapped once, here. SQLite's own text goes into `cause`; it names no content.
 * Result codes: https://sqlite.org/rescode.html.
 */
import { type ErrorCode, VaultError } from "@latchkey/core/errors";

const CODES: ReadonlyMap<number, readonly [ErrorCode, string]> = new Map([
  [5, ["LK-VAULT-IN-USE", "is open in another process"]], // BUSY
  [6, ["LK-VAULT-IN-USE", "is open in another process"]], // LOCKED
  [11, ["LK-VAULT-DAMAGED", "is damaged"]], // CORRUPT
  [13, ["LK-VAULT-DISK-FULL", "does not fit on the disk"]], // FULL
  [26, ["LK-VAULT-NOT-A-VAULT", "is not an SQLite file"]], // NOTADB
]);

/** The whole file ends before a page that it must have: a cut file, not a failing disk. */
const IOERR_SHORT_READ = 522;

/** `error` as a `VaultError` about the file at `path`; what does not come from SQLite or the file system comes back as it is. */
export function describeFileError(error: unknown, path: string): unknown {
  if (error instanceof VaultError || !(error instanceof Error)) return error;
  if ("errcode" in error && typeof error.errcode === "number") {
    const extended = error.errcode;
    const [code, what] =
      extended === IOERR_SHORT_READ
        ? (["LK-VAULT-DAMAGED", "is cut short"] as const)
        : (CODES.get(extended & 0xff) ??
          (["LK-VAULT-FILE", `cannot be read or written: SQLite result ${extended}`] as const));
    return new VaultError(code, `${path} ${what}`, { cause: error });
  }
  if ("syscall" in error && "code" in error && typeof error.code === "string") {
    const code = error.code === "ENOSPC" ? "LK-VAULT-DISK-FULL" : "LK-VAULT-FILE";
    return new VaultError(code, `${path} cannot be read or written: ${error.code}`, { cause: error });
  }
  return error;
}

/** Runs `act`, so that what it throws about the file at `path` is a `VaultError`. */
export function withFileErrors<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw describeFileError(error, path);
  }
}

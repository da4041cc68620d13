/**
 * Recognises a vault by the first 100 bytes of its file, before SQLite touches it, so that a file of something else stays as it is
 * (https://sqlite.org/fileformat2.html § 1.3). The application id never changes, so it stands there even while newer pages wait in
 * the write-ahead log; the version of the layout is asked of SQLite.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { VaultError } from "@latchkey/core/errors";
import { APPLICATION_ID } from "./layout.ts";

const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";
const APPLICATION_ID_OFFSET = 68;

/** Throws `LK-VAULT-NOT-A-VAULT` unless the file at `path` begins like one of ours. */
export function checkFileHeader(path: string): void {
  const header = Buffer.alloc(HEADER_BYTES);
  if (readStart(path, header) < HEADER_BYTES || !header.toString("latin1").startsWith(MAGIC)) {
    throw new VaultError("LK-VAULT-NOT-A-VAULT", `${path} is not an SQLite file`);
  }
  if (header.readUInt32BE(APPLICATION_ID_OFFSET) !== APPLICATION_ID) {
    throw new VaultError("LK-VAULT-NOT-A-VAULT", `${path} is an SQLite file of another application`);
  }
}

function readStart(path: string, into: Buffer): number {
  const file = openSync(path, "r");
  try {
    return readSync(file, into);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EISDIR") return 0;
    throw error;
  } finally {
    closeSync(file);
  }
}

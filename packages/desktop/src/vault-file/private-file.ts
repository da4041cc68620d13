/**
 * Files and folders that only their owner may read: 0600 and 0700 on POSIX. On Windows a profile folder's own access list says the
 * same and modes mean nothing. A folder that is already there keeps its mode: it may not be ours alone.
 */
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, realpathSync, statSync } from "node:fs";

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
const OTHERS = 0o077;

/** Makes the folder at `path` and those above it where they are missing; returns its one true path, links followed. */
export function makePrivateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: OWNER_ONLY_FOLDER });
  return realpathSync(path);
}

/** Makes an empty file at `path`, or leaves what is there and takes it from others' eyes. */
export function makePrivateFile(path: string): void {
  closeSync(openSync(path, "a", OWNER_ONLY_FILE));
  closeToOthers(path);
}

/** Takes away what group and others may do, as after a copy from a stick that keeps no modes. */
export function closeToOthers(path: string): void {
  if (process.platform !== "win32" && (statSync(path).mode & OTHERS) !== 0) chmodSync(path, OWNER_ONLY_FILE);
}

/** Makes the names in a folder durable: what `fsync` of a file alone does not promise. Windows has no such call and needs none. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

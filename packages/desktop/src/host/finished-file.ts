/**
 * Files that leave a vault: written beside under another name, synced, read back and checked, and only then given their name. So whatever has
 * the name is whole, and a file that is there is never replaced. For the owner's eyes only, sealed or not.
 */
import { existsSync, realpathSync } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { VaultError } from "@latchkey/core/errors";
import { syncFolder } from "../vault-file/private-file.ts";

const OWNER_ONLY = 0o600;
/** Read back in pieces of so many bytes. */
const PIECE_BYTES = 262_144;
/** File systems without hard links, as on most memory sticks. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/**
 * Writes `pieces` to `path` and gives it the name once `check` has agreed with what is on the disk. Throws `LK-EXPORT-FILE` where it cannot be written
 * or has a file already, and what `pieces` and `check` throw: then nothing is there.
 */
export async function writeFinishedFile<T>(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  check: (read: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<{ readonly bytes: number; readonly checked: T }> {
  const folder = folderOf(path);
  if (existsSync(path)) throw failed(path, { code: "EEXIST" });
  const unfinished = join(folder, `.${basename(path)}.unfinished`);
  try {
    await rm(unfinished, { force: true });
    const bytes = await write(unfinished, pieces);
    const checked = await check(readPieces(unfinished));
    await nameFinished(unfinished, path);
    syncFolder(folder);
    return { bytes, checked };
  } finally {
    await rm(unfinished, { force: true });
  }
}

function folderOf(path: string): string {
  try {
    return realpathSync(dirname(path));
  } catch (error) {
    throw new VaultError("LK-EXPORT-FILE", `there is no folder ${dirname(path)}`, { cause: error });
  }
}

async function write(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<number> {
  const file = await withErrors(path, open(path, "wx", OWNER_ONLY));
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      // `writeFile` on a handle goes on where the last one ended, and writes all of it.
      await withErrors(path, file.writeFile(piece));
      bytes += piece.length;
    }
    await withErrors(path, file.sync());
  } finally {
    await file.close();
  }
  return bytes;
}

/** A file piece by piece. Throws `LK-EXPORT-FILE`. */
export async function* readPieces(path: string): AsyncGenerator<Uint8Array, void, void> {
  const file = await withErrors(path, open(path, "r"));
  try {
    for (;;) {
      const { bytesRead, buffer } = await withErrors(path, file.read(new Uint8Array(PIECE_BYTES)));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** A hard link never replaces what got the name meanwhile, as a rename would. */
async function nameFinished(unfinished: string, path: string): Promise<void> {
  try {
    await link(unfinished, path);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? "")) throw failed(path, error);
    if (existsSync(path)) throw failed(path, { code: "EEXIST" });
    await withErrors(path, rename(unfinished, path));
  }
}

async function withErrors<T>(path: string, act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (error) {
    throw failed(path, error);
  }
}

const failed = (path: string, error: unknown): VaultError =>
  new VaultError("LK-EXPORT-FILE", `${path}: ${(error as NodeJS.ErrnoException).code ?? "failed"}`, {
    cause: error,
  });
